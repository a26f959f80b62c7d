"""Writes every message of an episode to one file, and says when it is safely on the disk.

in   episode          when to begin and when to store      everything else: as listed, undecoded
     driver/status    real time that was lost
out  episode/stored   that it is on the disk, or why not
"""
from __future__ import annotations

import importlib
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from visuomotor.msg import (
    DriverStatus,
    EpisodeOutcome,
    EpisodeStatus,
    EpisodeStored,
    PolicyStatus,
)
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes._ros.wires import decoded
from visuomotor.nodes.recorder import topics
from visuomotor.nodes.recorder.recording import (
    Recording,
    behind,
    description,
    interrupted,
    outcome,
    todo,
)
from visuomotor.specs.errors import BadInput, short
from visuomotor.specs.robot import load_robot
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.task import load_task

EPISODE = 'visuomotor/msg/EpisodeStatus'


@dataclass(frozen=True)
class RecorderSettings(Settings):
    """What to record, and where."""

    folder: str = required('folder of this run; a folder used before continues counting')
    robot: str = required('which robot')
    task: str = required('which task')
    policy: str = setting(
        '', 'name of the policy, for the record; the supervisor\'s word goes before it')
    topics: tuple[str, ...] = setting((),
                                      "lines of 'topic package/msg/Name'; empty: the whole graph")
    resets: bool = setting(False, 'record the reset before each episode too')


class RecorderNode(Node):
    """One file for each episode."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('recorder', **kwargs)
        self.settings = declare(self, RecorderSettings)

    def open(self) -> None:
        self.recording = Recording(Path(self.settings.folder))
        self.began = 0.0
        self.judged_by = b''
        self.lost = self.lost_before = 0.0   # s of real time, as the driver counts it
        self.stored = self.publisher(EpisodeStored, 'episode/stored', qos.EVENT)
        cameras = {**load_task(self.settings.task).cameras,
                   **load_robot(self.settings.robot).cameras}
        for topic, kind in topics.to_record(self.settings.topics, cameras).items():
            module, name = topics.split_type(kind)
            cls = getattr(importlib.import_module(module), name)
            self.subscription(cls, topic, partial(self.on_message, topic, kind), qos.EVERYTHING,
                              raw=True)
        self.subscription(DriverStatus, 'driver/status', self.on_driver, qos.LATCHED)
        # Last, so that what was said before the episode ended is written before it is closed.
        self.subscription(EpisodeStatus, topics.EPISODE, self.on_episode, qos.LATCHED, raw=True)

    def on_message(self, topic: str, kind: str, data: bytes) -> None:
        if topic == 'policy/status':
            self.judged_by = data
        self.recording.write(topic, kind, data, self.nanoseconds)

    def on_driver(self, message: DriverStatus) -> None:
        self.lost = message.lost

    def on_episode(self, data: bytes) -> None:
        status = decoded(data, EpisodeStatus)
        step = todo(self.recording.number, status.state, status.number, self.settings.resets)
        if step.cut:
            self.cut()
        if step.begin:
            self.begin(status)
        self.recording.write(topics.EPISODE, EPISODE, data, self.nanoseconds)
        if step.store:
            self.store(status.outcome)

    def begin(self, status: EpisodeStatus) -> None:
        self.began, self.judged_by, self.lost_before = self.now, b'', self.lost
        self.recording.begin(status.number, description(
            self.settings.robot, self.settings.task,
            short(status.policy or self.settings.policy, convert.PATH),
            status.number, status.seed))

    def store(self, o: EpisodeOutcome) -> None:
        self.end(outcome(o.result, truth=o.truth, success_probability=o.success_probability,
                         return_value=o.return_value, duration=o.duration, reason=short(o.reason),
                         policy_hash=self.policy_hash))

    def cut(self) -> None:
        self.end(interrupted(self.now - self.began, self.policy_hash))

    def end(self, metadata: dict[str, str]) -> None:
        report = self.recording.end({**metadata, **behind(self.lost_before, self.lost)})
        if report.message:
            self.get_logger().error(report.message)
        self.stored.publish(EpisodeStored(**asdict(report)))

    def halt(self) -> None:
        if self.recording.number:
            self.cut()

    @property
    def policy_hash(self) -> str:
        try:
            told = decoded(self.judged_by, PolicyStatus) if self.judged_by else PolicyStatus()
        except BadInput:   # somebody else's: it was refused when it came
            return ''
        return str(told.policy_hash[:convert.HASH])


def main() -> None:
    run(RecorderNode)
