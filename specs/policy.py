"""What acts: a policy turns one observation into a chunk of actions in -1..1, rows of the task's action space."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Observation = Mapping[str, NDArray[Any]]   # names: specs/observation.py
STREAM = 2   # the policy's own stream of an episode's seed: the scene draws from another


def policy_rng(seed: int) -> np.random.Generator:
    """Return the generator that a policy draws from in the episode of a seed, on the graph and elsewhere."""
    return np.random.default_rng([seed, STREAM])


class Policy(Protocol):
    """One policy, learned or scripted. The same seed and the same observations give the same actions.

    It may remember what it saw and did since `reset`: histories, recurrent states and searches live inside.
    """

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode; every random choice until the next reset comes from this generator."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return actions in -1..1, (rows, size): the first is due now, the next one action period later, and so on."""

    @property
    def finished(self) -> bool:
        """True once the policy believes that the episode is done."""
