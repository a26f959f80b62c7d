"""Whether what the robot says of itself can be believed and acted on: fresh, finite, continuous, upright."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, State

LEAP = 0.1  # rad (m) beyond what the speed limits allow, from one joint state to the next


def unusable(state: State, now: float, limits: Limits) -> str:
    """Return why nothing can be decided on this state; '' when it can."""
    if not math.isfinite(state.position.sum() + state.velocity.sum()):  # one that is not makes the sum so
        return 'joint_states are not all finite'
    age = now - state.stamp
    if age > limits.state_age:
        return f'joint_states are {age:.2f} s old, older than {limits.state_age:g} s'
    if age < -limits.future:
        return f'joint_states are stamped {-age:.2f} s in the future'
    return ''


def broken_off(state: State, before: State | None, spec: RobotSpec, limits: Limits) -> str:
    """Return why motion cannot go on from where it was commanded, and has to begin again where the robot is."""
    if before is None:
        return 'first joint_states'
    passed = state.stamp - before.stamp
    if passed < 0.0:
        return f'the clock went back by {-passed:.3f} s'
    if passed > limits.state_age:
        return f'joint_states were missing for {passed:.2f} s'
    leap = np.abs(state.position - before.position) - 2.0 * spec.velocity * max(passed, 1.0 / spec.control_hz)
    return f'{spec.names[int(np.argmax(leap))]} was moved by somebody else' if leap.max() > LEAP else ''


def tilted(lean: float, limits: Limits) -> str:
    """Return why a leaning body may not go on; '' when it is upright."""
    return f'the body leans by {lean:.2f} rad, more than {limits.tilt:g} rad' if lean > limits.tilt else ''


def lean_of(imu: Imu) -> float:
    """Return the angle between a body's own upward axis and the vertical."""
    return float(np.arccos(min(max(_upright(imu.orientation), -1.0), 1.0)))


def _upright(quaternion: FloatArray) -> float:
    """The vertical part of the body's own upward axis."""
    x, y = quaternion[0], quaternion[1]
    return float(1.0 - 2.0 * (x * x + y * y))
