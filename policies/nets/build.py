"""Networks by file name. `<name>.py` here holds `<Name>Settings` and `<Name>(settings, sees,
gives)`."""
from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from visuomotor.specs import settings
from visuomotor.specs.policy import Gives, Sees

HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the networks that there are: files here that hold settings of their own name."""
    return sorted(path.stem for path in HERE.glob('*.py')
                  if f'class {_class(path.stem)}Settings' in path.read_text())


def build(name: str, numbers: Mapping[str, Any], sees: Sees, gives: Gives) -> nn.Module:
    """Make a network that reads observations of these shapes. Refuse a name or a number that does
    not fit."""
    settings.choose('network', name, names())
    module = importlib.import_module(f'visuomotor.policies.nets.{name}')
    chosen = settings.build(getattr(module, f'{_class(name)}Settings'), numbers, f'network {name}')
    net: nn.Module = getattr(module, _class(name))(chosen, sees, gives)
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


def _class(name: str) -> str:
    return name.title().replace('_', '')
