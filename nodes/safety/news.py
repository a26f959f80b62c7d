"""When the status is worth telling again. At each change, and ten times a second while nothing
changes."""
from __future__ import annotations

EVERY = 0.099  # s


class News:
    """Remembers what was told last, and when."""

    def __init__(self) -> None:
        self._told: tuple[object, ...] = ()
        self._at = -1e18

    def worth_telling(self, now: float, *content: object) -> bool:
        """Say whether to tell this now; it then counts as told."""
        if content == self._told and 0.0 <= now - self._at < EVERY:
            return False
        self._told, self._at = content, now
        return True
