"""Kills and freezes the safety program and the driver program while the simulated arm moves at full
speed, and judges the path that was measured outside both. The simulated arm lives in the driver:
that of a frozen driver stands still in time, that of a killed driver is gone with it, and the new
one is judged, which has to begin at rest and to stand. No arm outlives its driver here."""
from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from visuomotor.benchmarks.figures import markdown
from visuomotor.benchmarks.safety_kill_judged import (
    IN_TIME,
    NOISE,
    Seen,
    judge,
    restore,
    used_up,
)
from visuomotor.benchmarks.safety_programs import SWUNG, Programs, happens, speeds, wait

FULL = 0.9        # part of a speed limit that counts as full speed; the filter uses 0.95
PATIENCE = 20.0   # s, within which the arm has to come to full speed
LOOKS = 1.2       # s for which the path is written down
GOES_ON = 0.15    # s after a freeze, for which the policy still asks for full speed
FREEZES = 0.05, 5.0   # s
STOPPED = 'bench: red button'
HEADINGS = ('program', 'signal', 'times', 'rad/s when it came', 'speed rose', 'reversed (worst)',
            'not at rest in 0.6 s (most s)', 'thrown after a restart (worst rad)',
            'stops forgotten', 'had to begin anew', 'holds')


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
        self.ear.goes_on()
        seen.at.append(float(np.abs(speeds(self.ear.path[-3:])).max()))

    def _at_full_speed(self) -> bool:
        ear = self.ear
        del ear.path[:-4], ear.commands[:-4], ear.sent[:-4]
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
            seen.stopped += 1
        came = time.time()
        self.programs.kill(seen.program)
        wait(LOOKS)
        if seen.program == 'safety':
            path = list(self.ear.path)
            used = used_up(path, came, self.ear.sent[-1][1])
            seen.note(judge(path, came, self.limit, used=used))
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
        path, before = list(self.ear.path), [one for one in self.ear.sent if one[0] < thawed]
        used = used_up(path, came, before[-1][1])
        seen.note(judge(path, came, self.limit, used=used, thawed=thawed, asked=asked))
        if seconds > IN_TIME and seen.program == 'safety':
            frozen = [point for point in path if point.stamp < thawed]
            seen.rests[-1] = max(seen.rests[-1],
                                 judge(frozen, came, self.limit, used=used).rests)
        self._go_on(seen)


def run(times: int, domain: int, seed: int, tell: Callable[[str], None],
        programs: tuple[str, ...] = ('safety', 'driver'),
        signals: tuple[str, ...] = ('SIGKILL', 'SIGSTOP'), kept: Path | None = None,
        most: float = np.inf) -> list[Seen]:
    """Kill and freeze each program so many times, going on from the counts `kept`, for at most so
    many seconds; every second kill comes after a stop, the first one too."""
    with tempfile.TemporaryDirectory() as name:
        folder, began = Path(name), time.monotonic()
        counts = kept or folder
        found = [restore(counts, program, kind) for program in programs for kind in signals]
        rng = np.random.default_rng((seed, sum(seen.times for seen in found)))
        with Programs(domain, folder) as stage:
            stage.begin('driver')
            stage.begin('safety')
            trial = Trial(stage, rng)
            while time.monotonic() - began < most and any(one.times < times for one in found):
                seen = min(found, key=lambda one: one.times)
                if seen.signal == 'SIGSTOP':
                    trial.freeze(seen)
                else:
                    trial.kill(seen, stopped=seen.times % 2 == 0)
                seen.times += 1
                seen.store(counts)
                tell('  '.join(seen.row()))
    return found


def table(seen: list[Seen]) -> str:
    """Return the table for docs/benchmarks.md."""
    return markdown([one.row() for one in seen], HEADINGS)
