"""Hochreiter and Schmidhuber 1997: a network that remembers. Its state goes in and out, so that
whoever acts keeps it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from visuomotor.policies.nets.build import Normaliser, joined, pictures
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Gives, Sees
from visuomotor.specs.settings import Settings, setting

Memory = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class RecurrentNetSettings(Settings):
    """The size of the network."""

    width: int = setting(64, 'of the memory', least=1, most=8192)


class RecurrentNet(nn.Module):
    """Numbers by name, (batch, size), and a memory, to (batch, rows, size) and the next memory."""

    def __init__(self, settings: RecurrentNetSettings, sees: Sees, gives: Gives) -> None:
        super().__init__()
        if pictures(sees) or not sees:
            raise BadInput('a recurrent_net should see numbers alone, but is shown '
                           f'{", ".join(sorted(sees)) or "nothing"}')
        self.settings = settings
        self.sees = dict(sees)
        self.gives = gives
        width = sum(shape[0] for shape in sees.values())
        self.normaliser = Normaliser(width)
        self.cell = nn.LSTMCell(width, settings.width)
        self.head = nn.Linear(settings.width, gives.rows * gives.size)

    def begin(self, batch: int) -> Memory:
        """Return the memory of episodes that begin."""
        empty = self.head.weight.new_zeros(batch, self.settings.width)
        return empty, empty

    def forward(self, observation: Mapping[str, Tensor], memory: Memory) -> tuple[Tensor, Memory]:
        hidden, cell = self.cell(self.normaliser(joined(observation, self.sees)), memory)
        actions = torch.tanh(self.head(hidden))
        return actions.reshape(-1, self.gives.rows, self.gives.size), (hidden, cell)
