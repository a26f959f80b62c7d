"""Numbers that travel in messages, written down once; a test compares the generated constants."""
from __future__ import annotations

from enum import IntEnum
from typing import TypeVar

from visuomotor.specs.errors import BadInput

Code = TypeVar('Code', bound=IntEnum)


def code(kind: type[Code], number: int) -> Code:
    """Return what a number in a message means; refuse one that means nothing."""
    if number not in kind.__members__.values():
        raise BadInput(f'{kind.__name__.lower()} should be {min(kind):d} .. {max(kind):d}, but is '
                       f'{number}.')
    return kind(number)


class Source(IntEnum):
    """Who proposes motion: Proposal.SOURCE_*; 0 is nobody."""

    NOBODY = 0
    POLICY = 1
    RESET = 2
    TELEOP = 3


class Mode(IntEnum):
    """How a proposal is to be read: Proposal.MODE_*."""

    JOINT_POSITION = 1
    JOINT_VELOCITY = 2
    CARTESIAN_POSE = 3
    CARTESIAN_TWIST = 4
    GRIPPER = 5
    LEG = 6


class Verdict(IntEnum):
    """What safety did to a proposal, the strictest voice last: Command.PASS .. STOP."""

    PASS = 0
    CLIP = 1
    SLOW = 2
    STOP = 3


class StopCategory(IntEnum):
    """How to stop: Stop.srv."""

    BRAKE = 0
    HOLD = 1


class Phase(IntEnum):
    """Where a run is: EpisodeStatus.IDLE .. FINISHED."""

    IDLE = 0
    RESETTING = 1
    RUNNING = 2
    JUDGING = 3
    STORING = 4
    FAULT = 5
    FINISHED = 6


class Result(IntEnum):
    """How an episode ended: EpisodeOutcome.UNKNOWN .. ABORTED."""

    UNKNOWN = 0
    SUCCESS = 1
    FAILURE = 2
    ABORTED = 3


# in topics: action/<name>
PROPOSERS: dict[int, str] = {source: source.name.lower() for source in Source if source}
