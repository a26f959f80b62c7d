"""Judges what recordings hold by code that is not the filter's: limits, collisions, reasons."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from visuomotor.episodes import read
from visuomotor.evaluation.judges import CollisionJudge, LimitJudge
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.codes import Verdict
from visuomotor.specs.errors import BadInput
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
    silent: int = 0   # verdicts other than PASS without a reason
    broken: Counter[str] = field(default_factory=Counter)
    collisions: Counter[str] = field(default_factory=Counter)   # of commanded postures
    pushed: Counter[str] = field(default_factory=Counter)   # of measured ones: something jams it
    worst: dict[str, float] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        return not (self.broken.total() or self.collisions.total() or self.silent)

    def table(self) -> Table:
        """Return it for people."""
        table = Table('', '', title=f'{self.episodes} episodes, {self.seconds:.0f} s, '
                                    f'{self.cycles} commands')
        rows = {'verdicts': '  '.join(f'{name} {count}' for name, count in self.verdicts.items()),
                'limits broken': _counted(self.broken),
                'collisions commanded': _counted(self.collisions),
                'collisions measured, fingers taken as open': _counted(self.pushed),
                'largest part of each limit':
                    '  '.join(f'{name} {part:.6f}' for name, part in self.worst.items()),
                'verdicts without a reason': str(self.silent),
                **{reason: str(count) for reason, count in self.reasons.most_common(MANY)}}
        for row in rows.items():
            table.add_row(*row)
        return table


def judge(files: Sequence[Path]) -> Findings:
    """Go through episodes of one robot and task."""
    robot, task = _common(files)
    spec = load_robot(robot)
    bodies = _bodies(spec, task) if spec.tip_link else None
    found, limits = Findings(), LimitJudge(spec, Kinematics(spec) if spec.tip_link else None)
    for file in files:
        limits.begin()
        _one(file, spec, found, limits, bodies)
    if bodies:
        bodies.close()
    found.broken = +limits.broken
    found.worst = limits.worst
    found.episodes = len(files)
    found.seconds = found.cycles / spec.control_hz
    return found


def _common(files: Sequence[Path]) -> tuple[str, str]:
    """Return the robot and task of all these episodes; refuse a mixture."""
    if not files:
        raise BadInput('One or more episodes are judged, but none was given.')
    facts = [(read.metadata(file), file) for file in files]
    kinds = [(fact(known, 'robot', file), fact(known, 'task', file)) for known, file in facts]
    for kind, file in zip(kinds, files, strict=True):
        if kind != kinds[0]:
            raise BadInput(f'Episodes of one robot and task are judged together, but {files[0]} is '
                           f'of {" and ".join(kinds[0])} and {file} of {" and ".join(kind)}; judge '
                           'them apart.')
    return kinds[0]


def fact(facts: dict[str, str], name: str, file: Path) -> str:
    """Return what an episode says of itself."""
    if name not in facts:
        raise BadInput(f'{file} does not say which {name} it was recorded with.')
    return facts[name]


def places(message: Any, spec: RobotSpec, file: Path) -> list[int]:
    """Return where the robot's joints stand in a JointState; refuse that of another robot."""
    found = {name: number for number, name in enumerate(message.name)}
    missing = [name for name in spec.names if name not in found]
    if missing:
        raise BadInput(f'{file} should hold the joints of {spec.name}, but holds '
                       f'{", ".join(message.name) or "none"}; {", ".join(missing)} are missing.')
    return [found[name] for name in spec.names]


def _bodies(spec: RobotSpec, task: str) -> CollisionJudge:
    fixtures = load_task(task).fixtures
    scene = CollisionScene(spec, fixtures, collision_pairs.load(spec).touching)
    return CollisionJudge(spec, fixtures, scene)


def _one(file: Path, spec: RobotSpec, found: Findings, limits: LimitJudge,
         bodies: CollisionJudge | None) -> None:
    for heard in read.messages(file):
        message = heard.message
        if not heard.topic.endswith(('joint_states', 'command')):
            continue
        position = np.array(message.position)
        if heard.topic.endswith('command'):
            if len(position) != len(spec.joints):
                raise BadInput(f'{file} should hold commands for {len(spec.joints)} joints of '
                               f'{spec.name}, but one is for {len(position)}.')
            limits.see(position, np.array(message.velocity), message.reasons)
            if bodies:
                found.collisions.update(bodies.touching(position))
            found.cycles += 1
            found.verdicts[Verdict(message.verdict).name] += 1
            found.silent += message.verdict != Verdict.PASS and not message.reasons
            found.reasons.update(kind(reason) for reason in message.reasons)
        elif bodies:
            found.pushed.update(bodies.touching(position[places(message, spec, file)]))


def kind(reason: str) -> str:
    """A reason without its numbers, so that like counts with like."""
    return ' '.join('…' if word.strip('-,:').replace('.', '', 1).isdigit() else word
                    for word in reason.split())


def _counted(counter: Counter[str]) -> str:
    return ', '.join(f'{name} {count}' for name, count in counter.most_common(MANY)) or 'none'
