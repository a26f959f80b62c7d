"""Networks by file name. `<name>.py` here holds `<Name>Settings` and `<Name>(settings, sees,
gives)`."""
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


def names() -> list[str]:
    """Return the networks that there are."""
    return paths.with_settings(HERE)


def build(name: str, numbers: Mapping[str, Any], sees: Sees, gives: Gives) -> nn.Module:
    """Make a network that reads observations of these shapes. Refuse a name or a number that does
    not fit."""
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
