"""The software stop: anybody may set it, it stays until somebody arms; that takes a reason and a
fresh, still robot. It outlives its process: one JSON file, replaced as a whole or not at all."""
from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from visuomotor.specs.codes import StopCategory
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State

STILL = 0.05  # part of its speed limit that a joint may seem to move by and still count as standing


@dataclass(frozen=True)
class Latch:
    """Whether motion is permitted at all."""

    armed: bool
    stopped: bool = False
    reason: str = ''
    category: StopCategory = StopCategory.BRAKE

    @property
    def forbids(self) -> str:
        """Why nothing may move; '' when it may."""
        if self.stopped:
            return f'stopped: {self.reason}'
        return '' if self.armed else 'not armed: call safety/arm with a reason'


def stop(latch: Latch, reason: str, category: StopCategory) -> Latch:
    """Latch a stop. The first reason stands until somebody arms; stops only become stricter."""
    if latch.stopped:
        return restored(latch) if category is StopCategory.BRAKE else latch
    return Latch(False, True, reason.strip() or 'no reason given', category)


def restored(latch: Latch) -> Latch:
    """Return a stop as it stands after a new beginning: where it was called nobody knows now, so
    it brakes."""
    return replace(latch, category=StopCategory.BRAKE)


def arm(latch: Latch, reason: str, state: State | None, age: float, limit: float,
        spec: RobotSpec) -> tuple[Latch, str]:
    """Return the armed latch, or the old one and why it cannot be armed."""
    if not reason.strip():
        return latch, 'Arming needs a reason: say who arms and why.'
    if state is None:
        return latch, 'No joint_states have come yet; start the driver first.'
    if not 0.0 <= age <= limit:
        return latch, (f'The newest joint_states came {age:.2f} s ago, more than {limit:g} s; see '
                       'to the driver first.')
    if name := moving(state, spec):
        return latch, f'{name} still moves; wait until the robot stands.'
    return Latch(armed=True), ''


def moving(state: State, spec: RobotSpec) -> str:
    """Return a joint that does not stand; '' when all of them do."""
    moves = np.abs(state.velocity) > STILL * spec.velocity
    return spec.names[int(np.argmax(moves))] if moves.any() else ''


def store(path: Path, latch: Latch) -> None:
    """Write the stop, or that there is none, so that it outlives this process. Until `sync` the
    loss of power may leave an older file, or an empty one, which counts as a stop."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {'stopped': latch.stopped, 'reason': latch.reason, 'category': int(latch.category)}
    beside = path.with_name(f'{path.name}.{os.getpid()}')
    try:
        beside.write_text(json.dumps(content))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file that was written, and its name, to the disk."""
    for one in (path, path.parent):
        file = os.open(one, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def restore(path: Path, armed: bool) -> Latch:
    """Return the stop that stands, or a fresh latch. What cannot be read counts as a stop, and so
    does what is missing, unless even its folder is new and nobody has to arm."""
    if armed and not path.parent.exists():
        return Latch(armed)
    try:
        content = json.loads(path.read_text())
        latched = Latch(False, True, str(content['reason']), StopCategory(content['category']))
        return restored(latched) if content['stopped'] else Latch(armed)
    except FileNotFoundError:
        return Latch(False, True, f'{path} is missing, and may have held a stop')
    except (OSError, ValueError, KeyError, TypeError):
        return Latch(False, True, f'{path} cannot be read, and may hold a stop')
