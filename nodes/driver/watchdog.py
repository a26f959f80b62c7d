"""The driver's own last line: when commands stop coming, brake with the robot's limits and hold."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Target


def brake(target: Target, acceleration: FloatArray, dt: float) -> Target:
    """Return the next target on the way to standstill, slowing every joint by its own limit."""
    slower = np.sign(target.velocity) * np.maximum(np.abs(target.velocity) - acceleration * dt, 0.0)
    return Target(target.position + (target.velocity + slower) / 2 * dt, slower, target.gripper)


class Watchdog:
    """Remembers the last command obeyed, and takes over once it is too old."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self._target: Target | None = None
        self._obeyed_at = 0.0
        self.braking = False

    def admits(self, answered: float, now: float) -> bool:
        """Say whether a command that answers the joint_states of `answered` is fresh enough."""
        return abs(now - answered) <= self._spec.command_age

    def obeyed(self, target: Target, now: float) -> None:
        """Note what was sent, at which second of the graph's clock."""
        self._target = target
        self._obeyed_at = now
        self.braking = False

    def forget(self) -> None:
        """Begin anew: nothing was ever commanded."""
        self._target, self.braking = None, False

    def beat(self, now: float, dt: float) -> Target | None:
        """Return what to send by ourselves; None while commands are fresh, or none ever came."""
        if self._target is None or 0.0 <= now - self._obeyed_at <= self._spec.command_age:
            return None
        self.braking = True
        braked = brake(self._target, self._spec.acceleration, dt)
        inside = np.clip(braked.position, self._spec.lower, self._spec.upper)
        self._target = Target(inside, braked.velocity, braked.gripper)
        return self._target

    def complaint(self, now: float) -> str:
        """Say why it took over; empty when it has not."""
        return (f'no command for {now - self._obeyed_at:.2f} s: braked and holding' if self.braking
                else '')
