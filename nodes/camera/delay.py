"""Pictures wait here until the modelled latency has passed, so that a simulated camera is as late as a real one."""
from __future__ import annotations

from collections import deque

from visuomotor.nodes.camera.picture import Frame

EARLY = 1e-6  # s; a beat that falls on the moment itself counts


class Delay:
    """First in, first out, each `latency` seconds after its light fell."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self._waiting: deque[Frame] = deque()

    def put(self, frame: Frame) -> None:
        self._waiting.append(frame)

    def due(self, now: float) -> list[Frame]:
        """Take out what has arrived by now."""
        out = []
        while self._waiting and now >= self._waiting[0].stamp + self.latency - EARLY:
            out.append(self._waiting.popleft())
        return out

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def empty(self) -> bool:
        return not self._waiting
