"""What a state tells: whether it can be believed, contact, heat, tilt. A legged robot's reflex."""
from __future__ import annotations

import math
from collections import deque

import numpy as np
from visuomotor.robots.minitaur import legs
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, State

LEAP = 0.1     # rad (m) beyond what the speed limits allow, from one joint state to the next
THERE = 0.02   # rad, from a posture that counts as taken up
EAGER = 4.0    # 1/s, speed for each rad of distance


def unusable(state: State, now: float, limits: Limits) -> str:
    """Return why nothing can be decided on this state; '' when it can."""
    # one that is not makes the sum so
    if not math.isfinite(state.position.sum() + state.velocity.sum()):
        return 'joint_states are not all finite'
    age = now - state.stamp
    if age > limits.state_age:
        return f'joint_states are {age:.2f} s old, older than {limits.state_age:g} s'
    if age < -limits.future:
        return f'joint_states are stamped {-age:.2f} s in the future'
    return ''


def broken_off(state: State, before: State | None, spec: RobotSpec, limits: Limits) -> str:
    """Return why motion has to begin again where the robot is; '' when it can go on."""
    if before is None:
        return 'first joint_states'
    passed = state.stamp - before.stamp
    if passed < 0.0:
        return f'the clock went back by {-passed:.3f} s'
    if passed > limits.state_age:
        return f'joint_states were missing for {passed:.2f} s'
    way = 2.0 * spec.velocity * max(passed, 1.0 / spec.control_hz)
    leap = np.abs(state.position - before.position) - way
    worst = int(leap.argmax())
    return f'{spec.names[worst]} was moved by somebody else' if leap[worst] > LEAP else ''


def tilted(lean: float, limits: Limits) -> str:
    """Return why a leaning body may not go on; '' when it is upright."""
    if lean <= limits.tilt:
        return ''
    return f'the body leans by {lean:.2f} rad, more than {limits.tilt:g} rad'


def lean_of(imu: Imu) -> float:
    """Return the angle between a body's own upward axis and the vertical."""
    x, y = imu.orientation[:2]
    return float(np.arccos(min(max(1.0 - 2.0 * (x * x + y * y), -1.0), 1.0)))


class ContactDetector:
    """Notices contact on arms and heat on legs. One sample proves nothing: both have to last."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.spec, self.limits = spec, limits
        self._dt = 1.0 / spec.control_hz
        self._torque = limits.contact_torque * spec.effort
        lately = 1 + round(limits.contact_lag * spec.control_hz)
        self._sent: deque[FloatArray] = deque(maxlen=lately)
        self._beats = max(1, round(limits.contact_time * spec.control_hz))
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self._sent.clear()
        self._felt = self._deaf = 0
        self._bent = 0.0
        self._hot = np.zeros(len(self.spec.joints))

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._sent.append(position)

    def contact(self, state: State) -> str:
        """Say what an arm feels; '' when nothing stands in its way."""
        if not self.spec.tip_link or not self._sent:
            return ''
        self._deaf = max(0, self._deaf - 1)
        why = ('' if self._deaf else self._pushed(state.effort)) or self._astray(state.position)
        self._felt = self._felt + 1 if why else 0
        if self._felt < self._beats:
            return ''
        # One that is wedged in has to move to get free: for a while only what gets worse counts.
        self._deaf = round((self.limits.contact_pause + self.limits.contact_grace)
                           * self.spec.control_hz)
        self._bent, self._felt = self._error(state.position)[0], 0
        return why

    def _pushed(self, effort: FloatArray) -> str:
        excess = np.abs(effort) - self._torque
        worst = int(excess.argmax())
        if excess[worst] <= 0.0:
            return ''
        return (f'contact: {self.spec.names[worst]} feels {abs(effort[worst]):.0f} N m, more than '
                f'{self._torque[worst]:.0f}')

    def _astray(self, position: FloatArray) -> str:
        """A robot lags behind; so it may be wherever it was sent within the last moment."""
        most = self.limits.contact_error + (self._bent if self._deaf else 0.0)
        if np.abs(position - self._sent[-1]).max() <= most:
            return ''
        error, worst = self._error(position)
        if error <= most:
            return ''
        return f'contact: {self.spec.names[worst]} is {error:.2f} rad from where it was sent'

    def _error(self, position: FloatArray) -> tuple[float, int]:
        """How far the worst joint is from everywhere that it was sent lately, and which it is."""
        lately = np.array(self._sent)
        error = np.maximum(lately.min(axis=0) - position, position - lately.max(axis=0))
        worst = int(error.argmax())
        return max(0.0, float(error[worst])), worst

    def hot(self, state: State) -> str:
        """Say which motor of a legged robot is about to overheat."""
        if not self.spec.legs:
            return ''
        above = np.abs(state.effort) > self.limits.hot_share * self.spec.effort
        self._hot = np.where(above, self._hot + self._dt, 0.0)
        worst = int(self._hot.argmax())
        if self._hot[worst] < self.limits.hot_time:
            return ''
        return (f'{self.spec.names[worst]} has pulled {abs(state.effort[worst]):.1f} N m for '
                f'{self._hot[worst]:.1f} s')


def squeezed(state: State, spec: RobotSpec, limits: Limits) -> bool:
    """Say whether the fingers press harder than they may."""
    return (spec.gripper is not None
            and abs(state.gripper_effort) > limits.gripper_share * spec.gripper.force)


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
