"""When the policy has to think again, so that a chunk ends no earlier than the next one begins."""
from __future__ import annotations

import math

EARLY = 1e-6  # s; a beat that falls on the moment itself counts


class Schedule:
    """Inferences follow each other by as many rows as can be used before the next chunk takes over."""

    def __init__(self, rate: float, delay: float, replan: int = 0) -> None:
        self.row = 1.0 / rate                    # s between two rows of a chunk
        self.delay = math.ceil(delay / self.row - EARLY)  # rows that pass while the policy thinks
        self.replan = replan
        self.begin()

    def begin(self) -> None:
        """Start an episode: the first inference is due at once."""
        self.interval = self.row
        self.last = -math.inf

    def due(self, now: float) -> bool:
        return now >= self.last + self.interval - EARLY

    def overdue(self, now: float) -> bool:
        """Tell whether waiting for a newer picture has taken longer than one row."""
        return now >= self.last + self.interval + self.row - EARLY

    def asked(self, now: float) -> None:
        """Note an inference; small delays do not add up, large ones begin a new count."""
        planned = self.last + self.interval
        self.last = planned if now - planned < self.row / 2 else now

    def answered(self, rows: int) -> None:
        """Note how long the chunk is that came back."""
        self.interval = self.row * (min(self.replan, rows) if self.replan else max(1, rows - self.delay))
