"""What to do with the file of an episode when the supervisor says where it is."""
from __future__ import annotations

from dataclasses import dataclass

RESETTING, RUNNING, JUDGING, STORING = 1, 2, 3, 4  # EpisodeStatus.msg
OVER = (0, 5, 6)  # IDLE, FAULT, FINISHED: no episode is under way


@dataclass(frozen=True)
class Turn:
    """What to do now, in this order."""

    cut: bool = False     # an episode was left without being stored: keep what there is, as aborted
    begin: bool = False
    store: bool = False


def turn(under_way: int, state: int, number: int, resets: bool) -> Turn:
    """Decide from the number of the open episode (0: none) and the supervisor's newest word."""
    wanted = state == RUNNING or (resets and state == RESETTING)
    if wanted and number != under_way:
        return Turn(cut=under_way > 0, begin=number > 0)
    if state == STORING and number == under_way > 0:
        return Turn(store=True)
    return Turn(cut=under_way > 0 and (state in OVER or number != under_way))
