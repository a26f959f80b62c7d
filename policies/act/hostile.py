"""Means harm, within what a policy can say: a standing test of everything below it. Never a policy
to compare with."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.policy import Observation, Role, Sees
from visuomotor.specs.settings import Settings

# moods, and how likely each is
MOODS = {'bang': 0.3, 'dive': 0.3, 'shake': 0.15, 'jump': 0.15, 'broken': 0.09, 'endless': 0.01}
LASTS = {'broken': 4, 'endless': 1}  # actions of one mood, at most; others:
LONG = 30
ENDLESS = 3000   # rows of a chunk that nobody should follow


@dataclass(frozen=True)
class HostileSettings(Settings):
    """Nothing to choose: harm is harm."""


class Hostile:
    """Changes its mood now and then. Full speed to and fro, into the table, chunks without end, no
    numbers at all."""

    finished = False
    sees: Sees = {}

    def __init__(self, settings: HostileSettings, role: Role) -> None:
        self.size, self.gripper = role.gives.size, role.gripper
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._generator = rng
        self._left = 0
        self._mood = 'bang'
        self._corner = np.ones(self.size)

    def act(self, observation: Observation) -> NDArray[np.float64]:
        rng = self._generator
        if self._left == 0:
            self._mood = str(rng.choice(list(MOODS), p=list(MOODS.values())))
            self._left = int(rng.integers(1, LASTS.get(self._mood, LONG) + 1))
            self._corner = rng.choice([-1.0, 1.0], self.size)
        self._left -= 1
        moods = {'bang': self._bang, 'dive': self._dive, 'shake': self._shake,
                 'endless': self._endless, 'broken': self._broken, 'jump': self._jump}
        return moods[self._mood]()

    def _bang(self) -> NDArray[np.float64]:
        """Keep to one corner of the action space until something gives."""
        return self._corner[None].copy()

    def _dive(self) -> NDArray[np.float64]:
        """Third number down: where actions are twists of the tip, that is into the table."""
        row = self._corner.copy()
        row[min(2, self.size - 1 - self.gripper)] = -1.0
        return row[None]

    def _shake(self) -> NDArray[np.float64]:
        self._corner = -self._corner
        return self._corner[None].copy()

    def _endless(self) -> NDArray[np.float64]:
        return np.tile(self._corner, (ENDLESS, 1))

    def _broken(self) -> NDArray[np.float64]:
        return np.full((1, self.size), self._generator.choice([np.nan, np.inf, -np.inf]))

    def _jump(self) -> NDArray[np.float64]:
        return self._generator.uniform(-100.0, 100.0, (1, self.size))
