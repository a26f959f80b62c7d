"""Drives a safety filter among hostile proposals and behind followers that are late, off, noisy or
lie, in chunks; a long run goes on where it ended."""
from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from visuomotor.benchmarks import safety_followers as followers
from visuomotor.benchmarks import safety_telling as telling
from visuomotor.benchmarks.safety_followers import TASKS, Driven, Follower, Joints, Simulated
from visuomotor.benchmarks.safety_hostile import Hostile
from visuomotor.benchmarks.safety_judged import Judged
from visuomotor.benchmarks.safety_telling import Plain
from visuomotor.evaluation.judges import CollisionJudge
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import SIMULATED, limits_for
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import StopCategory, Verdict
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.worlds.world import BulletWorld

TELLINGS: dict[str, type[Plain]] = {
    'ideal': Plain, 'lag': Plain, 'noise': telling.Noisy, 'offset': Plain,
    'jumps': telling.Jumping, 'voices': telling.Voices, 'jitter': telling.Jittery,
    'repeats': telling.Repeating, 'freezes': telling.Freezing, 'clock': telling.Stepping,
    'simulated': Plain}
LATE = ('jitter', 'repeats', 'freezes', 'clock')   # whose states are under way for long
CHUNK = 2000        # cycles, each chunk begins anew with a seed of its own
SPEAKS = (1, 2, 5)  # beats between two proposals
STOPS = 0.0005      # chance that a beat brings a stop


@dataclass
class FuzzStatistics:
    """What a fuzz of one robot and follower has seen so far."""

    robot: str
    follower: str = 'ideal'
    chunks: int = 0
    cycles: int = 0
    heard: int = 0
    refused: int = 0
    moving: int = 0         # answers with a joint commanded above a tenth of its speed
    doubts: int = 0         # answers without a target
    falls: int = 0          # of a walker; told, not judged
    verdicts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)       # limits, commanded and measured
    collisions: Counter[str] = field(default_factory=Counter)   # by what touched
    unanswered: int = 0     # no reason given for what was changed, or no target and no stop
    worst: dict[str, float] = field(default_factory=dict)   # largest part used of each limit

    @property
    def violations(self) -> int:
        return sum(self.broken.values()) + sum(self.collisions.values()) + self.unanswered

    def count(self, answer: Permitted, again: bool, fast: bool) -> None:
        self.verdicts[answer.verdict.name] += 1
        self.moving += fast
        self.doubts += answer.target is None
        silent = answer.verdict is not Verdict.PASS and not answer.reasons
        left = answer.target is None and answer.verdict is not Verdict.STOP
        self.unanswered += silent or (left and not again)

    def store(self, path: Path) -> None:
        """Replace the file as a whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f'.{os.getpid()}')
        beside.write_text(json.dumps(vars(self), indent=1))
        os.replace(beside, path)


def followers_of(robot: str) -> list[str]:
    """Return how a robot may follow; a walker is simulated in any case."""
    return [name for name in TELLINGS if name != 'simulated' or not load_robot(robot).legs]


def restore(path: Path, robot: str, follower: str = 'ideal') -> FuzzStatistics:
    """Go on where a count ended."""
    if not path.exists():
        return FuzzStatistics(robot, follower)
    content: dict[str, Any] = json.loads(path.read_text())
    counters = {name: Counter(content[name]) for name in ('verdicts', 'broken', 'collisions')}
    return FuzzStatistics(**{**content, **counters})


class Fuzz:
    """One robot's filter among hostile proposals."""

    def __init__(self, robot: str) -> None:
        self.spec = load_robot(robot)
        self.fixtures = load_task(TASKS[robot]).fixtures
        arm = self.spec.tip_link
        self.kinematics = Kinematics(self.spec) if arm else None
        self.scene = self._scene() if arm else None
        self.judge = CollisionJudge(self.spec, self.fixtures, self._scene()) if arm else None
        self._world: BulletWorld | None = None

    def _scene(self) -> CollisionScene:
        return CollisionScene(self.spec, self.fixtures, collision_pairs.load(self.spec).touching)

    @property
    def world(self) -> BulletWorld:
        """The robot's world, made when it is first asked for."""
        self._world = self._world or followers.bare_world(self.spec.name)
        return self._world

    def filter(self) -> SafetyFilter:
        """Make a fresh filter, armed."""
        limits = limits_for(self.spec, SIMULATED)
        return SafetyFilter(self.spec, self.kinematics, limits, armed=True, scene=self.scene)

    def follower(self, name: str, begin: float, rng: np.random.Generator) -> Follower:
        """Make a robot that follows as the name says."""
        lag = followers.LAG * (name == 'lag')
        signs = rng.choice([-1.0, 0.0, 1.0], len(self.spec.joints))
        offset = followers.OFFSET * signs if name == 'offset' else None
        if self.spec.legs or name == 'simulated':
            return Simulated(self.spec, self.world, begin, lag=lag, offset=offset)
        if name in LATE:
            return Driven(self.spec, begin)
        if name == 'lag' and rng.random() < 0.5:
            return Joints(self.spec, begin, smooth=True)
        return Joints(self.spec, begin, lag=lag, offset=offset)

    def chunk(self, statistics: FuzzStatistics, seed: int, cycles: int = CHUNK) -> None:
        """Fuzz for some cycles and add what was seen to the count."""
        rng = np.random.default_rng(seed)
        begin = 50.0 + float(rng.uniform(0.0, 1e3))
        name = statistics.follower
        follower = self.follower(name, begin, rng)
        judged = Judged(self.filter(), self.judge, follower, TELLINGS[name](self.spec, rng),
                        begin)
        company = Company(judged, Hostile(self.spec, self.scene, rng), rng, statistics)
        for cycle in range(cycles):
            judged.beat(partial(company.speak, cycle))
        follower.close()
        statistics.refused += judged.filter.sources.refused
        statistics.falls += judged.falls
        statistics.broken.update(judged.broken)
        statistics.collisions.update(judged.collisions)
        statistics.worst = {what: max(part, statistics.worst.get(what, 0.0))
                            for what, part in judged.worst.items()}
        statistics.chunks += 1
        statistics.cycles += cycles

    def close(self) -> None:
        if self.judge:
            self.judge.close()
        if self._world:
            self._world.close()


