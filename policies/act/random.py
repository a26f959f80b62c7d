"""Uniform random actions: the score of chance, measured beside every other score."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Random:
    """Draw each number from -1..1; `keep` of the last action stays, so that the motion has a direction."""

    finished = False

    def __init__(self, size: int, rows: int = 1, keep: float = 0.0) -> None:
        if size < 1 or rows < 1 or not 0 <= keep < 1:
            raise ValueError(f'size and rows should be 1 or more and keep in 0..1, but are {size}, {rows} and {keep}')
        self.size, self.rows, self.keep = size, rows, keep
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.last = np.zeros(self.size)

    def act(self, observation: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        rows = np.empty((self.rows, self.size))
        for row in rows:
            self.last = self.keep * self.last + (1 - self.keep) * self.rng.uniform(-1, 1, self.size)
            row[:] = self.last
        return rows
