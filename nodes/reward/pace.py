"""Looks at the first moment of each period, whatever the rate of what comes in."""
from __future__ import annotations

from visuomotor.specs.values import SAME_MOMENT


class Pace:
    """Thins out a stream to one look a period, without drifting."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._next: float | None = None

    def begin(self) -> None:
        self._next = None

    def due(self, now: float) -> bool:
        if self._next is not None and now < self._next - SAME_MOMENT:
            return False
        missed = self._next is None or now - self._next >= self._period
        self._next = (now if missed or self._next is None else self._next) + self._period
        return True
