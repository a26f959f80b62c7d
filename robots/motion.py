"""One beat of limited motion. Speed, acceleration and position limits of a specification, nothing
else."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray


def stopping_speed(distance: FloatArray, acceleration: FloatArray, dt: float) -> FloatArray:
    """Return the largest speed from which a joint, moving on for `dt`, still stops within
    `distance`."""
    room = np.maximum(distance, 0.0)
    speed: FloatArray = acceleration * (np.sqrt(dt * dt + 2.0 * room / acceleration) - dt)
    return speed


def approach(position: FloatArray, goal: FloatArray, rate: FloatArray, spec: RobotSpec,
             dt: float) -> FloatArray:
    """Return the speed towards `goal`, the place in `dt` of something moving at `rate`, that does
    not overshoot."""
    error = goal - position - rate * dt
    wanted: FloatArray = rate + np.sign(error) * stopping_speed(np.abs(error), spec.acceleration,
                                                                dt)
    return wanted


def step(position: FloatArray, velocity: FloatArray, wanted: FloatArray, spec: RobotSpec,
         dt: float) -> tuple[FloatArray, FloatArray]:
    """Move for `dt` at the permitted speed nearest to `wanted`. Return the new position and the
    speed taken."""
    # Plain numbers: for a handful of joints a loop takes a third of numpy's time, and this runs at
    # every beat.
    moved, taken = [], []
    each = zip(position.tolist(), velocity.tolist(), wanted.tolist(), spec.bounds, strict=True)
    for at, speed, wish, (lower, upper, fastest, acceleration) in each:
        # room the way that it wants to go
        room, reach = upper - at if wish > 0.0 else at - lower, acceleration * dt
        most = acceleration * (math.sqrt(dt * dt + 2.0 * room / acceleration)
                               - dt) if room > 0.0 else 0.0
        most = fastest if most > fastest else most
        wish = most if wish > most else -most if wish < -most else wish
        wish = (speed + reach if wish > speed + reach else speed - reach if wish < speed - reach
                else wish)
        there = at + wish * dt
        if there > upper or there < lower:   # outside already: no further out
            there = min(max(there, min(lower, at)), max(upper, at))
        moved.append(there)
        taken.append(wish if dt == 0.0 else (there - at) / dt)
    return np.array(moved), np.array(taken)
