"""What every reward detector is: it hears signals, and says what they are worth."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from visuomotor.specs.values import FloatArray, State

ALMOST = 0.01  # probabilities stay this far from 0 and 1: exactly 0 is kept for `over`


@dataclass(frozen=True)
class Signals:
    """Everything that a detector may look at, at one moment."""

    state: State
    tip: FloatArray | None = None                  # pose of the end-effector, robot base frame
    closing: float | None = None                   # gripper as commanded, 0 open .. 1 closed; None: never commanded
    poses: Mapping[str, FloatArray] = field(default_factory=dict)   # of bodies, where something tracks them
    values: Mapping[str, float] = field(default_factory=dict)       # numbers of the task

    @property
    def now(self) -> float:
        """Moment that is judged, s."""
        return self.state.stamp


@dataclass(frozen=True)
class Judgement:
    """What one look is worth."""

    value: float                # reward of this step
    success_probability: float | None  # that the episode, if it ended now, was a success; None: cannot see
    evidence: str               # what was seen, in words and numbers with units
    over: bool = False          # nothing can save the episode any more

    @property
    def published_probability(self) -> float | None:
        """Exactly 0 tells the supervisor that the episode is lost; everything else stays between."""
        if self.over or self.success_probability is None:
            return 0.0 if self.over else None
        return min(max(self.success_probability, ALMOST), 1.0 - ALMOST)


class Detector(Protocol):
    """One way of telling success. `begin` before every episode; then `judge` for every step, in order of time."""

    def begin(self) -> None: ...

    def judge(self, signals: Signals) -> Judgement: ...


class Dwell:
    """How long something has been true without a break."""

    def __init__(self) -> None:
        self._since: float | None = None

    def seconds(self, true: bool, now: float) -> float:
        """Return how long it has been true; 0 when it is not."""
        if not true:
            self._since = None
            return 0.0
        if self._since is None:
            self._since = now
        return now - self._since
