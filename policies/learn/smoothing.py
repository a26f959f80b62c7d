"""Smooth actions: a price on their changes for learners, and a second-order low-pass for what is
sent. Action-rate penalty: as in Rudin et al. 2022 and Mysore et al. 2021 (CAPS). Low-pass:
Butterworth 1930, by the bilinear transform with the corner pre-warped."""
from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rate_penalty(actions: Array, period: float, price: float = 1.0,
                 bend_price: float = 0.0) -> float:
    """Return what actions (rows x size) cost: mean squared speed, and change of speed."""
    if period <= 0:
        raise ValueError(f'period should be above 0 s, but is {period}')
    speed = np.diff(actions, axis=0) / period
    bend = np.diff(speed, axis=0) / period
    cost = price * float((speed**2).sum(axis=1).mean()) if len(speed) else 0.0
    return cost + (bend_price * float((bend**2).sum(axis=1).mean()) if len(bend) else 0.0)


class LowPass:
    """Passes what is slower than `corner` Hz; there half the power is left. It begins where its
    input begins."""

    def __init__(self, corner: float, rate: float) -> None:
        if not 0 < corner < rate / 2:
            raise ValueError(f'corner should lie between 0 and half the rate of {rate} Hz, but is '
                             f'{corner} Hz')
        warped = math.tan(math.pi * corner / rate)
        norm = 1 / (1 + math.sqrt(2) * warped + warped**2)
        self._b = warped**2 * norm                       # times 1, 2, 1
        self._a1 = 2 * (warped**2 - 1) * norm
        self._a2 = (1 - math.sqrt(2) * warped + warped**2) * norm
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._first: Array | None = None

    def __call__(self, value: Array) -> Array:
        """Filter one sample (transposed direct form II)."""
        value = np.asarray(value, dtype=np.float64)
        if self._first is None:
            self._first = (1 - self._b) * value
            self._second = (self._b - self._a2) * value
        out: Array = self._b * value + self._first
        self._first = 2 * self._b * value - self._a1 * out + self._second
        self._second = self._b * value - self._a2 * out
        return out
