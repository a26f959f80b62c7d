"""What a kill or a freeze did to the measured path of an arm, judged from outside, and counts of
that which go on where they ended."""
from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from visuomotor.benchmarks.safety_programs import Point, speeds
from visuomotor.specs.values import SAME_MOMENT, FloatArray

NOISE = 0.02      # part of a speed limit, by which a measured speed may differ
REST = 0.01       # part of a speed limit, below which the arm is at rest
IN_TIME = 0.6     # s from the kill to rest
MOVED = 0.02      # rad, of an arm that does not stand
ALIKE = 1e-9      # rad, between two measurements of one moment
LIFE = 0.1        # s, for which a command that was heard may rule (`command_age`)
LOOKS_BACK = 0.02   # s, two beats: of differences of positions
NEAR = 1e-3       # rad, of an arm that is where it was sent


@dataclass
class Seen:
    """What was seen of one program and one signal. Shares are of the speed limits."""

    program: str
    signal: str
    times: int = 0
    at: list[float] = field(default_factory=list)        # rad/s, fastest joint when it came
    rises: list[float] = field(default_factory=list)     # share
    reverses: list[float] = field(default_factory=list)  # share
    rests: list[float] = field(default_factory=list)     # s until rest
    thrown: list[float] = field(default_factory=list)    # rad that it moved after a restart
    stopped: int = 0     # times that a stop stood when it came
    forgotten: int = 0   # stops
    restless: Counter[str] = field(default_factory=Counter)   # why both programs had to begin anew

    def bad(self, values: list[float], most: float) -> int:
        return sum(value > most for value in values)

    @property
    def failed(self) -> bool:
        return bool(self.bad(self.rises, NOISE) or self.bad(self.reverses, NOISE)
                    or self.bad(self.rests, IN_TIME) or self.bad(self.thrown, MOVED)
                    or self.forgotten or self.restless)

    def note(self, verdict: Verdict) -> None:
        self.rises.append(verdict.rises)
        self.reverses.append(verdict.reverses)
        self.rests.append(verdict.rests)

    def row(self) -> tuple[str, ...]:
        def worst(values: list[float], most: float) -> str:
            return f'{self.bad(values, most)} ({max(values):.3g})' if values else '–'
        return (self.program, self.signal, str(self.times),
                f'{min(self.at, default=0.0):.2f} .. {max(self.at, default=0.0):.2f}',
                worst(self.rises, NOISE), worst(self.reverses, NOISE), worst(self.rests, IN_TIME),
                worst(self.thrown, MOVED), f'{self.forgotten} of {self.stopped}',
                ', '.join(f'{why} ({count})' for why, count in self.restless.items()) or '0',
                'NO' if self.failed else 'yes')

    def store(self, folder: Path) -> None:
        """Replace the file as a whole."""
        folder.mkdir(parents=True, exist_ok=True)
        path = counts_of(folder, self.program, self.signal)
        beside = path.with_suffix(f'.{os.getpid()}')
        beside.write_text(json.dumps(vars(self), indent=1))
        os.replace(beside, path)


def counts_of(folder: Path, program: str, signal: str) -> Path:
    return folder / f'safety_kill_{program}_{signal}.json'


def restore(folder: Path, program: str, signal: str) -> Seen:
    """Go on where a count ended."""
    path = counts_of(folder, program, signal)
    if not path.exists():
        return Seen(program, signal)
    content: dict[str, Any] = json.loads(path.read_text())
    return Seen(**{**content, 'restless': Counter(content['restless'])})


@dataclass(frozen=True)
class Verdict:
    """What a path did after a moment, in shares of the speed limits and in seconds."""

    rises: float
    reverses: float
    rests: float


def judge(path: list[Point], came: float, limit: FloatArray, *, used: float = -np.inf,
          thawed: float = np.inf, asked: float | None = None) -> Verdict:
    """Judge a measured path around the second `came`. Up to `used`, when the last command obeyed is
    used up, and from `thawed` on, no joint may be faster than it was; between them none may become
    faster again. The arm has IN_TIME from `asked`, or else from `came`, to be at rest."""
    path = once(path)
    begins = came if asked is None else asked
    times = np.array([point.stamp for point in path])[1:]
    shares = speeds(path) / limit
    before = shares[times <= came][-3:]
    ways = np.where(np.abs(before.mean(axis=0)) > NOISE, np.sign(before.mean(axis=0)), 0.0)
    after, late = shares[times > came], times[times > came]
    along = np.where(ways == 0.0, np.abs(after), after * ways)
    most = np.where(ways == 0.0, 0.0, (before * ways).max(axis=0))
    free = ((late <= used) | (late > thawed))[:, None]
    least = np.minimum.accumulate(np.vstack((most, np.where(free, most, along))), axis=0)[:-1]
    rises = float((along - np.where(free, most, least)).max(initial=0.0))
    reverses = float((-along).max(initial=0.0))
    moving = late[(np.abs(after) > REST).any(axis=1)]
    return Verdict(rises, reverses, float(moving.max(initial=begins) - begins))


def once(path: list[Point]) -> list[Point]:
    """Leave out what says again where the arm was at a moment; a second place for one moment is
    kept, and looks like the leap that it is."""
    kept = path[:1]
    for point in path[1:]:
        same = point.stamp - kept[-1].stamp < SAME_MOMENT
        if not same or np.abs(point.position - kept[-1].position).max() > ALIKE:
            kept.append(point)
    return kept


def used_up(path: list[Point], came: float, last: FloatArray) -> float:
    """Return when the last command obeyed was used up, seen by differences that look back a little:
    the measured arm is where that sent it. Its writer is gone by then: it waited as long as the
    latest of those before it came late. No command rules longer than LIFE."""
    until = came + LIFE
    way = last - next((point for point in path if point.stamp > came), path[-1]).position
    for point in path:
        if point.stamp > came and ((last - point.position) * np.sign(way) < NEAR).all():
            until = min(until, point.stamp)
    return until + LOOKS_BACK
