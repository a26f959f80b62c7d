"""What the safety filter answers at each cycle: the target permitted, the verdict, and every reason and margin."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from visuomotor.specs.codes import Verdict
from visuomotor.specs.values import FloatArray, Target


@dataclass(frozen=True)
class Margin:
    """Distance to one limit."""

    limit: str
    value: float
    unit: str


@dataclass
class Permitted:
    """One cycle's answer."""

    target: Target
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    measure: Callable[[], tuple[Margin, ...]] = tuple  # the room left; only who asks pays for it
    source: int = 0             # that won; 0: nobody asked
    mode: int = 0
    asked: FloatArray = field(default_factory=lambda: np.zeros(0))
    observed: float = 0.0       # s, stamp of the observation that the winner answered
    policy_hash: str = ''
    proposal_age: float = -1.0  # s since it was received; -1: none

    @cached_property
    def margins(self) -> tuple[Margin, ...]:
        """The tightest margin of each kind."""
        return self.measure()
