"""What hangs on the wires of a node: ears that refuse what cannot be read, and one account of what
was refused, overtaken or too late. No message ends a program, whatever it holds: what it makes
raise is told in a sentence and counted. A timer has no such excuse."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sensor_msgs.msg import Image
from std_msgs.msg import String
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import private
from visuomotor.specs.errors import BadInput, short

LARGEST = 2**16   # bytes of a message; more is not even decoded
# arrays cost next to nothing to decode; a stop counts whatever its reason is
LARGER = {Proposal: 2**23, String: 2**26, Image: 2**26}


class Traffic:
    """What became of messages, requests and timers of one node since it was made."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()   # by topic or service
        self.faults = 0       # of ours, met while hearing
        self.overtaken = 0    # states that were not looked at because a newer one lay there
        self.skipped = 0      # beats of timers that fell behind
        self.latest = 0.0     # s, of the timer that was latest since this was last told
        self.newest = ''      # refusal since this was last told
        self._told = (0, 0)   # refused, skipped

    def overtook(self) -> None:
        """Count a state that was passed over."""
        self.overtaken += 1

    def refuse(self, where: str, why: str) -> str:
        """Count a refusal and return it in one sentence."""
        self.refused[where] += 1
        self.newest = f'refused on {where}: {short(why)}'
        return self.newest

    def rang(self, late: float, period: float) -> None:
        """Note that a timer rang, how late, s; beats that it missed are not made up for."""
        self.latest = max(self.latest, late)
        self.skipped += int(late / period)

    def told(self) -> tuple[list[str], dict[str, object]]:
        """Return what to complain of since the last time, and the numbers, for /diagnostics."""
        refused, skipped = sum(self.refused.values()), self.skipped
        more, missed = refused - self._told[0], skipped - self._told[1]
        complaints = [f'{more} more refused, the last: {self.newest}' if more else '',
                      f'{missed} more beats of timers skipped: too busy' if missed else '']
        numbers: dict[str, object] = {
            'refused': refused, 'faults': self.faults, 'overtaken': self.overtaken,
            'beats skipped': skipped, 'latest timer (ms)': round(self.latest * 1e3, 3)}
        self._told, self.latest, self.newest = (refused, skipped), 0.0, ''
        return complaints, numbers


class Ear:
    """One subscription's callback. It takes bytes, as either executor hands them to it."""

    def __init__(self, kind: Any, hear: Callable[..., Any], raw: bool = False,
                 refuse: Callable[[str], Any] | None = None,
                 overtaken: Callable[[], None] | None = None) -> None:
        """`refuse` is told what cannot be read; without it that raises. `overtaken` is told of
        older messages that were passed over; without it none is."""
        self.kind, self.hear, self.raw, self.refuse = kind, hear, raw, refuse
        self.overtaken = overtaken
        self.largest = LARGER.get(kind, LARGEST)

    def __call__(self, data: bytes) -> None:
        message = self.read(data, {})
        if message is not None:
            self.hear(message)

    def read(self, data: bytes, known: dict[Any, tuple[bytes, Any]]) -> Any:
        """Return the message, decoded once for all who know the newest of its type; None: it
        cannot be read."""
        if len(data) > self.largest and self.refuse:
            self.refuse(f'a message should be at most {self.largest} bytes, but has {len(data)}')
            return None
        if self.raw:
            return data
        last = known.get(self.kind)
        if last is None or last[0] != data:
            try:
                last = known[self.kind] = (data, decoded(data, self.kind))
            except BadInput as error:
                if not self.refuse:
                    raise
                self.refuse(str(error))
                return None
        return last[1]


def decoded(data: bytes, kind: Any) -> Any:
    """Turn bytes into a message of this type."""
    try:
        return private.deserialize(data, kind)
    except private.Unreadable:
        raise BadInput(f'its {len(data)} bytes are no {kind.__name__}') from None


def sentence(error: BaseException) -> str:
    """Say what was wrong with what was heard; a fault of ours with its place."""
    if isinstance(error, BadInput):
        return str(error)
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    place = f'{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}' if at else 'nowhere'
    return f'a fault of ours, {type(error).__name__} in {place}: {error}'
