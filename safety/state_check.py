"""What a state tells: whether it can be believed, heat, tilt. A legged robot's reflex."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.robots.minitaur import legs
from visuomotor.safety.handful import total
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, State

UNIT = 0.1     # by which the length of an attitude may differ from 1
THERE = 0.02   # rad, from a posture that counts as taken up
EAGER = 4.0    # 1/s, speed for each rad of distance


def unusable(state: State, now: float, limits: Limits) -> str:
    """Return why nothing can be decided on this state; '' when it can."""
    # one that is not makes the sum so
    if not math.isfinite(total(state.position) + total(state.velocity)):
        return 'joint_states are not all finite'
    if not math.isfinite(total(state.effort)):
        return 'torques are not all finite'
    age = now - state.stamp
    if age > limits.state_age:
        return f'joint_states are {age:.2f} s old, older than {limits.state_age:g} s'
    if age < -limits.future:
        return f'joint_states are stamped {-age:.2f} s in the future'
    return ''


def tilted(lean: float, limits: Limits) -> str:
    """Return why a leaning body may not go on; '' when it is upright."""
    if lean <= limits.tilt:
        return ''
    return f'the body leans by {lean:.2f} rad, more than {limits.tilt:g} rad'


def no_attitude(imu: Imu | None) -> str:
    """Say why nobody knows whether a legged robot stands; '' when its attitude is known."""
    if imu is None:
        return 'no attitude: imu is missing or old'
    length = float(np.linalg.norm(imu.orientation))
    if abs(length - 1.0) <= UNIT:   # false of what is no number
        return ''
    return f'no attitude: its quaternion should be of length 1, but is of length {length:g}'


def lean_of(imu: Imu) -> float:
    """Return the angle between a body's own upward axis and the vertical."""
    x, y = imu.orientation[:2]
    return float(np.arccos(min(max(1.0 - 2.0 * (x * x + y * y), -1.0), 1.0)))


class Heat:
    """Notices motors of a legged robot that are about to overheat."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.spec, self.limits = spec, limits
        self._dt = 1.0 / spec.control_hz
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self._hot = np.zeros(len(self.spec.joints))
        self._rests = False

    def hot(self, state: State) -> str:
        """Say which motor is about to overheat."""
        above = np.abs(state.effort) > self.limits.hot_share * self.spec.effort
        self._hot = np.maximum(self._hot + np.where(above, self._dt, -self._dt), 0.0)
        worst = int(self._hot.argmax())
        # one that has been hot rests until half of it is over
        self._rests = self._hot[worst] >= self.limits.hot_time * (0.5 if self._rests else 1.0)
        if not self._rests:
            return ''
        return (f'{self.spec.names[worst]} has pulled {abs(state.effort[worst]):.1f} N m for '
                f'{self._hot[worst]:.1f} s')


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
        """Return the joint speeds of standing up, as a `low` body does; None when it stands."""
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
    if height >= limits.height:
        return ''
    return f'the body is {height:.2f} m high, lower than {limits.height:g} m'
