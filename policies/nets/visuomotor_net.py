"""Levine, Finn, Darrell, Abbeel: End-to-end training of deep visuomotor policies, JMLR 2016. Three
convolutions and a spatial softmax find feature points in each picture (section 5.1, figure 3); they
join the robot's own numbers and pass through fully connected layers. Without pictures it is a plain
network of the state. The last layer is a tanh: actions are in -1..1."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from visuomotor.policies.nets import build
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Gives, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class VisuomotorNetSettings(Settings):
    """The size of the network."""

    channels: tuple[int, ...] = setting(
        (64, 32, 32), 'of the convolutions; the last are the feature points', least=1, most=4096)
    first_kernel: int = setting(7, 'edge of the first kernel', 'px', least=1, most=64)
    hidden: tuple[int, ...] = setting(
        (40, 40), 'widths of the fully connected layers', least=1, most=65_536)
    differences: tuple[tuple[str, str], ...] = setting(
        (), 'observations whose difference is read too, such as [goal, tip_pose]: the way that is '
        'left')


class VisuomotorNet(nn.Module):
    """Observations by name, each (batch, *shape), to (batch, rows, size)."""

    def __init__(self, settings: VisuomotorNetSettings, sees: Sees, gives: Gives) -> None:
        super().__init__()
        _check(settings, sees)
        self.settings = settings
        self.sees = dict(sees)
        self.gives = gives
        self.eyes = nn.ModuleList(_eye(settings, sees[name]) for name in build.pictures(sees))
        width = sum(sees[name][0] for name in build.numbers(sees))
        width += sum(sees[first][0] for first, _ in settings.differences)
        self.normaliser = build.Normaliser(width)
        points = 2 * settings.channels[-1] * len(self.eyes) if self.eyes else 0
        self.head = build.dense(width + points, settings.hidden, gives.rows * gives.size)

    def forward(self, observation: Mapping[str, Tensor]) -> Tensor:
        points = [eye(_light(observation[name]))
                  for eye, name in zip(self.eyes, build.pictures(self.sees), strict=True)]
        seen = torch.cat([self.normaliser(self.state(observation)), *points], dim=1)
        actions: Tensor = torch.tanh(self.head(seen))
        return actions.reshape(-1, self.gives.rows, self.gives.size)

    def state(self, observation: Mapping[str, Tensor]) -> Tensor:
        """Join the numbers that are no pictures, in the order of their names, and differences."""
        ways = [observation[first].float() - observation[other].float()
                for first, other in self.settings.differences]
        return torch.cat([build.joined(observation, self.sees), *ways], dim=1)

    def measure(self, observation: Mapping[str, Tensor]) -> None:
        """Measure the numbers of the data once, so that the network reads them at one scale."""
        state = self.state(observation)
        if state.shape[1]:
            self.normaliser.fit(state)


def _check(settings: VisuomotorNetSettings, sees: Sees) -> None:
    """Refuse observations that these numbers cannot read."""
    if not sees:
        raise BadInput('a network should see at least one observation, but it is shown none')
    for first, other in settings.differences:
        if not {first, other} <= set(build.numbers(sees)) or sees[first] != sees[other]:
            raise BadInput(f'differences should name two observations of one size, but {first} and '
                           f'{other} are not among {", ".join(sorted(sees))} or differ in size')
    for name in build.pictures(sees):
        edge = (min(sees[name][:2]) - settings.first_kernel) // 2 + 1
        edge -= 4 * (len(settings.channels) - 1)
        if not settings.channels or edge < 1:
            raise BadInput(f"{len(settings.channels)} convolutions do not fit '{name}' of shape "
                           f"{tuple(sees[name])}")


def _light(picture: Tensor) -> Tensor:
    """Bytes, batch x height x width x channels, to -0.5..0.5 with channels first."""
    return picture.permute(0, 3, 1, 2).float() / 255.0 - 0.5


def _eye(settings: VisuomotorNetSettings, shape: tuple[int, ...]) -> nn.Module:
    layers: list[nn.Module] = []
    widths = zip((shape[2], *settings.channels), settings.channels, strict=False)
    for index, (inner, outer) in enumerate(widths):
        kernel, stride = (settings.first_kernel, 2) if index == 0 else (5, 1)
        layers += [nn.Conv2d(inner, outer, kernel, stride), nn.ReLU()]
    return nn.Sequential(*layers, build.SpatialSoftmax())
