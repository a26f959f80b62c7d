"""One beat of motion inside the speed, acceleration and position limits of a specification."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray


def stopping_speed(distance: FloatArray, acceleration: FloatArray, dt: float) -> FloatArray:
    """Return the largest speed from which a joint, after `dt` of it, stops within `distance`."""
    room = np.maximum(distance, 0.0)
    speed: FloatArray = acceleration * (np.sqrt(dt * dt + 2.0 * room / acceleration) - dt)
    return speed


def approach(position: FloatArray, goal: FloatArray, rate: FloatArray, spec: RobotSpec,
             dt: float) -> FloatArray:
    """Return the speed towards `goal`, the place in `dt` of something moving at `rate`, that does
    not overshoot."""
    error = goal - position - rate * dt
    most = stopping_speed(np.abs(error), spec.acceleration, dt)
    wanted: FloatArray = rate + np.sign(error) * most
    return wanted


def step(position: FloatArray, velocity: FloatArray, wanted: FloatArray, spec: RobotSpec,
         dt: float) -> tuple[FloatArray, FloatArray]:
    """Move for `dt` at the permitted speed nearest to `wanted`; return new position and speed."""
    # Plain numbers: for a handful of joints a loop takes a third of numpy's time, and this runs at
    # every beat.
    moved, taken = [], []
    each = zip(position.tolist(), velocity.tolist(), wanted.tolist(), spec.bounds, strict=True)
    for at, speed, wish, (lower, upper, fastest, acceleration) in each:
        room = upper - at if wish > 0.0 else at - lower   # the way that it wants to go
        reach = acceleration * dt
        most = 0.0
        if room > 0.0:
            most = acceleration * (math.sqrt(dt * dt + 2.0 * room / acceleration) - dt)
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
