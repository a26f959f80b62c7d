"""Where things wait for a modelled delay, so that a simulation is as late as a real machine."""
from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from visuomotor.specs.values import SAME_MOMENT

T = TypeVar('T')


class DelayQueue(Generic[T]):
    """First in, first out, `delay` s after its stamp; threads may fill and empty it at once."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._waiting: deque[tuple[float, T]] = deque()
        self._lock = threading.Lock()

    def put(self, item: T, stamp: float) -> None:
        with self._lock:
            self._waiting.append((stamp, item))

    def due(self, now: float) -> list[T]:
        """Take out what has arrived by now; a beat that falls on the moment itself counts."""
        with self._lock:
            out = []
            while self._waiting and now >= self._waiting[0][0] + self.delay - SAME_MOMENT:
                out.append(self._waiting.popleft()[1])
            return out

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    @property
    def empty(self) -> bool:
        return not self._waiting
