"""An operator's heartbeat: where one is required, silence stops the robot and forbids arming."""
from __future__ import annotations


class Heartbeat:
    """Remembers the last beat. `longest` is the longest silence in s; 0 requires no heartbeat."""

    def __init__(self, longest: float) -> None:
        self._longest, self._heard = longest, -1e18

    def beat(self, now: float) -> None:
        """Note that the operator is there."""
        self._heard = now

    def missing(self, now: float) -> str:
        """Say that the operator is not there; '' when he is, or need not be."""
        if not self._longest or 0.0 <= now - self._heard <= self._longest:
            return ''
        return f"the operator's heartbeat is missing for more than {self._longest:g} s"

    def lost(self, now: float, armed: bool) -> str:
        """Say why an armed robot has to stop."""
        return self.missing(now) if armed else ''
