"""Messages to values and back, with the numbers written out."""
from __future__ import annotations

import math

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Pose, Quaternion
from sensor_msgs.msg import Image, JointState
from sensor_msgs.msg import Imu as ImuMessage
from visuomotor.msg import Command, Reward, Sent, WorldTruth
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, images
from visuomotor.nodes._ros.wires import Ear
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Imu, Proposal, State, Truth

IIWA, MINITAUR = load_robot('iiwa7'), load_robot('minitaur')
NAMES = ['lbr_A1', 'lbr_A2', 'lbr_A3', 'lbr_A4', 'lbr_A5', 'lbr_A6', 'lbr_A7']


@pytest.mark.parametrize(('seconds', 'sec', 'nanosec'), [
    (0.0, 0, 0), (1.25, 1, 250_000_000), (0.006, 0, 6_000_000), (5.999999999, 5, 999_999_999),
    (2.9999999999, 3, 0), (1_700_000_000.5, 1_700_000_000, 500_000_000)])
def test_a_stamp_is_exact_to_the_nanosecond(seconds, sec, nanosec):
    assert convert.stamp(seconds) == Time(sec=sec, nanosec=nanosec)


@pytest.mark.parametrize('seconds',
                         [0.01, 12.345678901, 1_763_600_000.1234567, 1_763_600_123.987654])
def test_a_stamp_made_from_seconds_comes_back_as_the_same_seconds_and_stamp(seconds):
    once = convert.seconds(convert.stamp(seconds))
    assert convert.stamp(once) == convert.stamp(seconds)
    assert once == pytest.approx(seconds, abs=6e-10)


def test_joint_states_carry_the_joints_in_order_and_then_the_gripper():
    state = State(3.5, np.arange(7.0), np.arange(7.0) / 10, np.arange(7.0) * 2, gripper=0.75,
                  gripper_effort=12.0)
    message = convert.joint_state(state, IIWA)
    assert list(message.name) == [*NAMES, 'gripper']
    assert list(message.position) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.75]
    assert message.effort[7] == 12.0
    assert message.header.stamp == Time(sec=3, nanosec=500_000_000)


def test_joint_states_are_read_by_name_in_any_order():
    message = JointState(name=['gripper', *reversed(NAMES), 'wheel'],
                         position=[0.5, 7, 6, 5, 4, 3, 2, 1, 99],
                         velocity=[0.0, 70, 60, 50, 40, 30, 20, 10, 99])
    state = convert.state(message, IIWA)
    assert state.position.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert state.velocity.tolist() == [10, 20, 30, 40, 50, 60, 70]
    assert state.effort.tolist() == [0] * 7
    assert state.gripper == 0.5


def test_joint_states_of_another_robot_are_refused_by_name():
    with pytest.raises(BadInput, match=r'lacks lbr_A7; is this the robot'):
        convert.state(JointState(name=NAMES[:6], position=[0.0] * 6), IIWA)
    with pytest.raises(BadInput, match='one position for each of its 7 names, but holds 2'):
        convert.state(JointState(name=NAMES, position=[0.0, 0.0]), IIWA)


def test_a_proposal_survives_the_wire():
    proposal = Proposal(
        Mode.CARTESIAN_TWIST, np.array([0.03, 0.08]), np.arange(12.0).reshape(2, 6),
        np.array([0.0, 1.0]),
        observed=7.125, source=3, dead_man=True, policy_hash='abc')
    message = convert.proposal_message(proposal, 7.2, terminate=True)
    assert (message.width, message.terminate, list(message.times)) == (6, True, [0.03, 0.08])
    back = convert.proposal(message)
    assert back.targets.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert (back.mode, back.observed, back.source, back.dead_man, back.policy_hash) == (4, 7.125, 3,
                                                                                        True, 'abc')
    assert back.gripper.tolist() == [0.0, 1.0]


