"""Legs of the Minitaur: two motors drive one five-bar leg; together they stretch it, against each
other they swing it.

Leg order: front left, back left, front right, back right. A leg target is (swing, extension) for
each leg in turn, rad. Motor angles are in the leg frame: pi/2 on every motor stands, larger
extensions make longer legs, and a positive swing swings all four feet the same way. The model's
joint angle is DIRECTION times the motor angle.
"""
from __future__ import annotations

import numpy as np
from visuomotor.specs.values import FloatArray

DIRECTION = np.array([-1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0])
SIDE = np.array([1.0, 1.0, -1.0, -1.0])  # left legs mirror right legs
UPPER, LOWER = 0.1, 0.2  # m, links of one leg


def motors(legs: FloatArray) -> FloatArray:
    """Turn swing and extension of each leg into eight motor angles."""
    swing, extension = SIDE * legs[0::2], legs[1::2]
    angles = np.empty(8)
    angles[0::2], angles[1::2] = extension - swing, extension + swing
    return angles


def legs(motors: FloatArray) -> FloatArray:
    """Turn eight motor angles into swing and extension of each leg."""
    found = np.empty(8)
    found[0::2] = SIDE * (motors[1::2] - motors[0::2]) / 2
    found[1::2] = (motors[0::2] + motors[1::2]) / 2
    return found


def length(extension: FloatArray) -> FloatArray:
    """Return how far a foot is from its hip, m."""
    below: FloatArray = np.sqrt(LOWER**2 - (UPPER * np.sin(extension))**2)
    return below - UPPER * np.cos(extension)
