"""Who writes commands, and which one each is: a driver obeys one writer, in order."""
from __future__ import annotations

import secrets


class Signature:
    """A number that nobody else has, and a count that only rises."""

    def __init__(self) -> None:
        self._writer = self._sequence = 0

    def draw(self, simulated: int) -> int:
        """Become somebody new, and say who. In simulated time, ns and not 0, equal runs make equal
        recordings."""
        self._writer = 1 + (simulated or secrets.randbits(63))
        return self._writer

    def next(self) -> tuple[int, int]:
        """Sign one more command: writer and sequence."""
        self._sequence += 1
        return self._writer, self._sequence