class Company:
    """Who speaks in a chunk: hostile sources, and a person who stops now and then and arms."""

    def __init__(self, judged: Judged, hostile: Hostile, rng: np.random.Generator,
                 statistics: FuzzStatistics) -> None:
        self._judged, self._hostile, self._rng = judged, hostile, rng
        self._often = int(rng.choice(SPEAKS))
        self._statistics = statistics
        self._stands = 0     # beats that a stop has stood
        judged.seen = lambda answer, again: statistics.count(answer, again, judged.fast(answer))

    def speak(self, cycle: int, now: float, steady: float) -> None:
        rng, filtered = self._rng, self._judged.filter
        if cycle % self._often == 0:
            self._statistics.heard += 1
            filtered.sources.hear(self._hostile(now), now, bool(rng.random() < 0.02), steady)
        if rng.random() < STOPS:
            category = StopCategory.HOLD if rng.random() < 0.5 else StopCategory.BRAKE
            filtered.stop('bench: stop', category)
        self._stands = self._stands + 1 if filtered.latch.forbids else 0
        if self._stands > 60 and rng.random() < 0.1:
            filtered.arm('bench: again', steady)


def run(robot: str, follower: str, cycles: int, folder: Path,
        tell: Callable[[FuzzStatistics], None], fuzz: Fuzz | None = None) -> FuzzStatistics:
    """Fuzz until so many cycles have been seen, going on from the count on disk."""
    path = folder / f'safety_{robot}_{follower}.json'
    statistics = restore(path, robot, follower)
    own = fuzz or Fuzz(robot)
    while statistics.cycles < cycles:
        own.chunk(statistics, 1000 + statistics.chunks, min(CHUNK, cycles - statistics.cycles))
        statistics.store(path)
        tell(statistics)
    if fuzz is None:
        own.close()
    return statistics
