"""The reset node with a toy robot that goes where it is told, and a toy world that lays out
scenes."""
from __future__ import annotations

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from sensor_msgs.msg import JointState
from visuomotor.action import Reset
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State
from visuomotor.srv import NewScene

ARM = load_robot('iiwa7')


class Toy(Node):
    """Robot, world and supervisor in one: at once where it is told to be, and full of wishes."""

    def open(self):
        self.position, self.gripper = np.array([0.1, 0.7, 0.0, -1.4, 0.0, 1.0, 0.0]), 0.6
        self.seeds = []
        self.stages = []
        self.heard = []
        self.scene_ready = True
        self.states = self.publisher(JointState, 'joint_states', qos.STATE)
        self.subscription(Proposal, 'action/reset', self.on_proposal, qos.COMMAND)
        self.service(NewScene, 'world/new_scene', self.on_scene)
        self.reset = ActionClient(self, Reset, 'reset')
        self.also_undo(self.reset.destroy)
        self.timer(0.01, self.on_beat)

    def on_beat(self):
        state = State(self.now, self.position, np.zeros(7), np.zeros(7), self.gripper)
        self.states.publish(convert.joint_state(state, ARM))

    def on_proposal(self, message):
        self.heard.append((self.now, message))
        wanted = convert.proposal(message)
        if wanted.mode == Mode.JOINT_POSITION:
            self.position = wanted.targets[0]
        self.gripper = float(wanted.gripper[0])

    def on_scene(self, request, response):
        self.seeds.append(request.seed)
        response.ready = self.scene_ready
        response.message = '' if self.scene_ready else 'the tray is stuck'
        return response


class Resetting:
    """The reset node and the toy under their conductor."""

    def __init__(self, rig):
        self.until = rig.until
        self.toy, self.node = rig.add(Toy, name='toy'), rig.make('reset', robot='iiwa7',
                                                                 world='sim')
        rig.up()
        self.until(self.toy.reset.server_is_ready)

    def begin(self, **goal):
        sent = self.toy.reset.send_goal_async(
            Reset.Goal(**goal),
            feedback_callback=lambda message: self.toy.stages.append(message.feedback.stage))
        self.until(sent.done)
        return sent.result()

    def result(self, handle):
        asked = handle.get_result_async()
        self.until(asked.done)
        return asked.result()


@pytest.fixture
def resetting(rig):
    return Resetting(rig)


def test_a_reset_from_the_goal_to_the_answer(resetting):
    answer = resetting.result(resetting.begin(seed=2**63 + 5, scene=True))
    assert answer.status == GoalStatus.STATUS_SUCCEEDED
    assert (answer.result.ready, answer.result.attempts) == (True, 1)
    assert answer.result.message == 'ready after 1 of 2 attempts'
    assert resetting.toy.seeds == [2**63 + 5]
    assert resetting.toy.stages == ['opening the gripper', 'lifting clear', 'going home',
                                    'laying out a new scene']
    assert np.abs(resetting.toy.position - np.array(ARM.home)).max() < 1e-6


def test_only_home_when_no_scene_is_wanted(resetting):
    assert resetting.result(resetting.begin(seed=1, scene=False)).result.ready
    assert resetting.toy.seeds == []


def test_proposals_say_who_speaks_and_end_before_silence(resetting):
    resetting.result(resetting.begin(seed=1, scene=True))
    assert {message.source for _, message in resetting.toy.heard} == {Proposal.SOURCE_RESET}
    assert [message.terminate for _, message in resetting.toy.heard].count(True) == 1
    assert resetting.toy.heard[-1][1].terminate
    assert max(np.diff([when for when, _ in resetting.toy.heard])) == pytest.approx(0.05, abs=1e-3)


def test_a_scene_that_is_not_ready_fails_the_reset(resetting):
    resetting.toy.scene_ready = False
    answer = resetting.result(resetting.begin(seed=1, scene=True))
    assert answer.status == GoalStatus.STATUS_ABORTED
    assert answer.result.message == 'no new scene: the tray is stuck'


def test_a_cancelled_reset_falls_silent_at_once(resetting):
    handle = resetting.begin(seed=1, scene=True)
    resetting.until(lambda: 'going home' in resetting.toy.stages)
    cancelled = handle.cancel_goal_async()
    resetting.until(cancelled.done)
    before = len(resetting.toy.heard)
    answer = resetting.result(handle)
    assert (answer.status, answer.result.message) == (GoalStatus.STATUS_CANCELED,
                                                      'the reset was cancelled')
    assert len(resetting.toy.heard) == before


def test_a_second_goal_is_refused_while_one_is_under_way(resetting):
    first = resetting.begin(seed=1, scene=True)
    assert not resetting.begin(seed=2, scene=True).accepted
    assert resetting.result(first).result.ready


def test_a_node_that_is_not_active_refuses(resetting):
    resetting.node.trigger_deactivate()
    assert not resetting.begin(seed=1, scene=True).accepted
