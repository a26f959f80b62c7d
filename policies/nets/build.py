"""Networks by file name, and the layers that they share. `<name>.py` here holds `<Name>Settings`
and `<Name>(settings, sees, gives)`."""
from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from visuomotor.specs import paths, settings
from visuomotor.specs.paths import class_name
from visuomotor.specs.policy import Gives, Sees

HERE = Path(__file__).parent
SMALLEST = 1e-3  # deviation: a number that hardly varied in the data is not blown up


def names() -> list[str]:
    """Return the networks that there are."""
    return paths.with_settings(HERE)


def build(name: str, numbers: Mapping[str, Any], sees: Sees, gives: Gives) -> nn.Module:
    """Make a network that reads such observations; refuse a name or number that does not fit."""
    settings.choose('network', name, names())
    module, title = importlib.import_module(f'visuomotor.policies.nets.{name}'), class_name(name)
    chosen = settings.build(getattr(module, f'{title}Settings'), numbers, f'network {name}')
    net: nn.Module = getattr(module, title)(chosen, sees, gives)
    return net


def pictures(sees: Sees) -> tuple[str, ...]:
    """Return the names of the pictures, in order."""
    return tuple(sorted(name for name, shape in sees.items() if len(shape) == 3))


def numbers(sees: Sees) -> tuple[str, ...]:
    """Return the names of what is no picture, in order."""
    return tuple(sorted(name for name, shape in sees.items() if len(shape) == 1))


def joined(observation: Mapping[str, Tensor], sees: Sees) -> Tensor:
    """Join the numbers that are no pictures into (batch, width)."""
    some = next(iter(observation.values()))
    return torch.cat([torch.zeros(len(some), 0, device=some.device),
                      *(observation[name].float() for name in numbers(sees))], dim=1)


def dense(width: int, hidden: tuple[int, ...], out: int) -> nn.Sequential:
    """Make fully connected layers with rectifiers between them."""
    layers: list[nn.Module] = []
    for inner, outer in zip((width, *hidden), hidden, strict=False):
        layers += [nn.Linear(inner, outer), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden[-1] if hidden else width, out))


class Normaliser(nn.Module):
    """(x - mean) / deviation, from data seen once and kept with the weights; before as it is."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer('mean', torch.zeros(size))
        self.register_buffer('deviation', torch.ones(size))

    def fit(self, data: Tensor) -> None:
        """Measure the data, rows x size."""
        self.mean.copy_(data.mean(0))
        self.deviation.copy_(data.std(0).clamp_min(SMALLEST))

    def forward(self, numbers: Tensor) -> Tensor:
        return (numbers - self.mean) / self.deviation


class SpatialSoftmax(nn.Module):
    """Where in the picture each feature is: the expected position of its activation (Levine et al.
    2016, section 5.1). Batch x channels x height x width to batch x (2 channels), x then y, in
    -1..1."""

    def forward(self, features: Tensor) -> Tensor:
        height, width = features.shape[-2:]
        weight = torch.softmax(features.flatten(2), dim=-1).unflatten(2, (height, width))
        x = torch.linspace(-1.0, 1.0, width, device=features.device, dtype=features.dtype)
        y = torch.linspace(-1.0, 1.0, height, device=features.device, dtype=features.dtype)
        return torch.cat([weight.sum(2) @ x, weight.sum(3) @ y], dim=1)
