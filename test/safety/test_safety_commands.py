"""`visuomotor safety …` as a user types it."""
from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from visuomotor.cli.main import main
from visuomotor.episodes.log import EpisodeWriter
from visuomotor.evaluation import rejudge
from visuomotor.msg import Command
from visuomotor.nodes._ros import convert
from visuomotor.nodes.recorder.topics import definition
from visuomotor.robots import collision_pairs
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Proposal, State

IIWA = load_robot('iiwa7')


def run(monkeypatch, capsys, *words) -> tuple[int, str]:
    monkeypatch.setattr(sys, 'argv', ['visuomotor', 'safety', *words])
    monkeypatch.setenv('COLUMNS', '200')
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out + said.err


def test_show_prints_limits_and_their_sources(monkeypatch, capsys):
    code, said = run(monkeypatch, capsys, 'show', 'iiwa7')
    assert code == 0
    assert 'lbr_A4' in said
    assert '-2.089 .. 2.089' in said     # the limit less the margin
    assert '2.155' in said               # 0.95 of 2.268928 rad/s
    assert 'nobody published one' in said
    assert '10 pairs of links are not looked at' in said


def test_show_takes_other_limits_and_says_so(monkeypatch, capsys):
    code, said = run(monkeypatch, capsys, 'show', 'minitaur', '--set', 'speed_share=0.5')
    assert code == 0
    assert '20.000' in said
    assert '--set' in said


@pytest.mark.parametrize(('words', 'sentence'), [
    (('show', 'iiwa'), "no robot 'iiwa'"),
    (('show', 'iiwa7', '--set', 'sped_share=1'), 'did you mean speed_share'),
    (('show', 'iiwa7', '--set', 'speed_share=2'), 'speed_share should be above 0 and at most 1'),
    (('show', 'iiwa7', '--set', 'fast'), 'given as name=value'),
    (('replay', '/nowhere.mcap'), '/nowhere.mcap'),
    (('pairs', 'minitaur'), 'choose an arm')])
def test_what_does_not_fit_is_one_sentence(monkeypatch, capsys, words, sentence):
    code, said = run(monkeypatch, capsys, *words)
    assert code == 2
    assert sentence in said
    assert 'Traceback' not in said


def test_pairs_are_found_and_stored(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(collision_pairs, 'file', lambda robot: tmp_path / f'{robot}.yaml')
    code, _ = run(monkeypatch, capsys, 'pairs', 'iiwa7')
    assert code == 0
    assert collision_pairs.load(IIWA).touching[:2] == (('lbr_link_0', 'lbr_link_1'),
                                                       ('lbr_link_1', 'lbr_link_2'))


def test_a_robot_without_stored_pairs_is_looked_at_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(collision_pairs, 'file', lambda robot: tmp_path / 'none.yaml')
    monkeypatch.setattr(collision_pairs, 'find', lambda robot: 'found anew')
    assert collision_pairs.load(IIWA) == 'found anew'


@pytest.fixture
def episode(tmp_path):
    """One second of an iiwa that turns its first joint at 1 rad/s, as a recorder would have written
    it."""
    writer = EpisodeWriter(tmp_path / 'episode_00001.mcap', {'robot': 'iiwa7', 'task': 'grasp'})
    channels = {topic: writer.channel(topic, kind, definition(kind)) for topic, kind in (
        ('/joint_states', 'sensor_msgs/msg/JointState'),
        ('/action/policy', 'visuomotor/msg/Proposal'),
        ('/command', 'visuomotor/msg/Command'))}
    for beat in range(100):
        now, place = 50.0 + 0.01 * beat, np.array(IIWA.home) + 0.01 * beat * np.eye(7)[0]
        speeds = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), np.eye(7)[:1], np.zeros(0), now, 1)
        state = convert.joint_state(State(now, place, np.eye(7)[0], np.zeros(7)), IIWA)
        command = Command(header=state.header, position=convert.doubles(place),
                          velocity=convert.doubles(np.eye(7)[0]))
        for topic, message in (('/action/policy', convert.proposal_message(speeds, now)),
                               ('/joint_states', state),
                               ('/command', command)):
            writer.write(channels[topic], serialize_message(message), round(now * 1e9),
                         round(now * 1e9))
    return writer.commit({}).path


def test_a_recording_judged_under_the_same_limits_does_the_same(episode):
    report = rejudge.rejudge(episode, {})
    assert report.cycles == 100
    assert report.then == Counter(PASS=100)
    assert report.now['PASS'] > 60
    assert report.furthest < 0.35   # it begins at rest, and the tip box ends the turn


def test_under_other_limits_it_says_what_would_change(monkeypatch, capsys, episode):
    report = rejudge.rejudge(episode, {'speed_share': 0.3})
    assert report.now['CLIP'] > 60
    assert report.why_now['lbr_A1 faster than its speed limit'] > 90
    assert report.changed['PASS to CLIP'] == report.now['CLIP']
    assert report.furthest == pytest.approx(0.99 - 0.3 * 1.710422, abs=0.08)
    code, said = run(monkeypatch, capsys, 'replay', str(episode), '--set', 'speed_share=0.3')
    assert code == 0
    assert 'changed from PASS to CLIP' in said
    assert 'lbr_A1 faster than its speed limit' in said


def test_a_recording_is_judged_by_other_code(monkeypatch, capsys, episode):
    code, said = run(monkeypatch, capsys, 'judge', str(episode))
    # it begins at full speed, out of nowhere, and its tip leaves the box
    assert code == 1
    assert '1 episodes, 1 s, 100 commands' in said
    assert 'workspace' in said
    assert 'PASS 100' in said
