"""Kills and freezes the safety program and the driver program while the simulated arm moves at full
speed, and judges the path that was measured outside both."""
from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from visuomotor.benchmarks.figures import markdown
from visuomotor.benchmarks.safety_programs import SWUNG, Point, Programs, happens, speeds, wait
from visuomotor.specs.values import FloatArray

FULL = 0.9        # part of a speed limit that counts as full speed; the filter uses 0.95
NOISE = 0.02      # part of a speed limit, by which a measured speed may differ
REST = 0.01       # part of a speed limit, below which the arm is at rest
IN_TIME = 0.6     # s from the kill to rest
PATIENCE = 20.0   # s, within which the arm has to come to full speed
LOOKS = 1.2       # s for which the path is written down
GOES_ON = 0.15    # s after a freeze, for which the policy still asks for full speed
FREEZES = 0.05, 5.0   # s
STOPPED = 'bench: red button'
HEADINGS = ('program', 'signal', 'times', 'rad/s when it came', 'speed rose', 'reversed (worst)',
            'not at rest in 0.6 s (most s)', 'thrown after a restart (worst rad)',
            'stops forgotten', 'had to begin anew', 'holds')


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
    forgotten: int = 0
    restless: Counter[str] = field(default_factory=Counter)   # why both programs had to begin anew

    def bad(self, values: list[float], most: float) -> int:
        return sum(value > most for value in values)

    @property
    def failed(self) -> bool:
        return bool(self.bad(self.rises, NOISE) or self.bad(self.reverses, NOISE)
                    or self.bad(self.rests, IN_TIME) or self.bad(self.thrown, NOISE)
                    or self.forgotten or self.restless)

    def row(self) -> tuple[str, ...]:
        def worst(values: list[float], most: float, unit: str = '') -> str:
            return f'{self.bad(values, most)} ({max(values, default=0.0):.3g}{unit})'
        return (self.program, self.signal, str(self.times),
                f'{min(self.at, default=0.0):.2f} .. {max(self.at, default=0.0):.2f}',
                worst(self.rises, NOISE), worst(self.reverses, NOISE), worst(self.rests, IN_TIME),
                worst(self.thrown, NOISE), str(self.forgotten),
                ', '.join(f'{why} ({count})' for why, count in self.restless.items()) or '0',
                'NO' if self.failed else 'yes')


@dataclass(frozen=True)
class Verdict:
    """What a path did after a moment, in shares of the speed limits and in seconds."""

    rises: float
    reverses: float
    rests: float


def judge(path: list[Point], came: float, until_: float, limit: FloatArray,
          asked_until: float) -> Verdict:
    """Judge a measured path around the second `came`. Up to `until_` no joint may become faster
    again, later none faster than it was; the arm has IN_TIME from `asked_until` to be at rest."""
    times = np.array([point.stamp for point in path])[1:]
    shares = speeds(path) / limit
    before = shares[times <= came][-3:]
    ways = np.where(np.abs(before.mean(axis=0)) > NOISE, np.sign(before.mean(axis=0)), 0.0)
    after, late = shares[times > came], times[times > came]
    along = np.where(ways == 0.0, np.abs(after), after * ways)
    most = np.where(ways == 0.0, 0.0, (before * ways).max(axis=0))
    least = np.minimum.accumulate(np.vstack((most, along)), axis=0)[:-1]
    allowed = np.where((late <= until_)[:, None], least, most)
    rises = float((along - allowed).max(initial=0.0))
    reverses = float((-along).max(initial=0.0))
    moving = late[(np.abs(after) > REST).any(axis=1)]
    rests = float(moving.max(initial=asked_until) - asked_until)
    return Verdict(rises, reverses, rests)


