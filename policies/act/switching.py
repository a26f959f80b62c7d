"""Recognises states that a policy was never trained on, and lets a recovery policy take over until
they are left. Distance: Mahalanobis 1936 over features of safe states. Handing over: Thananjeyan et
al. 2021 (Recovery RL), with a threshold to enter and a lower one to leave, so that the two do not
alternate."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.policy import Policy

Array = NDArray[np.float64]
RIDGE = 1e-6  # of the mean variance, so that features that never varied do not divide by nothing


class Familiarity:
    """How far features lie from those of safe states: 1 is the edge of `share` of them."""

    def __init__(self, safe: Array, share: float = 0.99) -> None:
        if safe.ndim != 2 or len(safe) <= safe.shape[1] or not 0 < share < 1:
            raise ValueError('safe states should be more rows than features and share in 0..1, but '
                             f'they are {safe.shape} and {share}')
        self._mean = safe.mean(axis=0)
        spread = np.atleast_2d(np.cov(safe.T))
        ridge = RIDGE * max(float(np.trace(spread)) / len(spread), 1e-12)
        self._inverse = np.linalg.inv(spread + ridge * np.eye(len(spread)))
        self._edge = 1.0
        self._edge = float(np.quantile([self(row) for row in safe], share))

    def __call__(self, features: Array) -> float:
        """Return the distance of one state; one that holds no number is infinitely far."""
        away = np.asarray(features, dtype=np.float64) - self._mean
        if not np.isfinite(away).all():
            return float('inf')
        return float(np.sqrt(away @ self._inverse @ away)) / self._edge


class Recovering:
    """A policy that hands over to `recovery` beyond `enter` and takes back below `leave`."""

    def __init__(self, policy: Policy, recovery: Policy,
                 danger: Callable[[Mapping[str, NDArray[Any]]], float],
                 enter: float = 1.5, leave: float = 1.0) -> None:
        if not 0 < leave < enter:
            raise ValueError(f'leave should be above 0 and below enter, but they are {leave} and '
                             f'{enter}')
        self._policy = policy
        self._recovery = recovery
        self._danger = danger
        self._enter, self._leave = enter, leave
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self.recovering, self.handovers = False, 0
        self._generator = rng
        self._policy.reset(rng)

    def act(self, observation: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        danger = self._danger(observation)
        if not self.recovering and danger > self._enter:
            self.recovering, self.handovers = True, self.handovers + 1
            self._recovery.reset(self._generator)
        elif self.recovering and danger < self._leave:
            self.recovering = False
        return (self._recovery if self.recovering else self._policy).act(observation)

    @property
    def finished(self) -> bool:
        """Nothing is finished while recovering."""
        return not self.recovering and self._policy.finished
