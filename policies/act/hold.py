"""Does nothing, on purpose: the floor that every other policy has to beat."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Hold:
    """Zeros; the gripper, where there is one, is asked to stay where it was measured."""

    finished = False

    def __init__(self, size: int, gripper: bool) -> None:
        self.size, self.gripper = size, gripper

    def reset(self, rng: np.random.Generator) -> None:
        """Nothing is remembered and nothing is random."""

    def act(self, observation: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        action = np.zeros((1, self.size))
        if self.gripper:
            action[0, -1] = 2.0 * float(observation['gripper'][0]) - 1.0  # -1 open .. 1 closed
        return action
