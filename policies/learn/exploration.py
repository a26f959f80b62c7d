"""Exploration that a robot can follow: noise correlated in time, with a spread that does not depend
on its colour. Ornstein-Uhlenbeck noise: Uhlenbeck and Ornstein 1930, as used by Lillicrap et al.
2016 (DDPG). Coloured noise: Eberhard et al. 2023, "Pink noise is all you need"; made as Timmer and
Koenig 1995."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class OrnsteinUhlenbeck:
    """Noise that forgets itself in `memory` seconds. Each number has standard deviation `spread`,
    from the first on."""

    def __init__(self, size: int, spread: float, memory: float, period: float) -> None:
        if size < 1 or spread < 0 or memory <= 0 or period <= 0:
            raise ValueError('size should be 1 or more, spread 0 or more, memory and period above '
                             f'0, but they are {size}, {spread}, {memory} and {period}')
        self.size, self.spread = size, spread
        # exact for any period, unlike an Euler step
        self._kept = float(np.exp(-period / memory))
        self._fresh = spread * float(np.sqrt(1 - self._kept**2))
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._generator = rng
        self._last: Array = self.spread * rng.standard_normal(self.size)

    def sample(self) -> Array:
        """Return the next noise."""
        now = self._last
        self._last = self._kept * now + self._fresh * self._generator.standard_normal(self.size)
        return now


class Coloured:
    """Noise whose power falls with frequency as 1/f^colour: 0 white, 1 pink, 2 red. One block of
    `length` at a time."""

    def __init__(self, size: int, spread: float, colour: float, length: int) -> None:
        if size < 1 or spread < 0 or not 0 <= colour <= 2 or length < 4:
            raise ValueError('size should be 1 or more, spread 0 or more, colour 0..2 and length 4 '
                             f'or more, but they are {size}, {spread}, {colour} and {length}')
        self.size = size
        self.spread = spread
        self.length = length
        frequencies = np.fft.rfftfreq(length)
        frequencies[0] = frequencies[1]  # the mean of a block is noise too, not infinite
        self._shape = np.asarray(frequencies ** (-colour / 2), dtype=np.float64)
        weights = np.full(len(frequencies), 2.0)
        weights[0] = 1.0
        weights[-1] = 1.0 if length % 2 == 0 else 2.0
        self._scale = spread * length / float(np.sqrt((weights * self._shape**2).sum()))
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._generator, self._next = rng, self.length

    def sample(self) -> Array:
        """Return the next noise."""
        if self._next == self.length:
            self._block, self._next = self._make(), 0
        self._next += 1
        row: Array = self._block[self._next - 1]
        return row

    def _make(self) -> Array:
        draws = self._generator.standard_normal((2, len(self._shape), self.size)) / np.sqrt(2)
        spectrum = draws[0] + 1j * draws[1]
        # the mean, and at even lengths the highest frequency, are real
        spectrum[0] = np.sqrt(2) * draws[0, 0]
        if self.length % 2 == 0:
            spectrum[-1] = np.sqrt(2) * draws[0, -1]
        return np.fft.irfft(spectrum * self._shape[:, None] * self._scale, self.length, axis=0)
