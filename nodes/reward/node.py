"""Judges while an episode runs, and once more when it is being judged.

in   joint_states   sets the pace     imu, world/truth, command   the rest of what is seen
     episode        when to look     camera/<name>/image   of the cameras that it is shown
out  reward         value, probability of success and evidence
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sensor_msgs.msg import Image, Imu, JointState
from visuomotor.msg import Command, EpisodeStatus, Reward, WorldTruth
from visuomotor.nodes._ros import convert, images, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.reward.pace import Pace
from visuomotor.rewards.detector import Pictures, Signals, make_detector
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs import settings
from visuomotor.specs.robot import load_robot
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.task import DetectorSpec, load_task


@dataclass(frozen=True)
class RewardSettings(Settings):
    """What is judged, and how often."""

    robot: str = required('which robot; `visuomotor list robots`')
    task: str = required('task whose detector judges; `visuomotor list tasks`')
    detector: str = setting('',
                            'another detector than the one of the task, with its default numbers')
    scene: str = setting(
        '', "numbers of the task's scene to replace, as the driver has them: 'within=0.05'")
    fastest: float = setting(20.0,
                             'most looks a second; a slower task is judged at its own action rate',
                             'Hz', above=0, most=1000)


class RewardNode(Node):
    """Speaks for one detector."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('reward', **kwargs)
        self.settings = declare(self, RewardSettings)

    def open(self) -> None:
        task, self.spec = load_task(self.settings.task), load_robot(self.settings.robot)
        other = self.settings.detector
        chosen = DetectorSpec(other, cameras=task.observe) if other else task.detector
        scene = settings.assignments([self.settings.scene], "'within=0.05'")
        self.name = chosen.name
        self.detector = make_detector(chosen, self.spec, {**task.world, **scene})
        self.kinematics = Kinematics(self.spec) if self.spec.tip_link else None
        self.pace = Pace(1.0 / min(task.action.rate, self.settings.fastest))
        self.state: JointState | None = None
        self.attitude: Imu | None = None
        self.truth: WorldTruth | None = None
        self.closing: float | None = None
        self.pictures: Pictures = {}
        self.first: Pictures = {}
        self.episode = EpisodeStatus()
        self.judged, self.warned = -1.0, False
        self.rewards = self.publisher(Reward, 'reward', qos.EVENT)
        self.subscription(EpisodeStatus, 'episode', self.on_episode, qos.LATCHED)
        self.subscription(Imu, 'imu', partial(setattr, self, 'attitude'), qos.STATE)
        self.subscription(WorldTruth, 'world/truth', partial(setattr, self, 'truth'), qos.STATE)
        self.subscription(Command, 'command', self.on_command, qos.COMMAND)
        for camera in chosen.cameras:
            self.subscription(Image, f'camera/{camera}/image', partial(self.on_picture, camera),
                              qos.IMAGE)
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)

    def on_episode(self, message: EpisodeStatus) -> None:
        before, self.episode = self.episode, message
        begun = (message.state, message.number) != (before.state, before.number)
        if message.state == EpisodeStatus.RUNNING and begun:
            self.detector.begin(convert.seconds(message.started))
            self.pace.begin()
            self.first = self.pictures
            self.closing = None
            self.judged = -1.0
            self.warned = False
        if message.state == EpisodeStatus.JUDGING and before.state == EpisodeStatus.RUNNING:
            self.judge()  # the last word

    def on_command(self, message: Command) -> None:
        self.closing = message.gripper

    def on_picture(self, camera: str, message: Image) -> None:
        self.pictures = {**self.pictures, camera: images.picture(message)}
        self.first = {camera: self.pictures[camera], **self.first}

    def on_state(self, message: JointState) -> None:
        self.state = message
        if (self.episode.state == EpisodeStatus.RUNNING
            and self.pace.due(convert.seconds(message.header.stamp))):
            self.judge()

    def judge(self) -> None:
        signals = self.signals() if self.state else None
        if signals is None or signals.now == self.judged:
            return
        self.judged = signals.now
        judgement = self.detector.judge(signals)
        if judgement.published_probability is None:
            self.warn(judgement.evidence)
            return
        self.rewards.publish(Reward(
            header=convert.header(signals.now), value=judgement.value, evidence=judgement.evidence,
            success_probability=judgement.published_probability, detector=self.name))

    def warn(self, why: str) -> None:
        if not self.warned:
            self.get_logger().warning(f'{self.name} cannot judge episode {self.episode.number}: '
                                      f'{why}')
        self.warned = True

    def signals(self) -> Signals:
        imu = convert.imu(self.attitude) if self.attitude else None
        state = convert.state(self.state, self.spec, imu)
        tip = self.kinematics.pose(state.position) if self.kinematics else None
        truth = convert.truth(self.truth) if self.truth else None
        poses, values = (truth.poses, truth.values) if truth else ({}, {})
        return Signals(state, tip, self.closing, poses, values, self.pictures, self.first)


def main() -> None:
    run(RewardNode)
