"""Shows the policy what was seen and says what it wants.

in   joint_states, imu, camera/<name>/image, world/truth (goals; bodies for scripted experts), episode (when to act)
out  action/policy          chunks of targets           policy/status         how long thinking took
serves policy/load, between episodes
"""
from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from sensor_msgs.msg import Image, Imu, JointState
from visuomotor.msg import EpisodeStatus, PolicyStatus, Proposal, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.policy.actor import Actor, Answer, Question
from visuomotor.nodes.policy.attention import Attention, between_episodes, delay, replanned
from visuomotor.nodes.policy.newest import Newest
from visuomotor.nodes.policy.outbox import Rate
from visuomotor.nodes.policy.settings import PolicySettings
from visuomotor.nodes.policy.thinking import Aside, Inline
from visuomotor.policies.make import make_policy
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.errors import BadInput
from visuomotor.specs.observation import IMAGE, observe
from visuomotor.specs.policy import Policy
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import TaskSpec, load_task
from visuomotor.srv import LoadPolicy


class PolicyNode(Node):
    """Asks one policy while an episode runs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('policy', **kwargs)
        self.settings = declare(self, PolicySettings)

    def open(self) -> None:
        self.spec, self.task = load_robot(self.settings.robot), load_task(self.settings.task)
        self.kinematics = Kinematics(self.spec) if self.spec.tip_link else None
        self.newest, self.rate = Newest(), Rate()
        self.take(self.settings.policy)
        self.thinking = (Inline if self.settings.inline else Aside)(self.on_answer)
        self.also_undo(self.thinking.close)
        self.proposals = self.publisher(Proposal, 'action/policy', qos.COMMAND)
        self.status = self.publisher(PolicyStatus, 'policy/status', qos.EVENT)
        self.subscription(EpisodeStatus, 'episode', self.on_episode, qos.LATCHED)
        self.subscription(WorldTruth, 'world/truth', partial(setattr, self.newest, 'truth'), qos.STATE)
        self.subscription(Imu, 'imu', partial(setattr, self.newest, 'imu'), qos.STATE)
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        for camera in self.task.observe:
            self.subscription(Image, f'camera/{camera}/image', partial(self.on_picture, camera), qos.IMAGE)
        self.service(LoadPolicy, 'policy/load', self.on_load)

    def take(self, name: str) -> None:
        chosen, late = self.settings, self.task.latency
        self.loaded = make_policy(name, self.spec, self.task, expert, chosen.threads, chosen.device)
        cameras = tuple(c for c in self.task.observe if IMAGE + c in self.loaded.sees)
        self.actor = Actor(self.loaded.policy, name, self.loaded.hash, self.task.action.size)
        self.attention = Attention(
            cameras=cameras, truth=self.loaded.privileged or 'goal' in self.loaded.sees, imu='imu' in self.loaded.sees,
            rate=self.task.action.rate, delay=delay(chosen.latency, late.inference, late.camera, bool(cameras)),
            replan=chosen.replan or replanned(self.loaded.decides, self.task.action.rate))

    def halt(self) -> None:
        self.attention.turn(False, 0, 0, 0.0, self.newest)

    def on_episode(self, status: EpisodeStatus) -> None:
        running = status.state == EpisodeStatus.RUNNING
        last = self.attention.turn(running, status.number, status.seed, convert.seconds(status.started), self.newest)
        if last:  # one more that asks for nothing, so that the silence that follows is no fault
            self.propose(replace(last, actions=self.task.action.rest(last.actions), finished=True))

    def on_state(self, message: JointState) -> None:
        self.newest.state = message
        self.release()
        self.consider()

    def on_picture(self, camera: str, message: Image) -> None:
        self.newest.picture(camera, message, convert.seconds(message.header.stamp))
        self.consider()

    def consider(self) -> None:
        if self.attention.wants(self.newest, self.now):
            self.thinking.ask(self.actor, self.question())
        elif lack := self.attention.complaint(self.newest, self.now):
            self.get_logger().warning(lack, throttle_duration_sec=5.0)

    def question(self) -> Question:
        heard, mind = self.newest, self.attention
        state = convert.state(heard.state, self.spec, convert.imu(heard.imu) if heard.imu else None)
        truth = convert.truth(heard.truth) if heard.truth else None
        pictures = {camera: convert.picture(heard.pictures[camera]) for camera in mind.cameras}
        observed, time = mind.ask(heard, state.stamp, self.now)
        seen = observe(self.spec, self.task, self.kinematics, state, truth, pictures, time, self.loaded.privileged)
        return Question(mind.episode, mind.seed, observed, seen)

    def on_answer(self, answer: Answer) -> None:
        """Take an answer, in whichever thread it was thought of."""
        if answer.failure:
            self.get_logger().error(answer.failure, throttle_duration_sec=1.0)
            return
        self.attention.schedule.answered(len(answer.actions))
        self.attention.outbox.put(answer)
        self.release()

    def release(self) -> None:
        """Say what is due; an answer to an episode that has ended is dropped."""
        for answer in self.attention.outbox.due(self.now):
            if self.active and answer.question.episode == self.attention.episode:
                self.propose(answer)

    def propose(self, answer: Answer) -> None:
        now, observed = self.now, answer.question.observed
        wish = self.task.action.decode(answer.actions, observed, self.attention.delay)
        wish, frame = replace(wish, policy_hash=self.actor.hash), self.spec.base_link
        self.proposals.publish(convert.proposal_message(wish, now, frame=frame, terminate=answer.finished))
        status = PolicyStatus(policy=self.actor.name, policy_hash=self.actor.hash, inference=answer.inference,
                              observation_age=now - observed, rate=self.rate.tick(now))
        status.header.stamp = convert.stamp(observed)
        self.status.publish(status)

    def on_load(self, request: LoadPolicy.Request, response: LoadPolicy.Response) -> LoadPolicy.Response:
        try:
            between_episodes(self.attention.episode)
            self.take(request.policy)
        except (BadInput, OSError) as error:
            response.message = str(error)
        response.loaded, response.policy_hash = not response.message, self.actor.hash
        return response


def expert(robot: RobotSpec, task: TaskSpec) -> Policy:
    """Make a task's scripted expert; worlds are loaded only for that."""
    from visuomotor.worlds.make import make_expert
    return make_expert(robot, task)


def main() -> None:
    run(PolicyNode)
