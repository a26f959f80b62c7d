"""Uniform random actions: the score of chance, measured beside every other score."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.policies.act.batched import Batched
from visuomotor.specs.policy import Observation, Role, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class RandomSettings(Settings):
    """How chance moves."""

    keep: float = setting(
        0.0, 'share of the last action that stays, so that the motion has a direction', least=0,
        below=1)
    rows: int = setting(1, 'actions in a chunk', least=1, most=1000)
    pictures: bool = setting(
        False, 'acts when a picture comes, as a policy that looks does, so that timing is the same')


class Random(Batched):
    """Draw each number from -1..1."""

    def __init__(self, settings: RandomSettings, role: Role) -> None:
        self.settings, self.size = settings, role.gives.size
        self.sees: Sees = {name: shape for name, shape in role.shown.items()
                           if len(shape) == 3 and settings.pictures}
        self.begin([np.random.default_rng(0)])

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.rngs = list(rngs)
        self.last = np.zeros((len(rngs), self.size))

    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        keep = self.settings.keep
        rows = np.empty((len(self.rngs), self.settings.rows, self.size))
        for row in range(self.settings.rows):
            fresh = np.stack([rng.uniform(-1, 1, self.size) for rng in self.rngs])
            self.last = keep * self.last + (1 - keep) * fresh
            rows[:, row] = self.last
        return rows
