"""Does nothing, on purpose: the floor that every other policy has to beat."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.policies.act.batched import Batched
from visuomotor.specs.policy import Observation, Role, Sees
from visuomotor.specs.settings import Settings


@dataclass(frozen=True)
class HoldSettings(Settings):
    """Nothing to choose."""


class Hold(Batched):
    """Zeros; the gripper, where there is one, is asked to stay where it was measured."""

    def __init__(self, settings: HoldSettings, role: Role) -> None:
        self.role = role
        self.sees: Sees = {'gripper': (1,)} if role.gripper else {}
        self.begin([np.random.default_rng(0)])

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.episodes = len(rngs)

    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        actions = np.zeros((self.episodes, 1, self.role.gives.size))
        if self.role.gripper:
            actions[:, 0, -1] = 2.0 * observation['gripper'][:, 0] - 1.0   # -1 open .. 1 closed
        return actions
