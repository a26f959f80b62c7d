"""Writes every message of an episode to one file, and says when it is safely on the disk.

in   episode          when to begin and when to store       everything else: as listed, undecoded
out  episode/stored   that it is on the disk, or why not
"""
from __future__ import annotations

import importlib
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.serialization import deserialize_message
from visuomotor.msg import EpisodeStatus, EpisodeStored, PolicyStatus
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.recorder import topics
from visuomotor.nodes.recorder.outcome import About, Ending, interrupted
from visuomotor.nodes.recorder.recording import Recording, Word
from visuomotor.nodes.recorder.turning import turn
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
    policy: str = setting('', 'name of the policy, for the record; the supervisor\'s word goes before it')
    topics: tuple[str, ...] = setting((), "lines of 'topic package/msg/Name'; empty: the whole graph")
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
        self.stored = self.publisher(EpisodeStored, 'episode/stored', qos.EVENT)
        cameras = {**load_task(self.settings.task).cameras, **load_robot(self.settings.robot).cameras}
        for topic, kind in topics.to_record(self.settings.topics, cameras).items():
            module, name = topics.split_type(kind)
            cls = getattr(importlib.import_module(module), name)
            self.subscription(cls, topic, partial(self.on_message, topic, kind), qos.EVERYTHING, raw=True)
        # Last, so that what was said before the episode ended is written before it is closed.
        self.subscription(EpisodeStatus, topics.EPISODE, self.on_episode, qos.LATCHED, raw=True)

    def on_message(self, topic: str, kind: str, data: bytes) -> None:
        if topic == 'policy/status':
            self.judged_by = data
        self.recording.heard(topic, kind, data, self.nanoseconds)

    def on_episode(self, data: bytes) -> None:
        status = deserialize_message(data, EpisodeStatus)
        todo = turn(self.recording.number, status.state, status.number, self.settings.resets)
        if todo.cut:
            self.finish(interrupted(self.now - self.began))
        if todo.begin:
            self.begin(status)
        self.recording.heard(topics.EPISODE, EPISODE, data, self.nanoseconds)
        if todo.store:
            o = status.outcome
            self.finish(Ending(o.result, o.truth, o.success_probability, o.return_value, o.duration, o.reason))

    def begin(self, status: EpisodeStatus) -> None:
        self.began, self.judged_by = self.now, b''
        policy = status.policy or self.settings.policy
        about = About(self.settings.robot, self.settings.task, policy, status.number, status.seed)
        self.recording.begin(status.number, about.metadata())

    def finish(self, ending: Ending) -> None:
        self.tell(self.recording.end(ending.metadata(self.policy_hash)))

    def tell(self, word: Word) -> None:
        if word.message:
            self.get_logger().error(word.message)
        self.stored.publish(EpisodeStored(**asdict(word)))

    def halt(self) -> None:
        if self.recording.number:
            self.finish(interrupted(self.now - self.began))

    @property
    def policy_hash(self) -> str:
        return str(deserialize_message(self.judged_by, PolicyStatus).policy_hash) if self.judged_by else ''


def main() -> None:
    run(RecorderNode)
