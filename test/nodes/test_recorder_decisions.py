"""When a file begins and ends, what it carries, and what is said when the disk refuses."""
from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from mcap_ros2._dynamic import generate_dynamic
from visuomotor.episodes import log
from visuomotor.nodes.recorder import recording, topics
from visuomotor.nodes.recorder.recording import (
    Recording,
    Todo,
    description,
    interrupted,
    outcome,
    todo,
)
from visuomotor.specs.errors import BadInput

IDLE, RESETTING, RUNNING, JUDGING, STORING, FAULT, FINISHED = range(7)
ABOUT = description('iiwa7', 'grasp', 'scripted', 1, 7)
OUTCOME = outcome(1, duration=2.0, policy_hash='abc')
STAMPED = b'\x00\x01\x00\x00' + struct.pack('<iI', 3, 500_000_000) + b'\x01\x00\x00\x00\x00'


@pytest.mark.parametrize(('under_way', 'state', 'number', 'resets', 'expected'), [
    (0, IDLE, 0, False, Todo()),
    (0, RESETTING, 1, False, Todo()),
    (0, RESETTING, 1, True, Todo(begin=True)),
    (0, RUNNING, 1, False, Todo(begin=True)),
    (1, RUNNING, 1, False, Todo()),
    (1, JUDGING, 1, False, Todo()),
    (1, STORING, 1, False, Todo(store=True)),
    (0, STORING, 1, False, Todo()),                        # stored already; said again
    (1, RUNNING, 2, False, Todo(cut=True, begin=True)),    # the supervisor was started anew
    (1, RESETTING, 2, False, Todo(cut=True)),
    (1, FAULT, 1, False, Todo(cut=True)),
    (1, FINISHED, 1, False, Todo(cut=True)),
    (1, IDLE, 0, False, Todo(cut=True)),
    (0, FINISHED, 5, False, Todo()),
])
def test_what_to_do_with_the_file(under_way, state, number, resets, expected):
    assert todo(under_way, state, number, resets) == expected


def test_the_text_of_a_type_carries_every_type_inside_it_once():
    text = topics.definition('visuomotor/msg/EpisodeStatus')
    assert [line for line in text.splitlines() if line.startswith('MSG: ')] == [
        'MSG: std_msgs/Header', 'MSG: builtin_interfaces/Time', 'MSG: visuomotor/EpisodeOutcome']
    assert text.count('=' * 80) == 3
    assert 'visuomotor/EpisodeOutcome' in generate_dynamic('visuomotor/msg/EpisodeStatus', text)


def test_every_topic_of_the_graph_has_a_type_that_standard_tools_can_decode():
    kinds = set(topics.to_record([], ['front']).values())
    assert all(kind in generate_dynamic(kind, topics.definition(kind)) for kind in kinds)


def test_fields_of_every_form_are_understood():
    content = ('# geometry_msgs/Twist hidden\nuint8 A=1\nstring<=10 name\nPoint[] few\n'
               'geometry_msgs/Pose[<=3] some # x\nfloat64[9] m\nint32 x 5\n')
    assert topics.needed('geometry_msgs/msg/Thing', content) == ['geometry_msgs/msg/Point',
                                                                 'geometry_msgs/msg/Pose']


def test_an_unknown_type_is_refused():
    with pytest.raises(BadInput, match=r"no message type 'no_msgs/msg/Nothing'"):
        topics.definition('no_msgs/msg/Nothing')


def test_topics_are_given_or_else_the_whole_graph():
    assert topics.to_record(['a std_msgs/msg/Bool', 'episode x/msg/Y'],
                            ['front']) == {'a': 'std_msgs/msg/Bool'}
    everything = topics.to_record([], ['front'])
    assert everything['camera/front/image'] == 'sensor_msgs/msg/Image'
    assert everything['action/teleop'] == 'visuomotor/msg/Proposal'
    assert topics.split_type('sensor_msgs/msg/Image') == ('sensor_msgs.msg', 'Image')


@pytest.mark.parametrize('line',
                         ['joint_states', 'joint_states sensor_msgs/JointState', 'a b c/msg/D'])
def test_a_topic_without_a_whole_type_is_refused(line):
    with pytest.raises(BadInput, match=r'topic package/msg/Name'):
        topics.to_record([line], [])


def test_stamps_are_read_without_decoding():
    assert recording.stamp_of(STAMPED) == 3_500_000_000
    assert recording.starts_with_header('# x\nuint8 A=1\n\nstd_msgs/Header header # when\nfloat64 '
                                        'x\n')
    assert not recording.starts_with_header('uint32 number\nstd_msgs/Header header\n')


def test_an_episode_is_stored_with_its_own_stamps(tmp_path):
    kept = Recording(tmp_path)
    kept.write('tip', 'geometry_msgs/msg/PointStamped', STAMPED, 1)  # between episodes: not kept
    kept.begin(1, ABOUT)
    kept.write('tip', 'geometry_msgs/msg/PointStamped', STAMPED + bytes(27), 4_000_000_000)
    report = kept.end(OUTCOME)
    assert (report.number, report.stored, report.messages, report.message) == (1, True, 1, '')
    assert Path(report.file) == tmp_path / 'episode_00001.mcap'
    assert report.bytes == os.path.getsize(report.file)
    assert kept.number == 0


def test_a_folder_that_was_used_before_continues_counting(tmp_path):
    (tmp_path / 'episode_00041.mcap.part').touch()
    kept = Recording(tmp_path)
    kept.begin(1, ABOUT)
    assert kept.end(OUTCOME).file == str(tmp_path / 'episode_00042.mcap')
    kept.begin(2, ABOUT)
    assert kept.end(OUTCOME).file == str(tmp_path / 'episode_00043.mcap')


def test_a_second_run_goes_on_behind_the_first(tmp_path):
    kept, files = Recording(tmp_path), []
    for number in (1, 2, 1):   # the supervisor begins to count anew
        kept.begin(number, ABOUT)
        files.append(Path(kept.end(OUTCOME).file).name)
    assert files == ['episode_00001.mcap', 'episode_00002.mcap', 'episode_00003.mcap']


# refused when it is finished, and while it is written
@pytest.mark.parametrize('size', [27, 3_000_000])
def test_a_full_disk_costs_the_episode_and_says_so(tmp_path, size, monkeypatch):
    kept = Recording(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(log, 'part_of', lambda path: Path('/dev/full'))
        kept.begin(1, ABOUT)
    kept.write('tip', 'geometry_msgs/msg/PointStamped', STAMPED + os.urandom(size), 1)
    report = kept.end(OUTCOME)
    assert (report.number, report.stored, report.file) == (1, False, '')
    assert 'No space left on device; make room there.' in report.message
    kept.begin(2, ABOUT)
    assert kept.end(OUTCOME).stored


def test_a_folder_that_cannot_be_made_is_refused_before_anything_moves(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(BadInput, match=r'cannot be written to .*choose another folder'):
        Recording(tmp_path / 'file' / 'run')


def test_what_is_known_of_an_episode():
    assert (ABOUT['robot'], ABOUT['seed'], ABOUT['number']) == ('iiwa7', '7', '1')
    assert ABOUT['visuomotor'].count('.') == 2
    assert (OUTCOME['result'], OUTCOME['truth'], OUTCOME['duration']) == ('SUCCESS', 'UNKNOWN',
                                                                          '2.0')
    assert interrupted(1.5, '')['result'] == 'ABORTED'
