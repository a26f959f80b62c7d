"""Bends joint speeds so that the tip slides along a wall, or a link along an obstacle, instead of stopping."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.values import FloatArray

DAMPING = 1e-3


def along_walls(speeds: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the joint speeds nearest to `speeds` that leave still what each row measures, such as the tip's z."""
    onto = np.linalg.solve(rows @ rows.T + DAMPING**2 * np.eye(len(rows)), rows @ speeds)
    bent: FloatArray = speeds - rows.T @ onto
    return bent
