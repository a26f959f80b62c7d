"""Drives a safety filter through hostile proposals in chunks; a long run goes on where it ended."""
from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from visuomotor.benchmarks.safety_hostile import Hostile
from visuomotor.evaluation.judges import CollisionJudge, LimitJudge
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import SIMULATED, limits_for
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import Verdict
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import Imu, State, Target
from visuomotor.worlds.make import make_world
from visuomotor.worlds.world import BulletWorld

TASKS = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach',
         'minitaur': 'walk'}
CHUNK = 5000        # cycles, each chunk begins anew with a seed of its own
SPEAKS = (1, 2, 5)  # beats between two proposals


@dataclass
class GraphStatistics:
    """What a fuzz has seen so far."""

    robot: str
    chunks: int = 0
    cycles: int = 0
    heard: int = 0
    refused: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)       # limits, by name
    collisions: Counter[str] = field(default_factory=Counter)   # in the physics, by what touched
    unanswered: int = 0
    worst: dict[str, float] = field(default_factory=dict)   # largest part used of each limit

    @property
    def violations(self) -> int:
        return sum(self.broken.values()) + sum(self.collisions.values()) + self.unanswered

    def store(self, path: Path) -> None:
        """Replace the file as a whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f'.{os.getpid()}')
        beside.write_text(json.dumps(vars(self), indent=1))
        os.replace(beside, path)


def restore(path: Path, robot: str) -> GraphStatistics:
    """Go on where a count ended."""
    if not path.exists():
        return GraphStatistics(robot)
    content: dict[str, Any] = json.loads(path.read_text())
    counters = {name: Counter(content[name]) for name in ('verdicts', 'broken', 'collisions')}
    return GraphStatistics(**{**content, **counters})


class Body:
    """The robot that is fuzzed: an arm in the physics of its task, or eight perfect motors under a
    swaying body."""

    def __init__(self, robot: RobotSpec, rng: np.random.Generator) -> None:
        self.spec, self._chance = robot, rng
        self.world = bare_world(robot) if robot.tip_link else None
        self.place, self.speed = np.array(robot.home), np.zeros(len(robot.joints))
        self._lean, self.sways = np.zeros(2), True
        if self.world:
            self.world.robot.connect()

    def beat(self, target: Target | None, now: float) -> State:
        """Obey a command for one beat and measure."""
        if self.world:
            if target:
                self.world.robot.send(Target(target.position, target.velocity))
            self.world.advance(1.0 / self.spec.control_hz)
            return dataclasses.replace(self.world.robot.read(), stamp=now)
        if target:
            self.place, self.speed = target.position, target.velocity
        self._lean = 0.998 * self._lean + self._chance.normal(0, 0.02, 2) * self.sways
        half = np.sin(np.clip(self._lean, -1.5, 1.5) / 2)
        imu = Imu(np.array([*half, 0.0, np.sqrt(max(0.0, 1.0 - float(half @ half)))]), np.zeros(3))
        effort = self._chance.choice([0.0, 3.0], len(self.place), p=[0.9, 0.1])
        return State(now, self.place, self.speed, effort, imu=imu)

    def close(self) -> None:
        if self.world:
            self.world.close()


def bare_world(robot: RobotSpec) -> BulletWorld:
    """The task's world without anything loose in it."""
    world = make_world(TASKS[robot.name], robot.name, randomise=False)
    for loose in getattr(world.scene, 'loose', []):
        world.client.removeBody(loose.body)
    return world


class Fuzz:
    """One robot's filter among hostile proposals."""

    def __init__(self, robot: str) -> None:
        self.spec = load_robot(robot)
        self.fixtures = load_task(TASKS[robot]).fixtures
        arm = self.spec.tip_link
        self.kinematics = Kinematics(self.spec) if arm else None
        self.scene = self._scene() if arm else None
        self.judge = CollisionJudge(self.spec, self.fixtures, self._scene()) if arm else None

    def _scene(self) -> CollisionScene:
        return CollisionScene(self.spec, self.fixtures, collision_pairs.load(self.spec).touching)

    def filter(self) -> SafetyFilter:
        """Make a fresh filter, armed."""
        limits = limits_for(self.spec, SIMULATED)
        return SafetyFilter(self.spec, self.kinematics, limits, armed=True, scene=self.scene)

    def chunk(self, statistics: GraphStatistics, seed: int, cycles: int = CHUNK) -> None:
        """Fuzz for some cycles and add what was seen to the count."""
        rng = np.random.default_rng(seed)
        judged, hostile = Judged(self, rng), Hostile(self.spec, self.scene, rng)
        now = 50.0 + float(rng.uniform(0, 1e6))
        often = int(rng.choice(SPEAKS))
        judged.begin(now)
        for cycle in range(cycles):
            now += judged.dt
            if cycle % often == 0:
                statistics.heard += 1
                judged.filter.sources.hear(hostile(now), now, last=bool(rng.random() < 0.02))
            answer = judged.beat(dataclasses.replace(judged.state, stamp=now), now)
            statistics.verdicts[answer.verdict.name] += 1
            statistics.unanswered += answer.verdict is not Verdict.PASS and not answer.reasons
        judged.body.close()
        statistics.refused += judged.filter.sources.refused
        statistics.broken.update(judged.limits.broken)
        statistics.collisions.update(judged.collisions)
        statistics.worst = {what: max(part, statistics.worst.get(what, 0.0))
                            for what, part in judged.limits.worst.items()}
        statistics.chunks += 1
        statistics.cycles += cycles

    def close(self) -> None:
        if self.judge:
            self.judge.close()


class Judged:
    """A filter and the robot that obeys it, judged beat by beat."""

    def __init__(self, fuzz: Fuzz, rng: np.random.Generator) -> None:
        self.fuzz = fuzz
        self.body = Body(fuzz.spec, rng)
        self.filter = fuzz.filter()
        self.limits = LimitJudge(fuzz.spec, fuzz.kinematics)
        self.collisions: Counter[str] = Counter()
        self.dt = 1.0 / fuzz.spec.control_hz

    def begin(self, now: float) -> None:
        self.state = self.body.beat(None, now)

    def beat(self, state: State, now: float) -> Permitted:
        """Let the filter answer what it is shown, and the robot obey."""
        answer = self.filter.step(state, now)
        if answer.target:   # else nothing is commanded
            self.limits.see(answer.target.position, answer.target.velocity, answer.reasons)
        self.state = self.body.beat(answer.target, now)
        if self.fuzz.judge:
            self.collisions.update(self.fuzz.judge.touching(self.state.position))
        return answer


def run(robot: str, cycles: int, path: Path,
        tell: Callable[[GraphStatistics], None]) -> GraphStatistics:
    """Fuzz until so many cycles have been seen, going on from the count on disk."""
    statistics, fuzz = restore(path, robot), Fuzz(robot)
    while statistics.cycles < cycles:
        fuzz.chunk(statistics, seed=1000 + statistics.chunks)
        statistics.store(path)
        tell(statistics)
    fuzz.close()
    return statistics
