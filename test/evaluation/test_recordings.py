"""Recordings of another robot, or of several, are refused in one sentence. How sure a success rate
is."""
from __future__ import annotations

import struct

import pytest
from visuomotor.episodes.log import EpisodeWriter
from visuomotor.evaluation import recordings, rejudge, statistics
from visuomotor.specs.errors import BadInput

STATE = 'string[] name\nfloat64[] position\nfloat64[] velocity\nfloat64[] effort\n'


def state(*names):
    words = [struct.pack('<I', len(name) + 1) + name.encode() + bytes(-len(name) % 4 or 4)
             for name in names]
    return b'\x00\x01\x00\x00' + struct.pack('<I', len(names)) + b''.join(words) + bytes(12)


def episode(path, about, *names):
    """An episode in which one state was heard: no joint has a number in it."""
    writer = EpisodeWriter(path, about)
    if names:
        writer.write(writer.channel('joint_states', 'sensor_msgs/msg/JointState', STATE),
                     state(*names), 1, 1)
    return writer.commit({}).path


def test_a_mixture_of_robots_is_refused(tmp_path):
    first = episode(tmp_path / 'a.mcap', {'robot': 'iiwa7', 'task': 'grasp'})
    second = episode(tmp_path / 'b.mcap', {'robot': 'j2n6s300', 'task': 'reach'})
    with pytest.raises(BadInput,
                       match=r'a\.mcap is of iiwa7 and grasp and .*b\.mcap of j2n6s300 and reach; judge'):  # noqa: E501
        recordings.judge([first, second])


def test_an_episode_that_does_not_say_what_it_is_of_is_refused(tmp_path):
    nameless = episode(tmp_path / 'a.mcap', {'task': 'grasp'})
    for judge in (lambda: recordings.judge([nameless]), lambda: rejudge.rejudge(nameless, {})):
        with pytest.raises(BadInput,
                           match=r'a\.mcap does not say which robot it was recorded with\.'):
            judge()


def test_the_joints_of_another_robot_are_refused(tmp_path):
    wrong = episode(tmp_path / 'a.mcap', {'robot': 'iiwa7', 'task': 'grasp'}, 'one', 'two')
    for judge in (lambda: recordings.judge([wrong]), lambda: rejudge.rejudge(wrong, {})):
        with pytest.raises(BadInput,
                           match=r'hold the joints of iiwa7, but holds one, two; lbr_A1, .* are missing\.'):  # noqa: E501
            judge()


def test_nothing_to_judge_is_refused():
    with pytest.raises(BadInput, match='none was given'):
        recordings.judge([])


def test_wilson_against_the_published_values():
    assert statistics.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert statistics.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert statistics.wilson(0, 0) == (0.0, 1.0)
