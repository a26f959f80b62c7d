"""What a state tells: whether it can be believed, contact, heat, tilt. A legged robot's reflex."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.robots.kinematics import Kinematics
from visuomotor.robots.minitaur import legs
from visuomotor.safety.limits import Limits
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, State

STRAY = 0.01   # rad (m) from where a joint was sent lately, below which it is as good as there
UNIT = 0.1     # by which the length of an attitude may differ from 1
THERE = 0.02   # rad, from a posture that counts as taken up
EAGER = 4.0    # 1/s, speed for each rad of distance


def unusable(state: State, now: float, limits: Limits) -> str:
    """Return why nothing can be decided on this state; '' when it can."""
    # one that is not makes the sum so
    if not math.isfinite(state.position.sum() + state.velocity.sum()):
        return 'joint_states are not all finite'
    if not math.isfinite(state.effort.sum()):
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


class ContactDetector:
    """Notices contact on arms and heat on legs. One sample proves nothing: both have to last."""

    def __init__(self, spec: RobotSpec, limits: Limits,
                 kinematics: Kinematics | None = None) -> None:
        self.spec, self.limits = spec, limits
        self._model = kinematics
        if len(limits.contact_excess) not in (1, len(spec.joints)):
            raise BadInput(f'contact_excess should hold 1 share or {len(spec.joints)}, one for '
                           f'each joint of {spec.name}, but holds {len(limits.contact_excess)}.')
        self._excess = np.array(limits.contact_excess) * spec.effort
        self._dt = 1.0 / spec.control_hz
        self._torque = limits.contact_torque * spec.effort
        lately = 1 + round(limits.contact_lag * spec.control_hz)
        self._sent = np.zeros((lately, len(spec.joints)))   # a ring of postures
        self._count = 0   # sent since motion began
        self._beats = max(1, round(limits.contact_time * spec.control_hz))
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self._count = 0
        self._felt = self._deaf = 0
        self._bent = 0.0
        self._hot = np.zeros(len(self.spec.joints))
        self._rests = False

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._sent[self._count % len(self._sent)] = position
        self._count += 1
        self._newest = position

    def contact(self, state: State, acceleration: FloatArray, moves: bool = True) -> str:
        """Say what an arm feels that is commanded to accelerate so; '' when nothing stands in its
        way. One that is not meant to move may be led elsewhere."""
        if not self.spec.tip_link or not self._count:
            return ''
        self._deaf = max(0, self._deaf - 1)
        why = '' if self._deaf else self._pushed(state, acceleration)
        why = why or (self._astray(state.position) if moves else '')
        self._felt = self._felt + 1 if why else 0
        if self._felt < self._beats:
            return ''
        # While it gives way only what gets worse counts; and where no stop follows, for a while
        # after that, as one that is wedged in has to move to get free.
        grace = 0.0 if self.limits.contact_memory else self.limits.contact_grace
        self._deaf = round((self.limits.contact_pause + grace) * self.spec.control_hz)
        self._bent, self._felt = self._error(state.position)[0], 0
        return why

    def _pushed(self, state: State, acceleration: FloatArray) -> str:
        effort = state.effort
        if self._model and effort.any():   # one that reports no torque reports none at all
            due = self._model.torque(state.position, state.velocity, acceleration)
            beyond = np.abs(effort - due) - self._excess
            worst = int(beyond.argmax())
            if beyond[worst] > 0.0:
                extra = beyond[worst] + self._excess[worst]
                return (f'contact: {self.spec.names[worst]} feels {extra:.0f} N m beyond gravity '
                        f'and motion, more than {self._excess[worst]:.0f}')
        excess = np.abs(effort) - self._torque
        worst = int(excess.argmax())
        if excess[worst] <= 0.0:
            return ''
        return (f'contact: {self.spec.names[worst]} feels {abs(effort[worst]):.0f} N m, more than '
                f'{self._torque[worst]:.0f}')

    def _astray(self, position: FloatArray) -> str:
        """A robot lags behind; so it may be wherever it was sent within the last moment."""
        most = self.limits.contact_error + (self._bent if self._deaf else 0.0)
        if np.abs(position - self._newest).max() <= most:
            return ''
        error, worst = self._error(position)
        if error <= most:
            return ''
        return f'contact: {self.spec.names[worst]} is {error:.2f} rad from where it was sent'

    def stray(self, position: FloatArray) -> FloatArray | None:
        """Return how far each joint is from the nearest posture that the arm was sent to lately;
        None: it is as good as there."""
        if not self._count or np.abs(position - self._newest).max() <= STRAY:
            return None
        strays = position - self._sent[:self._count]
        most = np.abs(strays).max(axis=1)
        nearest = int(most.argmin())
        return strays[nearest] if most[nearest] > STRAY else None

    def _error(self, position: FloatArray) -> tuple[float, int]:
        """How far the worst joint is from everywhere that it was sent lately, and which it is."""
        stray = self.stray(position)
        if stray is None:
            return 0.0, 0
        worst = int(np.abs(stray).argmax())
        return abs(float(stray[worst])), worst

    def hot(self, state: State) -> str:
        """Say which motor of a legged robot is about to overheat."""
        if not self.spec.legs:
            return ''
        above = np.abs(state.effort) > self.limits.hot_share * self.spec.effort
        self._hot = np.maximum(self._hot + np.where(above, self._dt, -self._dt), 0.0)
        worst = int(self._hot.argmax())
        # one that has been hot rests until half of it is over
        self._rests = self._hot[worst] >= self.limits.hot_time * (0.5 if self._rests else 1.0)
        if not self._rests:
            return ''
        return (f'{self.spec.names[worst]} has pulled {abs(state.effort[worst]):.1f} N m for '
                f'{self._hot[worst]:.1f} s')


def squeezed(state: State, spec: RobotSpec, limits: Limits) -> bool:
    """Say whether the fingers press harder than they may."""
    return (spec.gripper is not None and math.isfinite(state.gripper)
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
