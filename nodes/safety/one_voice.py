"""One publisher of joint_states at a time: with two, nobody can say where the robot is. One that
was killed stays listed until the middleware gives it up; the silence before its successor speaks
tells it from a second voice."""
from __future__ import annotations

from collections.abc import Callable, Sequence

GIVEN_UP = 25.0   # s; after 20 s Fast DDS no longer lists a program that was killed


class OneVoice:
    """Looks at who is listed, every so often. Seconds are those of a clock that nobody can step."""

    def __init__(self, count: Callable[[], int], names: Callable[[], Sequence[str]]) -> None:
        """`count` tells how many publish, and costs little; `names` which nodes they are."""
        self._count, self._names = count, names
        self._heard = -1      # messages, at the last look
        self._gone: int | None = None   # listed during a silence; None: there is none
        self._known = 1       # one voice, and those that were killed before it
        self._until = 0.0     # s, when the middleware has given those up
        self.wrong = ''       # that there are two

    def look(self, heard: int, steady: float) -> None:
        """Look again, when so many messages have been heard in all."""
        listed, silent = self._count(), heard == self._heard
        self._heard = heard
        if listed < 2:
            self.wrong = ''
        if silent:
            self._gone = listed
            return
        if self._gone is not None:
            self._known, self._until = min(self._gone + 1, listed), steady + GIVEN_UP
            self._gone = None
        if listed > 1 and (listed > self._known or steady > self._until):
            self.wrong = (f'joint_states should come from one publisher, but '
                          f'{" and ".join(self._names())} publish them; end all but one')
        self._known = max(1, min(self._known, listed))
