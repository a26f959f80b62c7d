"""One beat of limited motion: speed, acceleration and position limits of a specification, nothing else."""
from __future__ import annotations

import numpy as np
from visuomotor.robots.interface import FloatArray
from visuomotor.robots.spec import RobotSpec


def stopping_speed(distance: FloatArray, acceleration: FloatArray, dt: float) -> FloatArray:
    """Return the largest speed from which a joint, moving on for `dt`, still stops within `distance`."""
    room = np.maximum(distance, 0.0)
    speed: FloatArray = acceleration * (np.sqrt(dt * dt + 2.0 * room / acceleration) - dt)
    return speed


def approach(position: FloatArray, goal: FloatArray, rate: FloatArray, spec: RobotSpec, dt: float) -> FloatArray:
    """Return the speed towards `goal`, the place in `dt` of something moving at `rate`, that does not overshoot."""
    error = goal - position - rate * dt
    wanted: FloatArray = rate + np.sign(error) * stopping_speed(np.abs(error), spec.acceleration, dt)
    return wanted


def step(position: FloatArray, velocity: FloatArray, wanted: FloatArray, spec: RobotSpec,
         dt: float) -> tuple[FloatArray, FloatArray]:
    """Move for `dt` at the permitted speed nearest to `wanted`; return the new position and the speed taken."""
    room = np.where(wanted > 0.0, spec.upper - position, position - spec.lower)   # the way that it wants to go
    most = np.minimum(stopping_speed(room, spec.acceleration, dt), spec.velocity)
    reach = spec.acceleration * dt
    # np.clip takes several times as long as these for a handful of numbers, and this runs at every beat.
    taken = np.minimum(np.maximum(np.minimum(np.maximum(wanted, -most), most), velocity - reach), velocity + reach)
    lowest, highest = np.minimum(spec.lower, position), np.maximum(spec.upper, position)
    moved = np.minimum(np.maximum(position + taken * dt, lowest), highest)
    return moved, taken if dt == 0.0 else (moved - position) / dt
