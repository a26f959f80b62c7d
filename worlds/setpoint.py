"""What the joint controllers aim at between commands: a straight run to each target, and braking
from the first beat that none follows: a late command finds the arm hardly slower. Plain lists
throughout: for seven joints a loop is several times faster than numpy, and this runs at every
physics step."""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from visuomotor.robots.braking import Braking
from visuomotor.specs.robot import RobotSpec

STRAY = 0.01   # rad, between where an arm is and where it is held, that is no mere sagging


class Setpoint:
    """Position and velocity that the motors are asked for, moved on by every physics step."""

    def __init__(self, spec: RobotSpec, position: Iterable[float]) -> None:
        self._spec, self._fastest = spec, spec.velocity.tolist()
        self._closing_speed = spec.gripper.speed if spec.gripper else 0.0
        self.position = [float(angle) for angle in position]
        self.velocity = [0.0] * len(self.position)
        self.gripper = 0.0
        self._gripper_goal = 0.0
        self._running = 0.0   # s left until the newest target should be reached
        self._acceleration = [0.0] * len(self.position)
        self._braking: Braking | None = None
        self._braked = 0.0    # s since it began

    def aim(self, position: Sequence[float], span: float, running: float = math.inf) -> None:
        """Run straight to this position within `span` seconds, as far as speed limits let it, but
        brake already after `running`."""
        ways, before = zip(position, self.position, self._fastest, strict=True), self.velocity
        self.velocity = [within((goal - at) / span, fastest) for goal, at, fastest in ways]
        self._acceleration = [(speed - was) / span
                              for speed, was in zip(self.velocity, before, strict=True)]
        self._running, self._braking = min(span, running), None

    def grip(self, closing: float) -> None:
        """Open or close to this fraction."""
        self._gripper_goal = closing

    def brake(self, position: Sequence[float], velocity: Sequence[float]) -> None:
        """Give up the target and brake from what is measured; who stands already, stays there."""
        self._running = 0.0
        self._gripper_goal = self.gripper
        strays = zip(position, self.position, strict=True)
        if any(self.velocity) or any(abs(at - kept) > STRAY for at, kept in strays):
            self.position, self.velocity = list(position), list(velocity)
            self._braking = None

    def step(self, dt: float) -> None:
        """Move on by one physics step."""
        if self._running >= 0.5 * dt:
            self.position = [at + speed * dt
                             for at, speed in zip(self.position, self.velocity, strict=True)]
        elif any(self.velocity):
            self._slow_down(dt)
        self._running -= dt
        if self.gripper != self._gripper_goal:
            self.gripper += within(self._gripper_goal - self.gripper, self._closing_speed * dt)

    def _slow_down(self, dt: float) -> None:
        if self._braking is None:
            self._braking = Braking(self._spec, self.position, self.velocity, self._acceleration)
            self._braked = 0.0
        self._braked += dt
        self.position, self.velocity, self._acceleration = self._braking.at(self._braked)


def within(value: float, most: float) -> float:
    """Cut a value to plus or minus `most`."""
    return most if value > most else -most if value < -most else value
