"""Goals of a reach: points that the arm was rehearsed to get to, standing still or wandering slowly."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from visuomotor.robots.interface import FloatArray
from visuomotor.robots.kinematics import Kinematics

STRIDE = 0.05           # s of one rehearsed step
GAIN = 3.0              # 1/s
CALM = 0.9              # of the joint speed limits
NEAR = 0.005            # m that counts as there
CORNERS = 8             # points of a path that are rehearsed
TRIES = 200


@dataclass(frozen=True)
class Path:
    """Where the goal is at any time: on a circle, on a line to and fro, or at rest."""

    centre: FloatArray                   # m
    first: FloatArray                    # m, from the centre, where it begins
    second: FloatArray                   # m, from the centre, a quarter of a round later; zero: to and fro
    rate: float = 0.0                    # rad/s of the round

    def at(self, seconds: float) -> FloatArray:
        angle = self.rate * seconds
        return self.centre + math.cos(angle) * self.first + math.sin(angle) * self.second

    def stops(self) -> list[FloatArray]:
        """Return points all along it."""
        if self.rate == 0.0:
            return [self.at(0.0)]
        return [self.at(2 * math.pi * corner / CORNERS / self.rate) for corner in range(CORNERS)]


def wander(centre: FloatArray, radius: float, speed: float, generator: np.random.Generator) -> Path:
    """Return a circle or a line around a centre, in a random plane, never faster than `speed`."""
    first, other = generator.normal(size=(2, 3))
    first /= np.linalg.norm(first)
    second = other - (other @ first) * first
    second *= float(generator.random() < 0.5) / np.linalg.norm(second)
    return Path(centre, radius * first, radius * second, speed / radius)


def still(point: FloatArray) -> Path:
    return Path(point, np.zeros(3), np.zeros(3))


class Rehearsal:
    """Tries a straight run of the tip in numbers, with the hand held as it is, before anybody asks a robot to do it."""

    def __init__(self, kinematics: Kinematics, speed: float, seconds: float) -> None:
        self.kinematics, self.speed, self.strides = kinematics, speed, round(seconds / STRIDE)

    def passes(self, path: Path) -> bool:
        """Say whether the tip gets from home to the path, and along all of it, at a calm pace."""
        q: FloatArray | None = np.array(self.kinematics.spec.home)
        for stop in path.stops():
            q = self._run(q, stop)
            if q is None:
                return False
        return True

    def anywhere(self, spread: float, generator: np.random.Generator) -> FloatArray:
        """Return the tip's position at random joint angles around home."""
        home, spec = np.array(self.kinematics.spec.home), self.kinematics.spec
        angles = home + generator.uniform(-spread, spread, len(home))
        return self.kinematics.pose(np.clip(angles, spec.lower, spec.upper))[:3]

    def _run(self, q: FloatArray, goal: FloatArray) -> FloatArray | None:
        spec = self.kinematics.spec
        for _ in range(self.strides):
            error = goal - self.kinematics.pose(q)[:3]
            distance = float(np.linalg.norm(error))
            if distance < NEAR:
                return q
            twist = np.concatenate((error * min(GAIN, self.speed / distance), np.zeros(3)))
            speeds = self.kinematics.differential(q, twist)
            speeds *= min(1.0, CALM / float(np.max(np.abs(speeds) / spec.velocity)))
            q = np.clip(q + speeds * STRIDE, spec.lower, spec.upper)
        return None
