"""What is told of the filter, and when: at each change, and ten times a second without one."""
from __future__ import annotations

from visuomotor.safety.latch import Latch
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import Verdict

EVERY = 0.099  # s


class News:
    """Remembers what was told last, and when."""

    def __init__(self) -> None:
        self._told: tuple[object, ...] = ()
        self._at = -1e18

    def worth_telling(self, now: float, permitted: Permitted, latch: Latch) -> bool:
        """Say whether to tell this now; it then counts as told."""
        content = (permitted.verdict, permitted.reasons, latch, permitted.source)
        if content == self._told and 0.0 <= now - self._at < EVERY:
            return False
        self._told, self._at = content, now
        return True


def unheard(silence: str) -> Permitted:
    """Return what is told while there are no joint states to answer."""
    return Permitted(None, Verdict.STOP, (silence,))
