"""Acting for many episodes at once; one episode is a batch of one, so the two cannot differ."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.policy import Observation


class Batched(ABC):
    """A kind of acting writes `begin` and `act_batch`; the single policy follows from them."""

    finished = False

    @abstractmethod
    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        """Begin one episode for each generator, and forget those before."""

    @abstractmethod
    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        """Turn observations, each (episodes, *shape), into actions (episodes, rows, size)."""

    def reset(self, rng: np.random.Generator) -> None:
        self.begin([rng])

    def act(self, observation: Observation) -> NDArray[np.float64]:
        batch = {name: np.asarray(value)[None] for name, value in observation.items()}
        rows: NDArray[np.float64] = self.act_batch(batch)[0]
        return rows
