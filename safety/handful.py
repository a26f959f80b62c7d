"""Looks at a handful of numbers, one for each joint: for so few, a list takes a third of the time
of numpy's own reductions, and every cycle of the filter asks for a dozen of them."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.values import FloatArray

Flags = NDArray[np.bool_]


def every(flags: Flags) -> bool:
    """Say whether all of them are true."""
    return all(flags.tolist())


def some(values: FloatArray | Flags) -> bool:
    """Say whether any of them is true, or not 0."""
    return any(values.tolist())


def largest(values: FloatArray) -> float:
    """Return the largest of finite numbers."""
    return float(max(values.tolist()))


def smallest(values: FloatArray) -> float:
    """Return the smallest of finite numbers."""
    return float(min(values.tolist()))


def total(values: FloatArray) -> float:
    """Return the sum; it is no finite number where one of them is none."""
    return float(sum(values.tolist()))


def within(values: FloatArray, lower: FloatArray | float, upper: FloatArray | float) -> FloatArray:
    """Return each number, or the bound that it is beyond."""
    inside: FloatArray = np.minimum(np.maximum(values, lower), upper)
    return inside
