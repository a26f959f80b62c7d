"""What acts: a policy turns one observation into a chunk of actions in -1..1, rows of the task's action space."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# Names that every task offers: joint_position, joint_velocity, gripper (1),
# tip_pose (7: x y z, quaternion x y z w; arms), imu (roll, pitch, roll rate, pitch rate; legged),
# time (1: s since the episode began), goal (the task's own), image.<camera> (height x width x 3, uint8).
# Scripted experts also see truth.<body> (7) and value.<name> (1).
Observation = Mapping[str, NDArray[Any]]


class Policy(Protocol):
    """One policy, learned or scripted. The same seed and the same observations give the same actions."""

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode; every random choice until the next reset comes from this generator."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return actions in -1..1, (rows, size): the first is due now, the next one action period later, and so on."""

    @property
    def finished(self) -> bool:
        """True once the policy believes that the episode is done."""
