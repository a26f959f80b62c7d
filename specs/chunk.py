"""Which target of a chunk is due now: late ones are entered where they should be, old run out."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.codes import Mode
from visuomotor.specs.values import SAME_MOMENT, FloatArray, Proposal

SPEEDS = (Mode.JOINT_VELOCITY, Mode.CARTESIAN_TWIST)
SINGLE_ROW = 0.25   # s that a speed lives when its chunk has only one row


def due(proposal: Proposal, now: float) -> tuple[FloatArray, float | None] | None:
    """Return the target due at `now` and the gripper's (None: leave it); None before the first row
    or past the end. Positions run straight from row to row and the last one holds. Speeds hold for
    their row; the last one ends after one more row."""
    row = _row(proposal, now)
    if row is None:
        return None
    gripper = float(proposal.gripper[row]) if len(proposal.gripper) else None
    if proposal.mode in SPEEDS or row + 1 == len(proposal.times):
        return proposal.targets[row], gripper
    start, end = proposal.times[row], proposal.times[row + 1]
    share = min(max((now - proposal.observed - start) / (end - start), 0.0), 1.0)
    return _between(proposal.mode, proposal.targets[row], proposal.targets[row + 1], share), gripper


def slope(proposal: Proposal, now: float) -> FloatArray:
    """Return how fast the due position moves, per second; zero for speeds and where it holds."""
    row = _row(proposal, now)
    if row is None or proposal.mode in SPEEDS or row + 1 == len(proposal.times):
        return np.zeros(proposal.targets.shape[1])
    seconds = proposal.times[row + 1] - proposal.times[row]
    rate: FloatArray = (proposal.targets[row + 1] - proposal.targets[row]) / seconds
    return rate


def _row(proposal: Proposal, now: float) -> int | None:
    since = now - proposal.observed + SAME_MOMENT
    row = int(proposal.times.searchsorted(since, side='right')) - 1
    if row < 0:
        return None
    if proposal.mode in SPEEDS and row + 1 == len(proposal.times):
        life = proposal.times[-1] - proposal.times[-2] if row else SINGLE_ROW
        return row if since < proposal.times[-1] + life else None
    return row


def _between(mode: Mode, start: FloatArray, end: FloatArray, share: float) -> FloatArray:
    if mode is Mode.CARTESIAN_POSE and start[3:] @ end[3:] < 0:
        end = np.concatenate((end[:3], -end[3:]))  # the same attitude, the short way round
    mixed = start + share * (end - start)
    if mode is Mode.CARTESIAN_POSE:
        mixed[3:] /= np.linalg.norm(mixed[3:])
    return mixed
