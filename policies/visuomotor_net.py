"""Levine, Finn, Darrell, Abbeel: End-to-end training of deep visuomotor policies, JMLR 2016.

Three convolutions and a spatial softmax find feature points in each picture (section 5.1, figure 3); they join the
robot's own numbers and pass through fully connected layers. Without pictures it is a plain network of the state. The
last layer is a tanh: actions are in -1..1.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from visuomotor.policies.normaliser import Normaliser
from visuomotor.policies.spatial_softmax import SpatialSoftmax


@dataclass(frozen=True)
class Knobs:
    """The size of the network. Observations are named and shaped: a picture has three numbers in its shape."""

    observations: dict[str, tuple[int, ...]] = field(default_factory=dict)
    action_size: int = 1
    rows: int = 1                              # actions in a chunk
    channels: tuple[int, ...] = (64, 32, 32)   # of the convolutions; the last ones are the feature points
    first_kernel: int = 7
    hidden: tuple[int, ...] = (40, 40)

    def __post_init__(self) -> None:
        if not self.observations or self.action_size < 1 or self.rows < 1:
            raise ValueError('the network needs at least one observation, one number of action and one row')

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, shape in self.observations.items() if len(shape) == 3))

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, shape in self.observations.items() if len(shape) == 1))


class VisuomotorNet(nn.Module):
    """Observations by name, each batch x its shape, to batch x rows x action size."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.knobs = knobs
        self.eyes = nn.ModuleList(_eye(knobs) for _ in knobs.pictures)
        width = sum(knobs.observations[name][0] for name in knobs.numbers)
        self.normaliser = Normaliser(width)
        self.head = _head(width + 2 * knobs.channels[-1] * len(knobs.pictures), knobs)

    def forward(self, observation: Mapping[str, Tensor]) -> Tensor:
        points = [eye(_light(observation[name])) for eye, name in zip(self.eyes, self.knobs.pictures, strict=True)]
        seen = torch.cat([self.normaliser(self.state(observation)), *points], dim=1)
        actions: Tensor = torch.tanh(self.head(seen))
        return actions.reshape(-1, self.knobs.rows, self.knobs.action_size)

    def state(self, observation: Mapping[str, Tensor]) -> Tensor:
        """Join the numbers that are no pictures, in the order of their names."""
        batch = next(iter(observation.values())).shape[0]
        return torch.cat([torch.zeros(batch, 0), *(observation[name].float() for name in self.knobs.numbers)], dim=1)


def _light(picture: Tensor) -> Tensor:
    """Bytes, batch x height x width x 3, to -0.5..0.5 with channels first."""
    return picture.permute(0, 3, 1, 2).float() / 255.0 - 0.5


def _eye(knobs: Knobs) -> nn.Module:
    layers: list[nn.Module] = []
    for index, (inner, outer) in enumerate(zip((3, *knobs.channels), knobs.channels, strict=False)):
        kernel, stride = (knobs.first_kernel, 2) if index == 0 else (5, 1)
        layers += [nn.Conv2d(inner, outer, kernel, stride), nn.ReLU()]
    return nn.Sequential(*layers, SpatialSoftmax())


def _head(width: int, knobs: Knobs) -> nn.Module:
    layers: list[nn.Module] = []
    for inner, outer in zip((width, *knobs.hidden), knobs.hidden, strict=False):
        layers += [nn.Linear(inner, outer), nn.ReLU()]
    last = knobs.hidden[-1] if knobs.hidden else width
    return nn.Sequential(*layers, nn.Linear(last, knobs.rows * knobs.action_size))