class Trial:
    """One kill or freeze after the other."""

    def __init__(self, programs: Programs, rng: np.random.Generator) -> None:
        self.programs, self.ear, self.rng = programs, programs.ear, rng
        self.limit = programs.ear.spec.velocity

    def swing(self, seen: Seen) -> None:
        """Reach full speed at a random moment, and note how fast that is."""
        while not self._at_full_speed():
            seen.restless['it never came to full speed'] += 1
            self._begin_anew()
        self.ear.turns = False
        seen.at.append(float(np.abs(speeds(self.ear.path[-3:])).max()))

    def _at_full_speed(self) -> bool:
        ear = self.ear
        del ear.path[:-4], ear.commands[:-4]
        ear.asks, ear.turns = 1.0, True

        def steadily() -> bool:
            if len(ear.path) < 5:
                return False
            shares = np.abs(ear.shares(5)[:, list(SWUNG)])
            return bool(shares.min() > FULL and np.ptp(shares, axis=0).max() < NOISE)
        if not happens(steadily, PATIENCE):
            return False
        wait(float(self.rng.uniform(0.0, 0.02)))   # anywhere between two beats
        return happens(steadily, PATIENCE)

    def kill(self, seen: Seen, stopped: bool) -> None:
        self.swing(seen)
        if stopped:
            self.programs.call_stop(STOPPED)
            wait(float(self.rng.uniform(0.0, 0.1)))
        came = time.time()
        self.programs.kill(seen.program)
        wait(LOOKS)
        if seen.program == 'safety':
            self.note(seen, judge(list(self.ear.path), came, np.inf, self.limit, came))
        self._again(seen, stopped)

    def _again(self, seen: Seen, stopped: bool) -> None:
        """Start what was killed: who was stopped stands whatever is asked, who was not stands
        while nothing is asked."""
        ear = self.ear
        ear.asks = 1.0 if stopped else np.nan
        del ear.path[:-1]
        self.programs.begin(seen.program)
        place = ear.path[-1].position
        wait(LOOKS)
        seen.thrown.append(max((float(np.abs(point.position - place).max())
                                for point in ear.path[1:]), default=0.0))
        status = ear.status
        if stopped:
            seen.forgotten += not (status and status.stopped and status.stop_reason == STOPPED)
        self._go_on(seen)

    def _go_on(self, seen: Seen) -> None:
        """Arm again; an arm that does not come to rest for that begins anew."""
        self.ear.asks = np.nan
        status = self.ear.status
        if status and status.armed:
            return
        if why := self.programs.arm():
            seen.restless[why] += 1
            self._begin_anew()

    def _begin_anew(self) -> None:
        for name in ('driver', 'safety'):
            self.programs.kill(name)
        for name in ('driver', 'safety'):
            self.programs.begin(name)
        self.programs.arm()

    def freeze(self, seen: Seen) -> None:
        self.swing(seen)
        seconds = float(np.exp(self.rng.uniform(*np.log(FREEZES))))
        came = time.time()
        self.programs.freeze(seen.program)
        wait(seconds)
        thawed = time.time()
        self.programs.thaw(seen.program)
        wait(GOES_ON)
        self.ear.asks = 0.0
        asked = time.time()
        wait(LOOKS)
        path, braked = list(self.ear.path), seconds > IN_TIME and seen.program == 'safety'
        self.note(seen, judge(path, came, thawed, self.limit, asked))
        if braked:
            frozen = [point for point in path if point.stamp < thawed]
            seen.rests[-1] = max(seen.rests[-1],
                                 judge(frozen, came, thawed, self.limit, came).rests)
        self._go_on(seen)

    def note(self, seen: Seen, verdict: Verdict) -> None:
        seen.rises.append(verdict.rises)
        seen.reverses.append(verdict.reverses)
        seen.rests.append(verdict.rests)


def run(times: int, domain: int, seed: int, tell: Callable[[str], None],
        programs: tuple[str, ...] = ('safety', 'driver'),
        signals: tuple[str, ...] = ('SIGKILL', 'SIGSTOP')) -> list[Seen]:
    """Kill and freeze each program so many times; every second kill comes after a stop, the
    first one too."""
    rng = np.random.default_rng(seed)
    found = {(program, kind): Seen(program, kind) for program in programs
             for kind in signals}
    with tempfile.TemporaryDirectory() as folder, Programs(domain, Path(folder)) as stage:
        stage.begin('driver')
        stage.begin('safety')
        trial = Trial(stage, rng)
        for number in range(times):
            for (_, kind), seen in found.items():
                if kind == 'SIGSTOP':
                    trial.freeze(seen)
                else:
                    trial.kill(seen, stopped=number % 2 == 0)
                seen.times += 1
                tell('  '.join(seen.row()))
    return list(found.values())


def table(seen: list[Seen]) -> str:
    """Return the table for docs/benchmarks.md."""
    return markdown([one.row() for one in seen], HEADINGS)
