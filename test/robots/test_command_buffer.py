"""What is really sent, what is refused and when silence begins, in literals. The same for every
robot."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.robots.command_buffer import CommandBuffer
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import Gripper, Joint, RobotSpec
from visuomotor.specs.values import Target

JOINTS = (Joint('a', -1.0, 1.0, 2.0, 10.0, 100.0, 1.0), Joint('b', -1.0, 1.0, 4.0, 5.0, 50.0, 1.0))
SPEC = RobotSpec('two', joints=JOINTS, home=(0.0, 0.0), control_hz=100.0, command_age=0.1,
                 gripper=Gripper())


def wish(a, b=0.0, speed=0.0, gripper=None):
    return Target(np.array([a, b]), np.full(2, speed), gripper)


@pytest.fixture
def buffer():
    return CommandBuffer(SPEC)


def test_the_first_command_sets_out_from_where_the_robot_rests(buffer):
    sent, span = buffer.take(wish(0.9, 0.9), 5.0, [0.5, 0.5])
    assert sent.position == pytest.approx([0.52, 0.54])   # 2 and 4 rad/s for 10 ms
    assert span == 0.01


def test_the_next_one_sets_out_from_what_was_sent_and_has_the_time_that_passed(buffer):
    buffer.take(wish(0.0), 5.0, [0.0, 0.0])
    sent, span = buffer.take(wish(0.9), 5.05, [0.7, 0.7])
    assert sent.position[0] == pytest.approx(0.1)
    assert span == pytest.approx(0.05)


def test_late_commands_get_no_more_time_than_the_age_and_early_ones_a_whole_beat(buffer):
    buffer.take(wish(0.0), 5.0, [0.0, 0.0])
    assert buffer.take(wish(0.0), 5.001, [0.0, 0.0])[1] == 0.01
    assert buffer.take(wish(0.0), 6.0, [0.0, 0.0])[1] == 0.1


def test_limits_hold_and_who_is_outside_goes_no_further(buffer):
    assert buffer.take(wish(5.0), 5.0, [0.995, 0.0])[0].position[0] == 1.0
    buffer.rest()
    assert buffer.take(wish(5.0), 6.0, [1.003, 0.0])[0].position[0] == 1.003
    buffer.rest()
    assert buffer.take(wish(0.99), 7.0, [1.003, 0.0])[0].position[0] == 0.99


def test_speeds_and_the_gripper_are_cut(buffer):
    sent, _ = buffer.take(wish(0.0, speed=3.0, gripper=7.0), 5.0, [0.0, 0.0])
    assert sent.velocity.tolist() == [2.0, 3.0]
    assert sent.gripper == 1.0
    assert buffer.take(wish(0.0), 5.01, [0.0, 0.0])[0].gripper is None


@pytest.mark.parametrize(('target', 'sentence'), [
    (Target(np.zeros(3), np.zeros(2)), r'two expects 2 positions, but got shape \(3,\)'),
    (Target(np.zeros(2), np.zeros(1)), r'two expects 2 velocities, but got shape \(1,\)'),
    (Target(np.array([np.nan, 0.0]), np.zeros(2)),
     r'two expects finite positions, but got \[nan, 0.0\]'),
    (Target(np.zeros(2), np.array([0.0, np.inf])), 'two expects finite velocities'),
    (wish(0.0, gripper=float('nan')), 'two expects a finite gripper target, but got nan')])
def test_nonsense_is_refused_and_changes_nothing(buffer, target, sentence):
    with pytest.raises(BadInput, match=sentence):
        buffer.take(target, 5.0, [0.0, 0.0])
    assert not buffer.obeying


@pytest.mark.filterwarnings('ignore:overflow')
def test_numbers_too_big_to_be_squared_are_finite(buffer):
    assert buffer.take(wish(1e200), 5.0, [0.0, 0.0])[0].position[0] == pytest.approx(0.02)


def test_silence_is_told_once_and_ends_with_the_next_command(buffer):
    assert not buffer.ran_out(9.0)
    buffer.take(wish(0.0), 5.0, [0.0, 0.0])
    assert not buffer.ran_out(5.1)
    assert buffer.alarms == ()
    assert [buffer.ran_out(5.101), buffer.ran_out(5.2)] == [True, False]
    assert buffer.alarms == ('No command for more than 0.1 s: braked and holding.',)
    buffer.take(wish(0.0), 5.3, [0.0, 0.0])
    assert buffer.alarms == ()


def test_somebody_who_said_rest_is_not_silent(buffer):
    buffer.take(wish(0.0), 5.0, [0.0, 0.0])
    buffer.rest()
    assert not buffer.ran_out(9.0)
    assert buffer.alarms == ()
