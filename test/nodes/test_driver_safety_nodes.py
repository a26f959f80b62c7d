"""Driver and safety node in one process, in lock-step, with the fake robot. What they say to each
other."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from visuomotor.graph import compose
from visuomotor.msg import Command, DriverStatus, SafetyStatus, Sent
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes.driver.node import DriverNode
from visuomotor.nodes.safety.node import SafetyNode
from visuomotor.robots.model import fingerprint
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Proposal
from visuomotor.srv import Arm, NewScene, Stop

IIWA = load_robot('iiwa7')
PASS = Command.PASS
CLIP = Command.CLIP
STOP = Command.STOP


HEARS = {'states': (JointState, 'joint_states', qos.STATE),
         'commands': (Command, 'command', qos.COMMAND),
         'sent': (Sent, 'sent', qos.COMMAND), 'models': (String, 'robot_description', qos.LATCHED),
         'status': (SafetyStatus, 'safety/status', qos.LATCHED),
         'drivers': (DriverStatus, 'driver/status', qos.LATCHED_EACH),
         'health': (DiagnosticArray, '/diagnostics', qos.EVENT)}
SAYS = {'force': (Command, 'command', qos.COMMAND),
        'voice': (ProposalMessage, 'action/policy', qos.COMMAND)}
ASKS = {'stop': (Stop, 'safety/stop'), 'arm': (Arm, 'safety/arm'),
        'new_scene': (NewScene, 'world/new_scene')}


class Pair:
    """Driver and safety node of a fake iiwa, and a probe that speaks as a policy."""

    def __init__(self, rig, *, armed=True, safety=True):
        self.rig, self.ask = rig, rig.ask
        self.ear = rig.probe(hears=HEARS, says=SAYS, asks=ASKS)
        self.driver = rig.make('driver', robot='iiwa7', world='fake')
        self.safety = rig.make('safety', robot='iiwa7', armed_at_start=armed) if safety else None
        rig.up()

    def beats(self, count, speeds=None, source=1):
        def propose():
            if speeds is not None and self.ear.states:
                observed = convert.seconds(self.ear.states[-1].header.stamp)
                wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), np.atleast_2d(speeds),
                                np.zeros(0), observed, source)
                self.ear.voice.publish(convert.proposal_message(wish, observed))
        self.rig.beats(count, propose)


@pytest.fixture
def start(rig):
    return partial(Pair, rig)


def test_every_joint_state_is_answered_once_with_its_own_stamp(start):
    here = start()
    here.beats(50)
    assert [c.header.stamp for c in here.ear.commands] == [s.header.stamp for s in here.ear.states]
    assert len(here.ear.states) == 50
    assert here.ear.states[0].header.stamp.nanosec == 10_000_000


def test_a_permitted_wish_moves_the_robot(start):
    here = start()
    here.beats(2)
    here.beats(60, [0.2, 0, 0, 0, 0, 0, 0])
    assert here.ear.commands[-1].verdict == PASS
    assert here.ear.commands[-1].asked_source == 1
    assert list(here.ear.commands[-1].asked) == [0.2, 0, 0, 0, 0, 0, 0]
    assert here.ear.commands[-1].observation_stamp == here.ear.states[-2].header.stamp
    assert here.ear.states[-1].velocity[0] == pytest.approx(0.2, abs=0.02)
    assert here.ear.states[-1].position[0] > 0.08


def test_what_the_robot_did_with_each_command_is_told_with_its_stamp(start):
    here = start()
    here.beats(2)
    here.beats(20, [0.2, 0, 0, 0, 0, 0, 0])
    assert len(here.ear.sent) == len(here.ear.commands) == 22
    assert [s.header.stamp for s in here.ear.sent] == [c.header.stamp for c in here.ear.commands]
    assert (here.ear.sent[-1].position.tolist()
            == pytest.approx(here.ear.commands[-1].position.tolist()))
    assert here.ear.sent[-1].velocity[0] == pytest.approx(0.2, abs=0.02)
    assert here.ear.sent[-1].gripper == 0.0


def command(here, position, writer=5, sequence=1):
    """Command a posture, as an answer to the newest joint_states."""
    here.ear.force.publish(Command(
        header=here.ear.states[-1].header, position=position, velocity=[0.0] * 7, gripper=0.5,
        writer=writer, sequence=sequence))
    here.beats(1)


def test_a_command_out_of_reach_is_told_as_it_was_sent(start):
    here = start(safety=False)
    here.beats(2)
    command(here, list(IIWA.home), sequence=1)
    command(here, [9.0] * 7, sequence=2)
    assert here.ear.sent[-1].position[0] == pytest.approx(1.710422 * 0.01)   # rad/s for one beat


def test_a_first_command_far_from_the_robot_is_refused_told_and_counted(start):
    here = start(safety=False)
    here.beats(2)
    command(here, [9.0] * 7)
    assert here.ear.sent == []
    here.beats(100)
    told = here.ear.drivers[-1]
    assert told.refused == 1
    assert 'a first command came 10.41 rad away' in told.alarms[0]
    assert list(here.ear.states[-1].position)[:7] == pytest.approx(list(IIWA.home))


def test_one_writer_is_obeyed_in_order_and_strangers_are_not(start):
    here = start(safety=False)
    here.beats(2)
    for writer, sequence in ((5, 1), (5, 2), (6, 9), (5, 2), (0, 3), (5, 3)):
        command(here, list(IIWA.home), writer, sequence)
    assert len(here.ear.sent) == 3
    here.beats(100)
    assert here.ear.drivers[-1].refused == 3
    command(here, list(IIWA.home), 6, 10)   # the first one was silent, and the robot stands
    assert len(here.ear.sent) == 4


def test_a_safety_node_here_decides_who_the_writer_is(start):
    here = start()
    here.beats(10)
    command(here, list(IIWA.home), writer=5, sequence=10_000)
    assert len(here.ear.sent) == len(here.ear.commands) - 1   # the stranger's
    here.beats(110)
    assert here.ear.drivers[-1].refused == 1


def test_the_driver_tells_what_it_is_at_each_change_and_once_a_second(start):
    here = start()
    here.beats(110)
    first = here.ear.drivers[-1]
    assert [first.robot, first.world, first.braking, first.gap] == ['iiwa7', 'fake', False, 0.0]
    assert first.description == fingerprint(IIWA) != fingerprint(load_robot('iiwa14'))
    told = len(here.ear.drivers)
    here.safety.trigger_deactivate()
    here.beats(15)
    assert [told.braking for told in here.ear.drivers[told:]] == [True]


def test_whoever_draws_the_robot_is_given_its_model(start):
    here = start()
    here.beats(1)
    assert '<robot name=' in here.ear.models[0].data


def test_a_stall_does_not_send_the_stamps_of_a_robot_with_its_own_clock_into_the_future(start):
    here = start(safety=False)
    here.beats(3)
    # a second without a beat
    here.driver.machine.advance(here.driver.nanoseconds + 1_000_000_000, here.driver.steady + 1.0)
    assert here.driver.machine.read().stamp <= here.driver.now


def test_a_wish_under_a_false_name_is_refused(start):
    here = start()
    here.beats(3)
    here.beats(1, np.zeros(7), source=3)
    assert here.ear.commands[-1].reasons == ['refused policy: it says that it comes from source 3']
    assert here.ear.commands[-1].verdict == CLIP
    assert here.ear.status[-1].refused == 1


def test_a_stop_is_latched_until_somebody_arms_with_a_reason(start):
    here = start()
    here.beats(2)
    here.beats(40, np.full(7, 0.2))
    answer = here.ask(here.ear.stop, Stop.Request(reason='grace: cup in the way'))
    assert answer.message == 'stopped: grace: cup in the way'
    here.beats(60, np.full(7, 0.2))
    assert here.ear.status[-1].stopped
    assert here.ear.status[-1].stop_reason == 'grace: cup in the way'
    assert here.ear.commands[-1].verdict == STOP
    rest = list(here.ear.states[-1].position)
    assert not here.ask(here.ear.arm, Arm.Request(reason='')).armed
    assert here.ask(here.ear.arm, Arm.Request(reason='grace: cup gone')).armed
    here.beats(1)
    assert list(here.ear.commands[-1].position) == pytest.approx(rest[:7], abs=1e-9)
    here.beats(40, np.full(7, 0.2))
    assert here.ear.commands[-1].verdict == PASS


def test_a_real_robot_waits_for_somebody_to_arm_it(start):
    here = start(armed=False)
    here.beats(2)
    here.beats(20, np.full(7, 0.2))
    assert here.ear.commands[-1].reasons == ['not armed: call safety/arm with a reason']
    assert not here.ear.status[-1].armed
    assert list(here.ear.states[-1].position)[:7] == pytest.approx(list(IIWA.home))


def test_without_the_safety_node_the_driver_brakes_by_itself_and_says_so(start):
    here = start()
    here.beats(2)
    here.beats(60, [0.5, 0, 0, 0, 0, 0, 0])
    here.safety.trigger_deactivate()
    here.beats(120)
    assert here.ear.states[-1].velocity[0] == pytest.approx(0.0, abs=1e-6)
    said = [s.message for d in here.ear.health for s in d.status if s.name.endswith('driver')]
    assert 'braked and holding' in said[-1]
    # 0.1 s until the command is too old, one beat, and v / a to stand.
    moving = [s.velocity[0] > 1e-3 for s in here.ear.states[-120:]]
    assert sum(moving) <= 11 + 1 + round(0.5 / 8.65 / 0.01) + 2


def test_without_joint_states_the_safety_node_says_that_it_stops(start):
    here = start()
    here.beats(5)
    here.driver.trigger_deactivate()
    here.beats(50)
    assert here.ear.status[-1].level == STOP
    assert here.ear.status[-1].reasons[0].startswith('no joint_states for 0.')


def test_configuring_twice_gives_one_answer(start):
    here = start()
    here.beats(5)
    here.rig.again(here.safety, here.driver)
    heard = len(here.ear.states), len(here.ear.commands)
    here.beats(10)
    assert (len(here.ear.states) - heard[0], len(here.ear.commands) - heard[1]) == (10, 10)


def test_a_second_driver_on_one_namespace_is_refused_before_anything_moves(start):
    here = start()
    second = DriverNode(context=here.rig.context, use_global_arguments=False,
                        cli_args=['--ros-args', '-p', 'robot:=iiwa7', '-p', 'world:=fake'])
    with pytest.raises(BadInput, match='has a driver already'):
        compose.bring_up([second])
    second.destroy_node()


def test_only_simulated_worlds_lay_out_scenes(start):
    here = start()
    answer = here.ask(here.ear.new_scene, NewScene.Request(seed=3))
    assert not answer.ready
    assert 'a person lays out the scene' in answer.message


def test_an_unknown_robot_is_refused_with_the_nearest_names(rig):
    with pytest.raises(BadInput, match=r"There is no robot 'iiwa77'; did you mean iiwa7"):
        SafetyNode(context=rig.context, use_global_arguments=False,
                   cli_args=['--ros-args', '-p', 'robot:=iiwa77'])
