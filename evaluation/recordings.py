"""Judges what recordings hold, without the safety filter's own code: limits, collisions, and the reasons given."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.table import Table
from visuomotor.episodes import read
from visuomotor.evaluation.judges import CollisionJudge, LimitJudge
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.codes import Verdict
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import load_task

MANY = 20  # reasons in the report


@dataclass
class Findings:
    """What some episodes hold."""

    episodes: int = 0
    cycles: int = 0
    seconds: float = 0.0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    silent: int = 0                                             # verdicts other than PASS without a reason
    broken: Counter[str] = field(default_factory=Counter)
    collisions: Counter[str] = field(default_factory=Counter)   # of commanded postures
    pushed: Counter[str] = field(default_factory=Counter)       # of measured ones, where something jams the arm
    worst: dict[str, float] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        return not (self.broken.total() or self.collisions.total() or self.silent)

    def table(self) -> Table:
        """Return it for people."""
        table = Table('', '', title=f'{self.episodes} episodes, {self.seconds:.0f} s, {self.cycles} commands')
        table.add_row('verdicts', '  '.join(f'{name} {count}' for name, count in self.verdicts.items()))
        table.add_row('limits broken', _counted(self.broken))
        table.add_row('collisions commanded', _counted(self.collisions))
        table.add_row('collisions measured, fingers taken as open', _counted(self.pushed))
        table.add_row('largest part of each limit', '  '.join(f'{k} {v:.6f}' for k, v in self.worst.items()))
        table.add_row('verdicts without a reason', str(self.silent))
        for reason, count in self.reasons.most_common(MANY):
            table.add_row(reason, str(count))
        return table


def judge(files: Sequence[Path]) -> Findings:
    """Go through episodes of one robot and task."""
    facts = read.metadata(files[0])
    spec = load_robot(facts['robot'])
    bodies = _bodies(spec, facts['task']) if spec.tip_link else None
    found, limits = Findings(), LimitJudge(spec, Kinematics(spec) if spec.tip_link else None)
    for file in files:
        limits.begin()
        _one(file, spec, found, limits, bodies)
    if bodies:
        bodies.close()
    found.broken, found.worst, found.episodes = +limits.broken, limits.worst, len(files)
    found.seconds = found.cycles / spec.control_hz
    return found


def _bodies(spec: RobotSpec, task: str) -> CollisionJudge:
    fixtures = load_task(task).fixtures
    return CollisionJudge(spec, fixtures, CollisionScene(spec, fixtures, collision_pairs.load(spec).touching))


def _one(file: Path, spec: RobotSpec, found: Findings, limits: LimitJudge, bodies: CollisionJudge | None) -> None:
    for heard in read.messages(file):
        message = heard.message
        if heard.topic.endswith('joint_states') and bodies:
            place = dict(zip(message.name, message.position, strict=True))
            found.pushed.update(bodies.touching(np.array([place[name] for name in spec.names])))
        elif heard.topic.endswith('command'):
            if any(reason.startswith('begins where') for reason in message.reasons):
                limits.begin()
            limits.see(np.array(message.position), np.array(message.velocity))
            if bodies:
                found.collisions.update(bodies.touching(np.array(message.position)))
            found.cycles += 1
            found.verdicts[Verdict(message.verdict).name] += 1
            found.silent += message.verdict != Verdict.PASS and not message.reasons
            found.reasons.update(kind(reason) for reason in message.reasons)


def kind(reason: str) -> str:
    """A reason without its numbers, so that like counts with like."""
    return ' '.join('…' if word.strip('-,:').replace('.', '', 1).isdigit() else word for word in reason.split())


def _counted(counter: Counter[str]) -> str:
    return ', '.join(f'{name} {count}' for name, count in counter.most_common(MANY)) or 'none'
