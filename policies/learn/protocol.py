"""What every page has in common: it learns from batches, gives its whole state, takes it back."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer


@dataclass(frozen=True)
class Batch:
    """Rows that are learned from at once."""

    seen: Mapping[str, Tensor]   # (batch, *shape), as the network reads it
    actions: Tensor              # (batch, rows, size), -1..1: what was done from then on


class Learner(Protocol):
    """One algorithm: torch and numpy, no files, no printing, no worlds."""

    def update(self, batch: Batch, step: int) -> dict[str, float]:
        """Take one step; return numbers worth a plot."""

    def state(self) -> dict[str, Tensor]:
        """Return all that it needs to go on, the optimiser's included."""

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state."""

    def actor(self) -> tuple[str, Any, nn.Module]:
        """Return the kind of policies/act, its settings and its network."""


def pack(net: nn.Module, optimiser: Optimizer) -> dict[str, Tensor]:
    """Return copies of the tensors of a network and of its optimiser, under one set of names."""
    held = {f'net.{name}': value for name, value in net.state_dict().items()}
    for place, numbers in optimiser.state_dict()['state'].items():
        held |= {f'optimiser.{place}.{name}': value for name, value in numbers.items()}
    return {name: value.detach().clone() for name, value in held.items()}


def unpack(state: Mapping[str, Tensor], net: nn.Module, optimiser: Optimizer) -> None:
    """Put back what `pack` took."""
    net.load_state_dict({name.removeprefix('net.'): value for name, value in state.items()
                         if name.startswith('net.')})
    numbers: dict[int, dict[str, Tensor]] = {}
    for name, value in state.items():
        first, _, rest = name.partition('.')
        if first == 'optimiser':
            place, _, word = rest.partition('.')
            numbers.setdefault(int(place), {})[word] = value.clone()
    optimiser.load_state_dict({**optimiser.state_dict(), 'state': numbers})
