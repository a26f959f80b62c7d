"""Answers wait here for as long as thinking is modelled to take, so that a simulation is as late as a robot."""
from __future__ import annotations

import threading
from collections import deque

from visuomotor.nodes.policy.actor import Answer

EARLY = 1e-6  # s; a beat that falls on the moment itself counts


class Outbox:
    """First in, first out, each `delay` s after its observation. Filled by one thread and emptied by another."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.said: Answer | None = None   # the newest that went out
        self._waiting: deque[Answer] = deque()
        self._lock = threading.Lock()

    def put(self, answer: Answer) -> None:
        with self._lock:
            self._waiting.append(answer)

    def clear(self) -> None:
        """Forget what waits and what was said: its episode is over."""
        with self._lock:
            self._waiting.clear()
            self.said = None

    def due(self, now: float) -> list[Answer]:
        """Take out what may be said by now."""
        with self._lock:
            out = []
            while self._waiting and now >= self._waiting[0].question.observed + self.delay - EARLY:
                self.said = self._waiting.popleft()
                out.append(self.said)
            return out


class Rate:
    """How often something happened lately, in ROS time."""

    def __init__(self, window: int = 10) -> None:
        self._moments: deque[float] = deque(maxlen=window + 1)

    def tick(self, now: float) -> float:
        """Note one and return the rate over the window, 1/s; 0 while there is only one."""
        self._moments.append(now)
        span = now - self._moments[0]
        return (len(self._moments) - 1) / span if span > 0 else 0.0
