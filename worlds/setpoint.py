"""What the joint controllers aim at between commands: a straight run to each target, and braking when none follows."""
from __future__ import annotations

import numpy as np
from visuomotor.robots.interface import FloatArray
from visuomotor.robots.spec import RobotSpec


class Setpoint:
    """Position and velocity that the motors are asked for, moved on by every physics step."""

    def __init__(self, spec: RobotSpec, position: FloatArray) -> None:
        self.spec = spec
        self.position = position.copy()
        self.velocity = np.zeros_like(position)
        self.gripper = 0.0
        self._gripper_goal = 0.0
        self._running = 0.0   # s left until the newest target should be reached

    def aim(self, position: FloatArray, span: float) -> None:
        """Run straight to this position within `span` seconds, as far as the speed limits let it."""
        self.velocity = within((position - self.position) / span, self.spec.velocity)
        self._running = span

    def grip(self, closing: float) -> None:
        """Open or close to this fraction."""
        self._gripper_goal = closing

    def brake(self) -> None:
        """Give up the target; the following steps brake with the robot's own acceleration."""
        self._running = 0.0
        self._gripper_goal = self.gripper

    def step(self, dt: float) -> None:
        """Move on by one physics step."""
        self.position = self.position + self.velocity * dt
        if self._running < 0.5 * dt:
            self._brake(dt)
        self._running -= dt
        if self.spec.gripper and self.gripper != self._gripper_goal:
            stride = self.spec.gripper.speed * dt
            self.gripper += min(max(self._gripper_goal - self.gripper, -stride), stride)

    def _brake(self, dt: float) -> None:
        slower = self.velocity - within(self.velocity, self.spec.acceleration * dt)
        coasted = self.position + (slower - self.velocity) * dt
        self.position = np.minimum(np.maximum(coasted, self.spec.lower), self.spec.upper)
        self.velocity = slower


def within(values: FloatArray, most: FloatArray) -> FloatArray:
    """Cut values to plus or minus `most`; np.clip takes six times as long for a handful of numbers."""
    cut: FloatArray = np.minimum(np.maximum(values, -most), most)
    return cut