def test_numbers_that_form_no_proposal_are_refused():
    message = convert.proposal_message(Proposal(Mode.JOINT_POSITION, np.array([0.0]),
                                                np.zeros((1, 7))), 0.0)
    message.mode = 9
    with pytest.raises(BadInput, match=r'mode should be 1 \.\. 6, but is 9'):
        convert.proposal(message)
    message.mode, message.width = 1, 6
    with pytest.raises(BadInput, match='1 targets of width 6 are 6 numbers, but 7 came'):
        convert.proposal(message)


def test_attitude_survives_the_wire():
    imu = Imu(np.array([0.1, 0.2, 0.3, 0.9]), np.array([1.0, -2.0, 3.0]))
    back = convert.imu(convert.imu_message(imu, 1.0, 'body'))
    assert back.orientation.tolist() == [0.1, 0.2, 0.3, 0.9]
    assert back.angular_velocity.tolist() == [1.0, -2.0, 3.0]


def test_truth_survives_the_wire():
    truth = Truth(
        2.5, {'cup': np.array([1, 2, 3, 0, 0, 0, 1.0])}, {'height': 0.25}, reward=1.5, success=True,
        failed=True,
        progress=0.5, scene='f00d')
    back = convert.truth(convert.truth_message(truth))
    assert back.poses['cup'].tolist() == [1, 2, 3, 0, 0, 0, 1]
    assert (back.stamp, back.values, back.reward, back.success, back.failed, back.progress,
            back.scene) == (
        2.5, {'height': 0.25}, 1.5, True, True, 0.5, 'f00d')


def test_a_picture_survives_the_wire():
    rgb = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    message = images.image_message(rgb, 0.5, 'front')
    assert (message.encoding, message.step, message.height, message.width) == ('rgb8', 12, 2, 4)
    assert images.picture(message).tolist() == rgb.tolist()


def test_other_pictures_are_turned_into_red_first_or_refused():
    blue_first = Image(height=1, width=1, encoding='bgr8', step=3, data=[1, 2, 3])
    assert images.picture(blue_first).tolist() == [[[3, 2, 1]]]
    padded_grey = Image(height=2, width=1, encoding='mono8', step=2, data=[7, 0, 8, 0])
    assert images.picture(padded_grey).tolist() == [[[7, 7, 7]], [[8, 8, 8]]]
    with pytest.raises(BadInput, match="'yuv422' came"):
        images.picture(Image(encoding='yuv422'))


def test_a_robot_without_gripper_is_told_nothing_about_one():
    assert convert.target(Command(position=[0.0] * 8, velocity=[0.0] * 8, gripper=0.5),
                          MINITAUR).gripper is None
    assert convert.target(Command(position=[0.0] * 7, velocity=[0.0] * 7, gripper=0.5),
                          IIWA).gripper == 0.5


def test_a_complaint_makes_diagnostics_a_warning():
    fine = convert.diagnostics(1.0, 'driver', 'iiwa7', [], {'beats': 3}).status[0]
    assert (fine.level, fine.message, fine.values[0].key, fine.values[0].value) == (b'\x00', 'fine',
                                                                                    'beats', '3')
    assert convert.diagnostics(1.0, 'driver', 'iiwa7', ['too hot', 'slow'],
                               {}).status[0].message == 'too hot; slow'
    assert convert.diagnostics(1.0, 'driver', 'iiwa7', ['too hot'], {}).status[0].level == b'\x01'


def proposal_of(**fields):
    message = convert.proposal_message(Proposal(Mode.JOINT_POSITION, np.array([0.0]),
                                                np.zeros((1, 7))), 0.0)
    for name, value in fields.items():
        setattr(message, name, value)
    return message


@pytest.mark.parametrize(('fields', 'why'), [
    ({'policy_hash': 'f' * 65}, 'policy_hash should be at most 64 long, but is 65'),
    ({'width': 65, 'targets': [0.0] * 65}, 'width should be at most 64, but is 65'),
    ({'times': [0.0] * 100_001}, 'times should be at most 100000 long, but is 100001'),
    ({'gripper': [0.0] * 100_001}, 'gripper should be at most 100000 long')])
