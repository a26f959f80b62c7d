"""What is said to people when something does not fit: one sentence, caught once, exit code 2."""
from __future__ import annotations

LONGEST = 1000   # characters of a sentence that is kept, told or recorded


def short(text: str, most: int = LONGEST) -> str:
    """Return a text in one line, cut where it is longer than anybody reads."""
    line = ' '.join(text[:2 * most].split())
    return line if len(line) <= most and len(text) <= 2 * most else f'{line[:most - 1]}…'


class BadInput(ValueError):
    """What the user gave does not fit: what was expected, what came and what to do."""


class BadCheckpoint(BadInput):
    """Files that hold no policy that can be used here; the sentence says why."""


class Unreadable(BadInput):
    """A file that is no complete episode; the sentence says which and why."""


class RobotUnavailable(ConnectionError):
    """The robot cannot be reached; the sentence says what was tried and what to do."""
