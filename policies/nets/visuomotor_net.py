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
from visuomotor.policies.nets.normaliser import Normaliser
from visuomotor.policies.nets.spatial_softmax import SpatialSoftmax


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

    def __init__(self, settings: Knobs) -> None:
        super().__init__()
        self.settings = settings
        self.eyes = nn.ModuleList(_eye(settings) for _ in settings.pictures)
        width = sum(settings.observations[name][0] for name in settings.numbers)
        self.normaliser = Normaliser(width)
        self.head = _head(width + 2 * settings.channels[-1] * len(settings.pictures), settings)

    def forward(self, observation: Mapping[str, Tensor]) -> Tensor:
        points = [eye(_light(observation[name])) for eye, name in zip(self.eyes, self.settings.pictures, strict=True)]
        seen = torch.cat([self.normaliser(self.state(observation)), *points], dim=1)
        actions: Tensor = torch.tanh(self.head(seen))
        return actions.reshape(-1, self.settings.rows, self.settings.action_size)

    def state(self, observation: Mapping[str, Tensor]) -> Tensor:
        """Join the numbers that are no pictures, in the order of their names."""
        batch = next(iter(observation.values())).shape[0]
        return torch.cat([torch.zeros(batch, 0), *(observation[name].float() for name in self.settings.numbers)], dim=1)


def _light(picture: Tensor) -> Tensor:
    """Bytes, batch x height x width x 3, to -0.5..0.5 with channels first."""
    return picture.permute(0, 3, 1, 2).float() / 255.0 - 0.5


def _eye(settings: Knobs) -> nn.Module:
    layers: list[nn.Module] = []
    for index, (inner, outer) in enumerate(zip((3, *settings.channels), settings.channels, strict=False)):
        kernel, stride = (settings.first_kernel, 2) if index == 0 else (5, 1)
        layers += [nn.Conv2d(inner, outer, kernel, stride), nn.ReLU()]
    return nn.Sequential(*layers, SpatialSoftmax())


def _head(width: int, settings: Knobs) -> nn.Module:
    layers: list[nn.Module] = []
    for inner, outer in zip((width, *settings.hidden), settings.hidden, strict=False):
        layers += [nn.Linear(inner, outer), nn.ReLU()]
    last = settings.hidden[-1] if settings.hidden else width
    return nn.Sequential(*layers, nn.Linear(last, settings.rows * settings.action_size))
