"""What the joint controllers aim at between commands: a straight run to each target, joined
smoothly where it does not lead on, and braking from the first beat that none follows: a late
command finds the arm hardly slower. Plain lists throughout: for seven joints a loop is several
times faster than numpy, and this runs at every physics step."""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from visuomotor.robots.braking import Braking
from visuomotor.robots.fading import Fading, Motion, nowhere
from visuomotor.specs.robot import RobotSpec

GAP = 1.5      # beats of braking by itself, after which a target does not lead on
STRAY = 0.01   # rad, between where an arm is and where it is held, that is no mere sagging


class Setpoint:
    """Position and velocity that the motors are asked for, moved on by every physics step."""

    def __init__(self, spec: RobotSpec, position: Iterable[float]) -> None:
        self._spec, self._fastest = spec, spec.velocity.tolist()
        self._gap = GAP / spec.control_hz
        self._closing_speed = spec.gripper.speed if spec.gripper else 0.0
        self.position = [float(angle) for angle in position]
        self.velocity = [0.0] * len(self.position)
        self.gripper = 0.0
        self._gripper_goal = 0.0
        self._running = 0.0   # s left until the newest target should be reached
        self._braked = 0.0    # s since it began
        self._take(self.position, self.velocity, self.velocity)

    def _take(self, position: Sequence[float], velocity: Sequence[float],
              acceleration: Sequence[float]) -> None:
        """Be on course here, moving so."""
        self.position, self.velocity = list(position), list(velocity)
        self._course: Motion = self.position, self.velocity, list(acceleration)
        self._away: Motion = nowhere(len(self.position))   # from the course
        self._fading: Fading | None = None
        self._faded = 0.0     # s since it began
        self._braking: Braking | None = None

    def aim(self, position: Sequence[float], span: float, running: float = math.inf,
            velocity: Sequence[float] = ()) -> None:
        """Run straight to this position within `span` seconds, as far as speed limits let it, but
        brake already after `running`. Who braked for a while and still moves joins the target as
        one that moves at this velocity."""
        places, before, _ = self._course
        if velocity and self._braking and self._braked > self._gap and any(before):
            places = [goal - speed * span for goal, speed in zip(position, velocity, strict=True)]
            self._join(places, velocity)
            before = list(velocity)
        ways = zip(position, places, self._fastest, strict=True)
        speeds = [within((goal - at) / span, fastest) for goal, at, fastest in ways]
        changes = [(speed - was) / span for speed, was in zip(speeds, before, strict=True)]
        self._course = places, speeds, changes
        self.velocity = _sum(speeds, self._away[1])
        self._running, self._braking = min(span, running), None

    def _join(self, places: Sequence[float], velocity: Sequence[float]) -> None:
        """Begin to fade out what lies between here and a course. What it was braking with is let
        go of at once."""
        apart = [at - there for at, there in zip(self.position, places, strict=True)]
        faster = [speed - rate for speed, rate in zip(self.velocity, velocity, strict=True)]
        self._away = apart, faster, [0.0] * len(apart)
        self._fading, self._faded = Fading(self._spec, self._away, velocity), 0.0

    def grip(self, closing: float) -> None:
        """Open or close to this fraction."""
        self._gripper_goal = closing

    def brake(self, position: Sequence[float], velocity: Sequence[float]) -> None:
        """Give up the target and brake from what is measured; who stands already, stays there."""
        self._running = 0.0
        self._gripper_goal = self.gripper
        strays = zip(position, self.position, strict=True)
        if any(self.velocity) or any(abs(at - kept) > STRAY for at, kept in strays):
            self._take(position, velocity, _sum(self._course[2], self._away[2]))

    def step(self, dt: float) -> None:
        """Move on by one physics step."""
        places, speeds, rates = self._course
        if self._running >= 0.5 * dt:
            places = [at + speed * dt for at, speed in zip(places, speeds, strict=True)]
            self._course = places, speeds, rates
        elif any(speeds):
            self._slow_down(dt)
        self._running -= dt
        self._fade(dt)
        if self.gripper != self._gripper_goal:
            self.gripper += within(self._gripper_goal - self.gripper, self._closing_speed * dt)

    def _slow_down(self, dt: float) -> None:
        if self._braking is None:
            self._braking = Braking(self._spec, *self._course)
            self._braked = 0.0
        self._braked += dt
        self._course = self._braking.at(self._braked)

    def _fade(self, dt: float) -> None:
        """Come nearer to the course."""
        self.position, self.velocity = self._course[:2]
        if self._fading:
            self._faded += dt
            self._away = self._fading.at(self._faded)
            self.position = _sum(self.position, self._away[0])
            self.velocity = _sum(self.velocity, self._away[1])
            if self._faded >= self._fading.duration:
                self._fading = None


def _sum(values: Sequence[float], others: Sequence[float]) -> list[float]:
    return [value + other for value, other in zip(values, others, strict=True)]


def within(value: float, most: float) -> float:
    """Cut a value to plus or minus `most`."""
    return most if value > most else -most if value < -most else value
