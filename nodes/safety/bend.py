"""Bends joint speeds so that the tip slides along a wall instead of stopping before it."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.interface import FloatArray

DAMPING = 1e-3


def along_walls(speeds: FloatArray, jacobian: FloatArray, walls: NDArray[np.bool_]) -> FloatArray:
    """Return the joint speeds nearest to `speeds` that keep the tip's x, y or z still where a wall is met.

    `jacobian` has the three rows of the tip's velocity; `walls` says which of them may not move.
    """
    rows = jacobian[walls]
    onto = np.linalg.solve(rows @ rows.T + DAMPING**2 * np.eye(len(rows)), rows @ speeds)
    bent: FloatArray = speeds - rows.T @ onto
    return bent
