"""How far motion has lived on: up to the stamp of the joint state that was answered last, and never
faster than a clock that nobody can step."""
from __future__ import annotations

from visuomotor.specs.values import SAME_MOMENT

HASTE = 1.02   # of real time, by which stamps may run ahead: clocks are slewed


class TimeBudget:
    """Motion is a function of stamps. What the steady clock has gone on by is what may be spent, as
    stamps that come in a heap, or too fast, are no reason to move faster."""

    def __init__(self, beat: float, most: float) -> None:
        """`most` is the time, s, that may be lived through at once after a pause."""
        self._beat, self._most = beat, most
        self._answered = 0.0      # s, stamp of the state that was answered last
        self._at = 0.0            # s, when the budget was last filled up
        self._lived = 0.0         # s, when motion last lived on
        self._spare = 0.0         # s

    def begin(self, stamp: float, at: float) -> None:
        """Begin anew with a state of this stamp."""
        self._answered, self._spare = stamp, self._most
        self._at = self._lived = at

    def quiet(self, at: float) -> float:
        """Return the seconds for which nothing has been commanded."""
        return abs(at - self._lived)   # a clock that was set back: long enough

    def passed(self, stamp: float, at: float) -> float:
        """Return the seconds from the state that was answered last to one that came at `at`; 0 when
        they are of the same moment."""
        self._spare = min(self._spare + HASTE * max(at - self._at, 0.0), self._most)
        self._at = at
        passed = stamp - self._answered
        return passed if passed >= self._beat / 2 else 0.0

    def affords(self, passed: float) -> bool:
        """Say whether the clock has gone on by so much."""
        return passed <= self._spare + SAME_MOMENT

    def spend(self, passed: float) -> None:
        """Live on by so much."""
        self._answered += passed
        self._lived = self._at
        self._spare -= passed
