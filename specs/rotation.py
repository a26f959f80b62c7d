"""Attitudes as quaternions x y z w, as ROS writes them; transforms3d reckons with w first."""
from __future__ import annotations

import numpy as np
from transforms3d import euler, quaternions
from visuomotor.specs.values import FloatArray


def w_first(quaternion: FloatArray) -> tuple[float, float, float, float]:
    """Return w x y z of x y z w."""
    x, y, z, w = map(float, quaternion)
    return w, x, y, z


def roll_pitch_yaw(quaternion: FloatArray) -> tuple[float, float, float]:
    """Return rotation about the fixed axes x, then y, then z, rad."""
    roll, pitch, yaw = euler.quat2euler(w_first(quaternion), 'sxyz')
    return float(roll), float(pitch), float(yaw)


def matrix(quaternion: FloatArray) -> FloatArray:
    """Return the 3 x 3 matrix of an attitude."""
    turned: FloatArray = quaternions.quat2mat(w_first(quaternion))
    return turned


def product(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the attitude that `second`, then `first` make."""
    w, x, y, z = quaternions.qmult(w_first(first), w_first(second))
    return np.array([x, y, z, w])


def rotation_vector(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the turn, axis times rad, from one attitude to another: fixed axes, the short way."""
    turn = quaternions.qmult(w_first(second), quaternions.qconjugate(w_first(first)))
    axis, angle = quaternions.quat2axangle(turn if turn[0] >= 0 else -turn)
    vector: FloatArray = np.asarray(axis) * angle
    return vector
