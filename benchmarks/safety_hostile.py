"""Proposals that no sane policy makes, for fuzzing the safety filter; one generator draws all."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from visuomotor.robots.collision import CollisionScene
from visuomotor.specs.action_space import FIXED_WIDTH
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal

STRANGE = (np.nan, np.inf, -np.inf, 1e300, -1e300, 1e7)
DOWN = np.array([0.0, 1.0, 0.0, 0.0])  # quaternion of a tool that points to the floor
KNOTS = 400  # random postures among which those that collide are looked for


class Hostile:
    """One robot's worst company. It keeps a mood for a while, so that its wishes get somewhere."""

    def __init__(self, spec: RobotSpec, scene: CollisionScene | None,
                 rng: np.random.Generator) -> None:
        self.spec, self._chance = spec, rng
        self._knots = knots(spec, scene, rng) if scene else np.array([spec.home])
        moods: list[Callable[[], tuple[Mode, FloatArray]]] = [
            self._bang, self._huge, self._speeds, self._postures]
        arm = [self._at_the_table, self._at_itself, self._twists]
        self._moods = [*moods, *([self._legs] if spec.legs else arm)]
        self._mood = self._bang
        self._left = 0

    def __call__(self, now: float) -> Proposal:
        """Make one proposal, received at `now`."""
        rng = self._chance
        if self._left == 0:
            self._mood = self._moods[rng.integers(len(self._moods))]
            self._left = int(rng.choice([3, 20, 80]))
        self._left -= 1
        mode, rows = self._mood()
        rows = np.atleast_2d(rows)
        times, observed = self._when(now, len(rows))
        if rng.random() < 0.03 and rows.size:
            rows = rows.copy()
            rows.flat[rng.integers(rows.size)] = rng.choice(STRANGE)
        if rng.random() < 0.03:
            rows = rows[:, :-1] if rng.random() < 0.5 else np.concatenate((rows, rows), axis=1)
        gripper = rng.uniform(-1, 2, len(rows)) if rng.random() < 0.3 else np.zeros(0)
        source = int(rng.choice([1, 2, 3, 0, 7], p=[0.6, 0.17, 0.2, 0.015, 0.015]))
        return Proposal(mode, times, rows, gripper, observed, source, bool(rng.random() < 0.7))

    def _when(self, now: float, rows: int) -> tuple[FloatArray, float]:
        """Mostly sensible times. Else stale, future, out of order, standing still, running
        backwards or no numbers."""
        rng = self._chance
        times = np.cumsum(rng.choice([0.002, 0.01, 0.05, 0.2], rows)) - 0.002
        if rng.random() < 0.04:
            times = rng.normal(0, 1, rows)
        if rng.random() < 0.02:
            times = np.full(rows, rng.choice([0.0, np.nan, np.inf, 1e6]))
        late = rng.choice([0.0, 0.03, 0.2, 0.8, 3.0, -0.05, -3.0],
                          p=[0.7, 0.1, 0.08, 0.04, 0.04, 0.02, 0.02])
        return times, float(np.nan) if rng.random() < 0.01 else now - float(late)

    # Moods: a mode and the rows of a chunk.
    def _bang(self) -> tuple[Mode, FloatArray]:
        """From one limit to the other."""
        shape = int(self._chance.integers(1, 4)), len(self.spec.joints)
        signs = self._chance.choice([-1.0, 1.0], shape)
        return (Mode.JOINT_VELOCITY,
                signs * self.spec.velocity * self._chance.choice([0.3, 1.0, 50.0]))

    def _huge(self) -> tuple[Mode, FloatArray]:
        mode = Mode(int(self._chance.integers(1, 7)))
        width = FIXED_WIDTH.get(mode, len(self.spec.joints))
        return mode, self._chance.normal(0, self._chance.choice([1.0, 1e3, 1e5]), (1, width))

    def _speeds(self) -> tuple[Mode, FloatArray]:
        drawn = self._chance.normal(0, 0.7, (2, len(self.spec.joints)))
        return Mode.JOINT_VELOCITY, drawn * self.spec.velocity

    def _postures(self) -> tuple[Mode, FloatArray]:
        """Anywhere between the limits, and a little beyond."""
        low, high = np.maximum(self.spec.lower, -7.0) - 0.1, np.minimum(self.spec.upper, 7.0) + 0.1
        shape = int(self._chance.integers(1, 4)), len(low)
        return Mode.JOINT_POSITION, self._chance.uniform(low, high, shape)

    def _legs(self) -> tuple[Mode, FloatArray]:
        shape = int(self._chance.integers(1, 6)), len(self.spec.joints)
        return Mode.LEG, self._chance.uniform(-2.0, 4.5, shape)

    def _at_the_table(self) -> tuple[Mode, FloatArray]:
        box = self.spec.workspace
        spot = self._chance.uniform(box.lower, box.upper)
        if self._chance.random() < 0.5:
            return Mode.CARTESIAN_POSE, np.array([spot[0], spot[1], -0.2, *DOWN])
        down = np.array([*self._chance.normal(0, 0.5, 2), -1.0, 0.0, 0.0, 0.0])
        return Mode.CARTESIAN_TWIST, down

    def _at_itself(self) -> tuple[Mode, FloatArray]:
        return Mode.JOINT_POSITION, self._knots[self._chance.integers(len(self._knots))]

    def _twists(self) -> tuple[Mode, FloatArray]:
        spread = self._chance.choice([0.2, 1.0, 5.0])
        return Mode.CARTESIAN_TWIST, self._chance.normal(0, spread, (2, 6))


def knots(spec: RobotSpec, scene: CollisionScene, rng: np.random.Generator) -> FloatArray:
    """Return postures in which the arm is inside itself or its surroundings."""
    low, high = np.maximum(spec.lower, -np.pi), np.minimum(spec.upper, 2 * np.pi)
    postures = rng.uniform(low, high, (KNOTS, len(low)))
    colliding: FloatArray = postures[[scene.smallest(posture)[0] < 0.0 for posture in postures]]
    return colliding
