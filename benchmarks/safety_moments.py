"""Brakes and take-overs at random moments of random motion, on the robot that is fuzzed."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from visuomotor.benchmarks.safety_followers import Joints
from visuomotor.benchmarks.safety_fuzz import Fuzz
from visuomotor.benchmarks.safety_judged import Judged
from visuomotor.benchmarks.safety_telling import Plain
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import Mode
from visuomotor.specs.values import FloatArray, Proposal

LONGEST = 400  # beats within which every brake has to end
STILL = 1e-9   # rad/s


@dataclass
class Moments:
    """What was seen."""

    robot: str
    times: int = 0
    moving: int = 0                       # of them in motion at that moment
    broken: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)
    restless: int = 0                     # brakes that did not end
    seconds: list[float] = field(default_factory=list)  # until standstill


class Stage(Judged):
    """A filter, its robot and somebody who wants random motion."""

    def __init__(self, fuzz: Fuzz, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        body, begin = Joints(fuzz.spec, 100.0), 100.0
        super().__init__(fuzz.filter(), fuzz.judge, body, Plain(fuzz.spec, self.rng), begin)
        self.left = 0
        self.wish: tuple[Mode, FloatArray] = (Mode.JOINT_VELOCITY, np.zeros(len(fuzz.spec.joints)))

    def live(self) -> Permitted:
        """Live through one beat, judged."""
        return self.beat(lambda now, steady: None)[-1]

    def say(self, source: int, held: bool = True) -> None:
        """Repeat a random wish of one source, a new one now and then."""
        spec = self.spec
        if self.left == 0:
            speeds = self.rng.uniform(-1.0, 1.0, len(spec.joints))
            speeds = speeds * spec.velocity * self.rng.choice([0.3, 1.0])
            # one that sinks too low stands up by itself, whoever asks for what
            legged = bool(spec.legs)
            self.left = int(self.rng.integers(2, 5) if legged else self.rng.integers(10, 60))
            far = self.rng.uniform(-0.8, 0.8, len(speeds)) * (0.5 if legged else 1.0)
            near = np.array(spec.home) + far
            fast = not legged and self.rng.random() < 0.7
            self.wish = (Mode.JOINT_VELOCITY, speeds) if fast else (Mode.JOINT_POSITION, near)
        self.left -= 1
        mode, row = self.wish
        wish = Proposal(mode, np.zeros(1), row[None], observed=self.now, source=source,
                        dead_man=held)
        self.filter.sources.hear(wish, self.now)

    def beats(self, count: int, source: int) -> Iterator[Permitted]:
        for _ in range(count):
            self.say(source)
            yield self.live()


def brakes(fuzz: Fuzz, times: int, seed: int = 0) -> Moments:
    """Stop at random moments; arm again after each."""
    seen, stage = Moments(fuzz.spec.name), Stage(fuzz, seed)
    while seen.times < times:
        for _ in stage.beats(int(stage.rng.integers(5, 80)), source=1):
            pass
        seen.times += 1
        seen.moving += _moving(stage.filter)
        stage.filter.stop('now')
        beats = next((beat for beat in range(LONGEST) if _at_rest(stage)), LONGEST)
        seen.restless += beats == LONGEST
        seen.seconds.append(beats * stage.beat_time)
        stage.filter.arm('bench: again', stage.now)
    return _closed(stage, seen)


def takeovers(fuzz: Fuzz, times: int, seed: int = 0) -> Moments:
    """Let a person take over from a policy and hand back, at random moments."""
    seen, stage = Moments(fuzz.spec.name), Stage(fuzz, seed)
    while seen.times < times:
        for _ in stage.beats(int(stage.rng.integers(5, 80)), source=1):
            pass
        seen.moving += _moving(stage.filter)
        stage.left = 0
        took = [answer.source for answer in stage.beats(int(stage.rng.integers(5, 60)), source=3)]
        stage.say(3, held=False)
        stage.left = 0
        gave = [answer.source for answer in stage.beats(5, source=1)]
        seen.times += 1
        seen.restless += took[-1] != 3 or gave[-1] != 1
    return _closed(stage, seen)


def _moving(filtered: SafetyFilter) -> bool:
    return bool(np.abs(filtered.motion.now.velocity).max() > 0.05)


def _at_rest(stage: Stage) -> bool:
    answer = stage.live()
    return bool(answer.target and np.abs(answer.target.velocity).max() < STILL
                and not stage.filter.motion.time_to_stop)


def _closed(stage: Stage, seen: Moments) -> Moments:
    stage.follower.close()
    seen.broken, seen.worst = stage.broken + stage.collisions, stage.worst
    return seen
