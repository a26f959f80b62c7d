"""Hears the graph and counts, so that `visuomotor up` can show it. Says nothing.

in   joint_states camera/*/image action/* command reward policy/status episode episode/stored
     driver/status
out  nothing; its `statistics` are read by whoever made it
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sensor_msgs.msg import Image, JointState
from visuomotor.msg import (
    Command,
    DriverStatus,
    EpisodeStatus,
    EpisodeStored,
    PolicyStatus,
    Proposal,
    Reward,
)
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.console.statistics import GraphStatistics, ended
from visuomotor.specs.codes import PROPOSERS
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class ConsoleSettings(Settings):
    """What the console looks at."""

    cameras: tuple[str, ...] = setting((), 'cameras whose pictures are counted')


class ConsoleNode(Node):
    """Counts what goes by; bulky messages are counted unopened."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('console', **kwargs)
        self.settings = declare(self, ConsoleSettings)
        self.statistics = GraphStatistics()

    def open(self) -> None:
        self.subscription(JointState, 'joint_states', self.counted('state'), qos.STATE, raw=True)
        for camera in self.settings.cameras:
            self.subscription(Image, f'camera/{camera}/image', self.counted('camera'), qos.IMAGE,
                              raw=True)
        for source in PROPOSERS.values():
            self.subscription(Proposal, f'action/{source}', self.counted(source), qos.COMMAND,
                              raw=True)
        self.subscription(Command, 'command', self.on_command, qos.COMMAND)
        self.subscription(Reward, 'reward', self.on_reward, qos.EVENT)
        self.subscription(PolicyStatus, 'policy/status', self.on_policy, qos.EVENT)
        self.subscription(DriverStatus, 'driver/status',
                          lambda message: self.statistics.note_lost(message.lost), qos.LATCHED)
        self.subscription(EpisodeStatus, 'episode', self.on_episode, qos.LATCHED_EACH)
        self.subscription(EpisodeStored, 'episode/stored', self.on_stored, qos.EVENT)

    def counted(self, group: str) -> Callable[[Any], None]:
        return lambda message: self.statistics.note(group)

    def on_command(self, message: Command) -> None:
        self.statistics.note_command(message.verdict, tuple(message.reasons))

    def on_reward(self, message: Reward) -> None:
        self.statistics.note_reward(message.value, message.evidence)

    def on_policy(self, message: PolicyStatus) -> None:
        self.statistics.note_inference(message.inference)

    def on_episode(self, message: EpisodeStatus) -> None:
        last = message.outcome
        self.statistics.note_ended(ended(last.number, last.result, last.truth, last.return_value,
                                         last.duration, last.reason))
        self.statistics.note_episode(message.state, message.number, message.planned,
                                     message.message)

    def on_stored(self, message: EpisodeStored) -> None:
        if message.stored:
            self.statistics.note_file(message.number, message.file)


def main() -> None:
    run(ConsoleNode)
