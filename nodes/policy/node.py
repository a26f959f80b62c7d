"""Shows the policy what was seen and says what it wants.

in   joint_states, imu, camera/<name>/image, episode (when to act)
     world/truth (goals; bodies for scripted experts)
out  action/policy          chunks of targets           policy/status         how long thinking took
serves policy/load, between episodes
"""
from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from sensor_msgs.msg import Image, Imu, JointState
from visuomotor.msg import EpisodeStatus, PolicyStatus, Proposal, WorldTruth
from visuomotor.nodes._ros import convert, images, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.policy import schedule
from visuomotor.nodes.policy.inference import (
    InferenceRequest,
    InferenceResult,
    InlineInference,
    PolicyRunner,
    ThreadedInference,
)
from visuomotor.nodes.policy.settings import PolicySettings
from visuomotor.policies.make import make_policy
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.errors import BadInput, short
from visuomotor.specs.observation import observe
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
        self.buffer, self.rate = schedule.ObservationBuffer(), schedule.RateMeter()
        self.take(self.settings.policy)
        self.inference = (InlineInference if self.settings.inline
                          else ThreadedInference)(self.on_result)
        self.also_undo(self.inference.close)
        self.proposals = self.publisher(Proposal, 'action/policy', qos.COMMAND)
        self.status = self.publisher(PolicyStatus, 'policy/status', qos.EVENT)
        self.subscription(EpisodeStatus, 'episode', self.on_episode, qos.LATCHED)
        self.subscription(WorldTruth, 'world/truth', partial(setattr, self.buffer, 'truth'),
                          qos.STATE)
        self.subscription(Imu, 'imu', partial(setattr, self.buffer, 'imu'), qos.STATE)
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        for camera in self.task.observe:
            self.subscription(Image, f'camera/{camera}/image', partial(self.on_picture, camera),
                              qos.IMAGE)
        self.service(LoadPolicy, 'policy/load', self.on_load)

    def take(self, name: str) -> None:
        chosen = self.settings
        loaded = make_policy(name, self.spec, self.task, expert, chosen.threads, chosen.device)
        self.schedule = schedule.schedule_for(loaded, self.task, chosen.latency, chosen.replan)
        self.loaded, self.runner = loaded, PolicyRunner(loaded, self.task.action.size)

    def halt(self) -> None:
        self.schedule.turn(False, 0, 0, 0.0, self.buffer)

    def on_episode(self, status: EpisodeStatus) -> None:
        running = status.state == EpisodeStatus.RUNNING
        last = self.schedule.turn(running, status.number, status.seed,
                                  convert.seconds(status.started), self.buffer)
        if last:  # one more that asks for nothing, so that the silence that follows is no fault
            self.propose(replace(last, actions=self.task.action.rest(last.actions), finished=True))

    def on_state(self, message: JointState) -> None:
        self.buffer.state = message
        self.release()
        self.consider()

    def on_picture(self, camera: str, message: Image) -> None:
        self.buffer.picture(camera, message, convert.seconds(message.header.stamp))
        self.consider()

    def consider(self) -> None:
        if self.schedule.wants(self.buffer, self.now):
            self.inference.ask(self.runner, self.request())
        elif lack := self.schedule.complaint(self.buffer, self.now):
            self.get_logger().warning(lack, throttle_duration_sec=5.0)

    def request(self) -> InferenceRequest:
        heard, plan = self.buffer, self.schedule
        state = convert.state(heard.state, self.spec, convert.imu(heard.imu) if heard.imu else None)
        truth = convert.truth(heard.truth) if heard.truth else None
        pictures = {camera: images.picture(heard.pictures[camera]) for camera in plan.cameras}
        observed, time = plan.ask(heard, state.stamp, self.now)
        seen = observe(self.spec, self.task, self.kinematics, state, truth, pictures, time,
                       self.loaded.privileged)
        return InferenceRequest(plan.episode, plan.seed, observed, seen)

    def on_result(self, result: InferenceResult) -> None:
        """Take an answer, in whichever thread it was thought of."""
        if result.failure:
            self.get_logger().error(result.failure, throttle_duration_sec=1.0)
            return
        self.schedule.answered(result)
        self.release()

    def release(self) -> None:
        """Say what is due."""
        for result in self.schedule.due(self.now):
            if self.active:
                self.propose(result)

    def propose(self, result: InferenceResult) -> None:
        now, observed = self.now, result.request.observed
        wish = self.task.action.decode(result.actions, observed, self.schedule.delay)
        self.proposals.publish(convert.proposal_message(
            replace(wish, policy_hash=self.runner.hash), now, frame=self.spec.base_link,
            terminate=result.finished))
        self.status.publish(PolicyStatus(
            header=convert.header(observed), policy=self.runner.name, policy_hash=self.runner.hash,
            inference=result.inference, observation_age=now - observed, rate=self.rate.tick(now)))

    def on_load(self, request: LoadPolicy.Request,
                response: LoadPolicy.Response) -> LoadPolicy.Response:
        try:
            schedule.between_episodes(self.schedule.episode)
            self.take(request.policy)
        except (BadInput, OSError) as error:
            response.message = short(str(error))
        response.loaded, response.policy_hash = not response.message, self.runner.hash
        return response


def expert(robot: RobotSpec, task: TaskSpec) -> Policy:
    """Make a task's scripted expert; worlds are loaded only for that."""
    from visuomotor.worlds.make import make_expert
    return make_expert(robot, task)


def main() -> None:
    run(PolicyNode)
