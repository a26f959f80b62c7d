"""Judges a recorded episode anew: the same proposals and torques, other limits, what differs."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table
from visuomotor.episodes import read
from visuomotor.evaluation.recordings import fact, kind, places
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import limits_for
from visuomotor.safety.make import make_filter
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import PROPOSERS, Mode, Verdict
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import load_task, task_names
from visuomotor.specs.values import Imu, Proposal, State

FEW = 12  # reasons in the report


@dataclass
class Report:
    """The verdicts then and now, and how far the commands lie apart."""

    file: Path
    cycles: int = 0
    then: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)   # 'PASS → CLIP'
    why_then: Counter[str] = field(default_factory=Counter)
    why_now: Counter[str] = field(default_factory=Counter)
    furthest: float = 0.0                                    # rad, between a command then and now

    def table(self) -> Table:
        """Return it for people."""
        table = Table('', 'then', 'now',
                      title=f'{self.file.name}: {self.cycles} cycles judged anew')
        for verdict in Verdict:
            table.add_row(verdict.name, str(self.then[verdict.name]), str(self.now[verdict.name]))
        for reason, _ in (self.why_then + self.why_now).most_common(FEW):
            table.add_row(reason, str(self.why_then[reason]), str(self.why_now[reason]))
        for change, count in self.changed.most_common():
            table.add_row(f'changed from {change}', '', str(count))
        table.add_row('furthest that a command would have been from then', '',
                      f'{self.furthest:.3f} rad')
        return table


def rejudge(file: Path, given: Mapping[str, Any], robot: str = '') -> Report:
    """Judge every moment anew under given limits, for a robot that obeys them from its start."""
    facts = read.metadata(file)
    spec = load_robot(robot or fact(facts, 'robot', file))
    task = facts.get('task', '')
    fixtures = load_task(task).fixtures if task in task_names() else ()
    filtered = make_filter(spec, limits_for(spec, given), fixtures)
    report, imu = Report(file), None
    answers: dict[int, Permitted] = {}
    hears = ('imu', 'joint_states', 'command', *(f'action/{name}' for name in PROPOSERS.values()))
    for heard in read.messages(file):
        topic = next((name for name in hears if heard.topic.endswith(name)), '')
        if topic == 'imu':
            imu = read.imu(heard.message)
        elif topic == 'joint_states':
            state = _state(heard.message, spec, imu, file)
            if filtered.state:
                place = filtered.motion.now
                state = replace(state, position=place.position, velocity=place.velocity)
            answers[_nanoseconds(heard.message.header.stamp)] = filtered.step(state, state.stamp)
        elif topic == 'command':
            if answer := answers.pop(_nanoseconds(heard.message.header.stamp), None):
                compare(report, heard.message, answer)
        elif topic:
            _propose(filtered, heard.message, heard.logged * 1e-9)
    return report


def compare(report: Report, command: Any, answer: Permitted) -> None:
    """Add one cycle to the report."""
    then, now = Verdict(command.verdict).name, answer.verdict.name
    report.cycles += 1
    report.then[then] += 1
    report.now[now] += 1
    report.why_then.update(map(kind, command.reasons))
    report.why_now.update(map(kind, answer.reasons))
    if then != now:
        report.changed[f'{then} to {now}'] += 1
    if answer.target is not None:
        apart = np.abs(np.array(command.position) - answer.target.position).max()
        report.furthest = max(report.furthest, float(apart))


def _nanoseconds(stamp: Any) -> int:
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def _state(message: Any, spec: RobotSpec, imu: Imu | None, file: Path) -> State:
    where = places(message, spec, file)
    position, velocity, effort = (np.array(column)[where] for column
                                  in (message.position, message.velocity, message.effort))
    gripper = gripper_effort = 0.0
    if 'gripper' in message.name:
        place = message.name.index('gripper')
        gripper, gripper_effort = float(message.position[place]), float(message.effort[place])
    return State(_nanoseconds(message.header.stamp) * 1e-9, position, velocity, effort, gripper,
                 gripper_effort, imu)


def _propose(filtered: SafetyFilter, message: Any, received: float) -> None:
    times = np.array(message.times, dtype=np.float64)
    rows = np.array(message.targets, dtype=np.float64)
    if message.mode not in Mode.__members__.values() or len(rows) != len(times) * message.width:
        filtered.sources.refuse(int(message.source), 'its numbers form no proposal')
        return
    proposal = Proposal(Mode(message.mode), times, rows.reshape(len(times), message.width),
                        np.array(message.gripper, dtype=np.float64),
                        _nanoseconds(message.observation_stamp) * 1e-9,
                        int(message.source), bool(message.dead_man), message.policy_hash)
    filtered.sources.hear(proposal, received, bool(message.terminate))
