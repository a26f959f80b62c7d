"""The fingers of an arm: they move by a step at a time, and press no harder than they may."""
from __future__ import annotations

import math

from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State


class Fingers:
    """How far they are commanded to be closed: 0 open .. 1 closed. A robot may have none."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._gripper, self._share = spec.gripper, limits.gripper_share
        self._closed = 0.0

    @property
    def commanded(self) -> float | None:
        """Where they are commanded to be; None where there are none."""
        return self._closed if self._gripper else None

    def begin(self, state: State) -> None:
        """Begin where they are."""
        if math.isfinite(state.gripper):
            self._closed = min(max(state.gripper, 0.0), 1.0)

    def move(self, wanted: float | None, state: State, seconds: float) -> None:
        """Move by a step, but close no further on what is squeezed."""
        if wanted is None or self._gripper is None:
            return
        if self._squeeze(state):
            wanted = min(wanted, state.gripper)
        stride = self._gripper.speed * seconds
        self._closed += min(max(min(max(wanted, 0.0), 1.0) - self._closed, -stride), stride)

    def ease(self, state: State, seconds: float) -> None:
        """Let go of what is squeezed too hard, whoever is followed and even if nobody is."""
        if self._squeeze(state):
            self.move(min(self._closed, state.gripper), state, seconds)

    def _squeeze(self, state: State) -> bool:
        return (self._gripper is not None and math.isfinite(state.gripper)
                and abs(state.gripper_effort) > self._share * self._gripper.force)
