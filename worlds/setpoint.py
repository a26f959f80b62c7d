"""What the joint controllers aim at between commands: a straight run to each target, and braking
when none follows. Plain lists throughout: for seven joints a loop is several times faster than
numpy, and this runs at every physics step."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from visuomotor.specs.robot import RobotSpec


class Setpoint:
    """Position and velocity that the motors are asked for, moved on by every physics step."""

    def __init__(self, spec: RobotSpec, position: Iterable[float]) -> None:
        self._fastest, self._acceleration = spec.velocity.tolist(), spec.acceleration.tolist()
        self._lower, self._upper = spec.lower.tolist(), spec.upper.tolist()
        self._closing_speed = spec.gripper.speed if spec.gripper else 0.0
        self.position = [float(angle) for angle in position]
        self.velocity = [0.0] * len(self.position)
        self.gripper = 0.0
        self._gripper_goal = 0.0
        self._running = 0.0   # s left until the newest target should be reached

    def aim(self, position: Sequence[float], span: float) -> None:
        """Run straight to this position within `span` seconds, as far as speed limits let it."""
        ways = zip(position, self.position, self._fastest, strict=True)
        self.velocity = [within((goal - at) / span, fastest) for goal, at, fastest in ways]
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
        self.position = [at + speed * dt
                         for at, speed in zip(self.position, self.velocity, strict=True)]
        if self._running < 0.5 * dt:
            self._brake(dt)
        self._running -= dt
        if self.gripper != self._gripper_goal:
            self.gripper += within(self._gripper_goal - self.gripper, self._closing_speed * dt)

    def _brake(self, dt: float) -> None:
        slower = [speed - within(speed, most * dt)
                  for speed, most in zip(self.velocity, self._acceleration, strict=True)]
        coasted = (at + (slow - speed) * dt
                   for at, slow, speed in zip(self.position, slower, self.velocity, strict=True))
        places = zip(coasted, self._lower, self._upper, strict=True)
        self.position = [min(max(at, lower), upper) for at, lower, upper in places]
        self.velocity = slower


def within(value: float, most: float) -> float:
    """Cut a value to plus or minus `most`."""
    return most if value > most else -most if value < -most else value
