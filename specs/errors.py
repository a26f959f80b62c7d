"""What is said to people when something does not fit: one sentence, caught once, exit code 2."""
from __future__ import annotations


class BadInput(ValueError):
    """What the user gave does not fit: what was expected, what came and what to do."""


class BadCheckpoint(BadInput):
    """Files that hold no policy that can be used here; the sentence says why."""


class Unreadable(BadInput):
    """A file that is no complete episode; the sentence says which and why."""


class RobotUnavailable(ConnectionError):
    """The robot cannot be reached; the sentence says what was tried and what to do."""