def test_what_is_longer_than_anybody_means_is_refused(fields, why):
    with pytest.raises(BadInput, match=why):
        convert.proposal(proposal_of(**fields))


@pytest.mark.parametrize('frame', ['', 'lbr_link_0'])
def test_a_proposal_in_the_robots_base_is_read(frame):
    assert convert.proposal(proposal_of(header=convert.header(0.0, frame)), 'lbr_link_0')


@pytest.mark.parametrize('frame', ['world', 'lbr_link_ee', '/lbr_link_0', 'x' * 1_000_000])
def test_a_proposal_in_another_frame_is_refused(frame):
    with pytest.raises(BadInput, match="frame_id should be 'lbr_link_0' or empty") as refused:
        convert.proposal(proposal_of(header=convert.header(0.0, frame)), 'lbr_link_0')
    assert len(str(refused.value)) < 200


def test_a_robot_of_a_million_joints_is_refused():
    with pytest.raises(BadInput, match='names should be at most 256 long, but is 1000000'):
        convert.state(JointState(name=['x'] * 1_000_000), IIWA)


def test_a_truth_whose_names_name_nothing_is_refused():
    with pytest.raises(BadInput, match='1 names should name as many, but 0 came'):
        convert.truth(WorldTruth(names=['cup']))


@pytest.mark.parametrize(('words', 'why'), [
    ({'names': ['x'] * 257}, 'the names should be at most 256 long, but is 257'),
    ({'value_names': ['x'] * 257}, 'the names should be at most 256 long, but is 257'),
    ({'names': ['x' * 65], 'poses': [Pose()]}, 'a name should be at most 64 long, but is 65'),
    ({'scene': 'f' * 65}, 'the scene should be at most 64 long, but is 65')])
def test_a_truth_of_longer_words_than_anybody_means_is_refused(words, why):
    with pytest.raises(BadInput, match=why):
        convert.truth(WorldTruth(**words))


@pytest.mark.parametrize(('kind', 'most'), [
    (JointState, 65_536), (Command, 65_536), (ProposalMessage, 8_388_608), (Image, 67_108_864)])
def test_what_has_more_bytes_than_anybody_means_is_not_even_decoded(kind, most):
    heard, said = [], []
    ear = Ear(kind, heard.append, raw=True, refuse=said.append)
    ear(bytes(most))
    ear(bytes(most + 1))
    assert len(heard) == 1
    assert said == [f'a message should be at most {most} bytes, but has {most + 1}']


@pytest.mark.parametrize('size', [{'height': 3}, {'step': 5}, {'width': 3}, {'height': 0},
                                  {'height': 2**31, 'step': 0}, {'width': 2**31}])
def test_a_picture_that_holds_other_numbers_than_it_says_is_refused(size):
    picture = {'height': 2, 'width': 2, 'step': 6, **size}
    with pytest.raises(BadInput, match='should hold'):
        images.picture(Image(encoding='rgb8', data=[7] * 12, **picture))


@pytest.mark.parametrize('seconds', [math.nan, math.inf, -1e300, 2.0**31])
def test_a_stamp_that_nobody_can_write_is_refused(seconds):
    with pytest.raises(BadInput, match='a stamp should be between'):
        convert.stamp(seconds)


@pytest.mark.parametrize(('message', 'said'), [
    (JointState(position=[0.0, 1e308]), True), (JointState(position=[0.0, math.nan]), False),
    (JointState(effort=[math.inf]), False), (Sent(position=[0.0], gripper=math.nan), True),
    (Sent(velocity=[math.nan]), False), (ProposalMessage(targets=[math.inf]), False),
    (Reward(value=math.nan), False), (Reward(value=-1e308), True),
    (ImuMessage(orientation=Quaternion(w=math.nan)), False), (Command(gripper=math.nan), True)])
def test_what_is_not_finite_is_not_said(message, said):
    assert convert.finite(message) is said
