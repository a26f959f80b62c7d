"""Brings robot and scene back to where an episode can begin.

in   joint_states      where the robot is
out  action/reset      what should move, half a second ahead, sent again: silence means stop
asks world/new_scene   in simulation
serves the action `reset`
"""
from __future__ import annotations

from typing import Any

from sensor_msgs.msg import JointState
from visuomotor.action import Reset
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.goals import GoalServer
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.reset.plan import plan
from visuomotor.nodes.reset.routine import Routine
from visuomotor.nodes.reset.settings import ResetSettings, way_to_scene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.robot import load_robot
from visuomotor.srv import NewScene


class ResetNode(Node):
    """Speaks for one routine at a time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('reset', **kwargs)
        self.settings = declare(self, ResetSettings)

    def open(self) -> None:
        self.spec = load_robot(self.settings.robot)
        self.kinematics = Kinematics(self.spec) if self.spec.tip_link else None
        self.heard: JointState | None = None
        self.routine: Routine | None = None
        self.seed, self.told = 0, ''
        self.proposals = self.publisher(Proposal, 'action/reset', qos.COMMAND)
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        asks = way_to_scene(self.settings.world) == 'new_scene'
        self.scenes = self.client(NewScene, 'world/new_scene') if asks else None
        self.goals = GoalServer(self, Reset, 'reset', refuse=lambda request: '', begin=self.on_goal,
                                cancel=lambda: self.end('the reset was cancelled'))
        self.timer(1.0 / self.settings.rate, self.on_tick)

    def halt(self) -> None:
        self.end('the reset node was deactivated')

    def on_state(self, message: JointState) -> None:
        self.heard = message

    def on_goal(self, request: Reset.Goal) -> None:
        stages = plan(self.spec, self.kinematics, self.settings, request.scene)
        self.routine = Routine(stages, self.settings.attempts, self.settings.state_age,
                               self.settings.patience)
        self.seed, self.told = request.seed, ''

    def end(self, why: str) -> None:
        if self.routine:
            self.routine.cancel(why)
            self.answer(self.routine)

    def on_tick(self) -> None:
        if not self.routine:
            return
        state = convert.state(self.heard, self.spec) if self.heard else None
        if proposal := self.routine.step(state, self.now):
            self.proposals.publish(convert.proposal_message(
                proposal, self.now, frame=self.spec.base_link, terminate=self.routine.resting))
        if self.routine.wants_scene:
            self.ask_scene(self.routine)
        self.tell(self.routine)
        if self.routine.done:
            self.answer(self.routine)

    def ask_scene(self, routine: Routine) -> None:
        if not self.scenes or not self.scenes.service_is_ready():
            routine.scene_unserved(self.now)
            return
        routine.scene_asked()
        asked = self.scenes.call_async(NewScene.Request(seed=self.seed))
        asked.add_done_callback(lambda future: self.on_scene(routine, future.result()))

    def on_scene(self, routine: Routine, answer: NewScene.Response) -> None:
        routine.scene_answered(answer.ready, answer.message, self.now)

    def tell(self, routine: Routine) -> None:
        if routine.stage != self.told:
            self.told = routine.stage
            self.goals.feedback(Reset.Feedback(stage=routine.stage))

    def answer(self, routine: Routine) -> None:
        self.routine = None
        self.goals.finish(routine.ready, Reset.Result(
            ready=routine.ready, attempts=routine.attempt, message=routine.message))


def main() -> None:
    run(ResetNode)
