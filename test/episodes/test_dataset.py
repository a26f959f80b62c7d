"""Recordings become arrays: what was shown at each decision, and what was done from then on."""
from __future__ import annotations

import numpy as np
import pytest
from geometry_msgs.msg import Pose
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState
from visuomotor.episodes.dataset import files_in, read_dataset
from visuomotor.episodes.log import EpisodeWriter
from visuomotor.msg import Command, EpisodeStatus, WorldTruth
from visuomotor.nodes._ros.convert import stamp
from visuomotor.nodes.recorder.topics import definition
from visuomotor.specs.errors import BadInput, Unreadable
from visuomotor.specs.observation import observation_spec
from visuomotor.specs.robot import load_robot
from visuomotor.specs.rotation import rotation_vector
from visuomotor.specs.task import load_task

ROBOT, TASK = load_robot('j2n6s300'), load_task('reach')
PERIOD, DELAY = 0.05, 0.03     # s


def seen(*names: str):
    there = observation_spec(ROBOT, TASK)
    return there.only({name: there.shapes[name].shape for name in names})


class Straight:
    """A robot whose tip moves as its first joint does, along x."""

    def pose(self, position):
        return np.array([position[0], 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])


def write(path, *, robot='j2n6s300', task='reach', result='SUCCESS', verdict=0, source=1, mode=4,
          seconds=0.4):
    """Record an episode that starts at 10 s. Joint 1 at 0.1 per s, commands asked for the time as
    the x of a twist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = EpisodeWriter(path, {'robot': robot, 'task': task, 'policy': 'scripted', 'seed': '1'})
    channels = {topic: writer.channel(topic, kind, definition(kind)) for topic, kind in (
        ('/episode', 'visuomotor/msg/EpisodeStatus'), ('/command', 'visuomotor/msg/Command'),
        ('/joint_states', 'sensor_msgs/msg/JointState'),
        ('/world/truth', 'visuomotor/msg/WorldTruth'))}

    def say(topic, message, now):
        writer.write(channels[topic], serialize_message(message), round(now * 1e9),
                     round(now * 1e9))

    say('/episode', EpisodeStatus(started=stamp(10.0)), 10.0)
    goal = Pose()
    goal.position.x = 0.7
    say('/world/truth', WorldTruth(names=['goal'], poses=[goal]), 10.0)
    for beat in range(1, round(seconds * 100) + 1):
        now = 10.0 + 0.01 * beat
        place = [0.1 * (now - 10.0), 0.0, 0.0, 0.0, 0.0, 0.0]
        joints = JointState(name=[*ROBOT.names, 'gripper'], position=[*place, 0.25], velocity=[0.0]
                            * 7)
        joints.header.stamp = stamp(now)
        say('/joint_states', joints, now)
        wanted = Command(position=place, verdict=verdict, asked_source=source, asked_mode=mode,
                         asked=[now - 10.0, 0.0, 0.0, 0.0, 0.0, 0.0] if source else [])
        wanted.header.stamp = stamp(now)
        say('/command', wanted, now)
    writer.commit({'result': result})
    return path


def test_what_is_shown_and_what_was_asked_for(tmp_path):
    data = read_dataset([write(tmp_path / 'episode_00001.mcap')], ROBOT, TASK,
                        seen('goal', 'time', 'gripper'), DELAY)
    # Decisions at the first measurement of each period, while an answer could still act for a whole
    # period.
    assert data.observations['time'][:,
                                     0] == pytest.approx([0.01, 0.06, 0.11, 0.16, 0.21, 0.26, 0.31],
                                                         abs=1e-6)
    # The command that was due 0.03 s later asked for (t, 0, 0) m/s; 0.2 m/s is 1.
    assert data.actions[:, 0] == pytest.approx([0.2, 0.45, 0.7, 0.95, 1.0, 1.0, 1.0])
    assert data.actions[:, 1:].tolist() == [[0.0, 0.0]] * 7
    assert data.observations['goal'][0].tolist() == pytest.approx([0.7, 0, 0, 0, 0, 0, 1])
    assert data.observations['gripper'][0].tolist() == [0.25]
    assert {name: value.dtype.name for name, value in data.observations.items()} == {
        'goal': 'float32', 'time': 'float32', 'gripper': 'float32'}


@pytest.mark.parametrize('changes', [{'verdict': 1}, {'verdict': 3}, {'source': 0}, {'mode': 2}])
def test_what_safety_changed_is_learned_as_it_was_done(tmp_path, changes):
    file = write(tmp_path / 'episode_00001.mcap', **changes)
    data = read_dataset([file], ROBOT, TASK, seen('goal'), DELAY, Straight())
    assert data.actions[:, 0] == pytest.approx([0.5] * 7, abs=1e-6)    # the tip went 0.1 m/s


def test_what_safety_only_slowed_is_learned_as_it_was_asked_for(tmp_path):
    file = write(tmp_path / 'episode_00001.mcap', verdict=2)
    assert read_dataset([file], ROBOT, TASK, seen('goal'), DELAY,
                        Straight()).actions[0, 0] == pytest.approx(0.2)


def test_episodes_lie_behind_each_other_and_others_are_counted(tmp_path):
    files = [write(tmp_path / 'a' / 'episode_00001.mcap'),
             write(tmp_path / 'a' / 'episode_00002.mcap', result='ABORTED'),
             write(tmp_path / 'b' / 'episode_00001.mcap', seconds=0.2)]
    data = read_dataset(files_in([tmp_path]), ROBOT, TASK, seen('goal'), DELAY)
    assert data.starts.tolist() == [0, 7, 10]
    assert data.files == (files[0], files[2])
    assert data.left_out == {'ABORTED': 1}
    again = read_dataset(files_in([tmp_path]), ROBOT, TASK, seen('goal'), DELAY)
    assert data.hash == again.hash
    assert data.hash != read_dataset(files[:1], ROBOT, TASK, seen('goal'), DELAY).hash


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'robot': 'iiwa7'},
     r"00002\.mcap is an episode of robot 'iiwa7', but what is learned is for 'j2n6s300'"),
    ({'task': 'grasp'},
     r"00002\.mcap is an episode of task 'grasp', but what is learned is for 'reach'"),
])
def test_robots_and_tasks_are_not_mixed(tmp_path, changes, sentence):
    files = [write(tmp_path / 'episode_00001.mcap'),
             write(tmp_path / 'episode_00002.mcap', **changes)]
    with pytest.raises(BadInput, match=sentence):
        read_dataset(files, ROBOT, TASK, seen('goal'), DELAY)


def test_a_file_that_is_damaged_is_named(tmp_path):
    whole = write(tmp_path / 'episode_00001.mcap')
    content = whole.read_bytes()
    for number, damaged in enumerate((b'', content[:200], content[:-300], b'no episode at all'
                                      * 100), start=2):
        file = tmp_path / f'episode_{number:05d}.mcap'
        file.write_bytes(damaged)
        with pytest.raises(Unreadable, match=file.name):
            read_dataset([file], ROBOT, TASK, seen('goal'), DELAY)


def test_nothing_to_learn_from_is_said(tmp_path):
    with pytest.raises(BadInput, match="There are no episodes in"):
        files_in([tmp_path])
    with pytest.raises(BadInput, match="There are no episodes in"):
        files_in([tmp_path / 'none'])
    file = write(tmp_path / 'episode_00001.mcap', result='FAILURE')
    with pytest.raises(BadInput,
                       match=r"None of these episodes can be learned from \(\{'FAILURE': 1\}\)"):
        read_dataset([file], ROBOT, TASK, seen('goal'), DELAY)


def test_a_turn_is_told_the_short_way():
    half = np.sqrt(0.5)
    upright, quarter = np.array([0.0, 0, 0, 1]), np.array([0.0, 0, half, half])
    assert rotation_vector(upright, quarter) == pytest.approx([0, 0, np.pi / 2])
    assert rotation_vector(quarter, -upright) == pytest.approx([0, 0, -np.pi / 2])
