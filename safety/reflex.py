"""The safe state of a legged robot: legs folded slowly until it lies, and stretched slowly before it walks again."""
from __future__ import annotations

import numpy as np
from visuomotor.robots.minitaur import legs
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State

THERE = 0.02   # rad, from a posture that counts as taken up
EAGER = 4.0    # 1/s, speed for each rad of distance


class Reflex:
    """Lies down when told, and stands up before anybody else moves the legs."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._speed = limits.reflex_speed
        self._standing = np.array(spec.home)
        self._lying = legs.motors(np.tile([0.0, limits.lying], len(spec.joints) // 2))
        self._down = False  # it lies, or is on its way down or up

    def forget(self) -> None:
        """Take it that the robot stands."""
        self._down = False

    def lie_down(self, position: FloatArray) -> FloatArray:
        """Return the joint speeds of lying down."""
        self._down = True
        return self._towards(self._lying, position)

    def stand_up(self, position: FloatArray, low: str = '') -> FloatArray | None:
        """Return the joint speeds of standing up; None when it stands. A body that is too low gets up by itself."""
        self._down |= bool(low)
        if not self._down or np.abs(self._standing - position).max() < THERE:
            self._down = False
            return None
        return self._towards(self._standing, position)

    def _towards(self, posture: FloatArray, position: FloatArray) -> FloatArray:
        return np.clip(EAGER * (posture - position), -self._speed, self._speed)


def low(state: State, lean: float, limits: Limits) -> str:
    """Say that a legged body is too near the floor, as far as its legs tell."""
    extension = (state.position[0::2] + state.position[1::2]) / 2
    height = float(legs.length(extension).mean()) * np.cos(lean)
    return f'the body is {height:.2f} m high, lower than {limits.height:g} m' if height < limits.height else ''
