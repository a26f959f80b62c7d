"""Goals of a reach: points that the arm was rehearsed to get to, at rest or wandering slowly."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from visuomotor.robots import motion
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray

STRIDE = 0.05           # s of one rehearsed step
GAIN = 3.0              # 1/s
POSTURE = 0.5           # 1/s, pull of spare joints towards home
NEAR = 0.005            # m that counts as there
ROOM = 0.1              # rad that every joint keeps from its limits: at a limit the tip goes astray
CORNERS = 8             # points of a path that are rehearsed
TRIES = 200


@dataclass(frozen=True)
class Path:
    """Where the goal is at any time: on a circle, on a line to and fro, or at rest."""

    centre: FloatArray                   # m
    first: FloatArray                    # m, from the centre, where it begins
    second: FloatArray                   # m, the same a quarter round later; zero: to and fro
    rate: float = 0.0                    # rad/s of the round

    def at(self, seconds: float) -> FloatArray:
        angle = self.rate * seconds
        return self.centre + math.cos(angle) * self.first + math.sin(angle) * self.second

    def stops(self) -> list[FloatArray]:
        """Return points all along it."""
        if self.rate == 0.0:
            return [self.at(0.0)]
        return [self.at(2 * math.pi * corner / CORNERS / self.rate) for corner in range(CORNERS)]


def wander(centre: FloatArray, radius: float, speed: float, rng: np.random.Generator) -> Path:
    """Return a circle or a line around a centre, in a random plane, never faster than `speed`."""
    first, other = rng.normal(size=(2, 3))
    first /= np.linalg.norm(first)
    second = other - (other @ first) * first
    second *= float(rng.random() < 0.5) / np.linalg.norm(second)
    return Path(centre, radius * first, radius * second, speed / radius)


def still(point: FloatArray) -> Path:
    return Path(point, np.zeros(3), np.zeros(3))


class Rehearsal:
    """Tries a straight run of the tip in numbers, before anybody asks a robot for it."""

    def __init__(self, spec: RobotSpec, speed: float, seconds: float) -> None:
        self.spec = spec
        self.speed = speed
        self.strides = round(seconds / STRIDE)
        self.kinematics = Kinematics(spec)
        self._home = np.array(spec.home)
        self._endless = np.array([joint.continuous for joint in spec.joints])

    def passes(self, path: Path) -> bool:
        """Say whether the tip gets from home to the path, and along all of it, in time."""
        self._place, self._speed = self._home, np.zeros(len(self._home))
        return all(self._run(stop) for stop in path.stops())

    def anywhere(self, spread: float, rng: np.random.Generator) -> FloatArray:
        """Return the tip's position at random joint angles around home."""
        angles = self._home + rng.uniform(-spread, spread, len(self._home))
        return self.kinematics.pose(np.clip(angles, self.spec.lower, self.spec.upper))[:3]

    def _run(self, goal: FloatArray) -> bool:
        for _ in range(self.strides):
            error = goal - self.kinematics.pose(self._place)[:3]
            distance = float(np.linalg.norm(error))
            if distance < NEAR:
                return True
            if self._room() < ROOM:
                return False
            twist = np.concatenate((error * min(GAIN, self.speed / distance), np.zeros(3)))
            self._stride(twist)
        return False

    def _stride(self, twist: FloatArray) -> None:
        """Move on for a stride. All joints slow down together, so the tip keeps its direction."""
        # a whole turn away from home is as good as home
        posture = np.where(self._endless, self._place, self._home)
        speeds = self.kinematics.differential(self._place, twist, posture=posture, pull=POSTURE)
        wanted = speeds / max(1.0, float(np.abs(speeds / self.spec.velocity).max()))
        self._place, self._speed = motion.step(self._place, self._speed, wanted, self.spec, STRIDE)

    def _room(self) -> float:
        """Return how far the joint nearest to one of its limits is from it."""
        return float(np.minimum(self._place - self.spec.lower, self.spec.upper - self._place).min())
