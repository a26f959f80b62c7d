"""Who is followed, who is refused and why: tables of literals."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from visuomotor.safety.limits import Limits
from visuomotor.safety.sources import Sources
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.settings import build
from visuomotor.specs.values import Proposal

IIWA, MINITAUR = load_robot('iiwa7'), load_robot('minitaur')
GOOD = Proposal(Mode.JOINT_VELOCITY, np.array([0.0, 0.1]), np.zeros((2, 7)), observed=10.0)
POSE = Proposal(Mode.CARTESIAN_POSE, np.array([0.0]), np.array([[0.5, 0, 0.5, 0, 0, 0, 1.0]]),
                observed=10.0)
POLICY = 1
RESET = 2
TELEOP = 3


def changed(**fields) -> Proposal:
    return replace(GOOD, **fields)


@pytest.mark.parametrize(('proposal', 'sentence'), [
    (changed(source=7), 'source should be 1, 2 or 3, but is 7'),
    (changed(mode=Mode.LEG), 'iiwa7 has no legs'),
    (changed(times=np.zeros(0), targets=np.zeros((0, 7))), 'it holds no target'),
    (changed(targets=np.zeros((2, 6))),
     '2 targets of mode joint_velocity should be 7 wide, but are 2 x 6'),
    (changed(targets=np.zeros((1, 7))), 'should be 7 wide, but are 1 x 7'),
    (changed(targets=np.full((2, 7), np.nan)), 'its targets are not all finite'),
    (changed(targets=np.full((2, 7), np.inf)), 'its targets are not all finite'),
    (changed(targets=np.full((2, 7), 1e7)), 'its targets go beyond 1e+06'),
    (changed(times=np.array([0.0, np.nan])), 'its times are not all finite'),
    (changed(gripper=np.array([0.0, np.inf])), 'its gripper values are not all finite'),
    (changed(gripper=np.array([0.0])), 'one gripper value for each of its 2 targets, but holds 1'),
    (changed(mode=Mode.GRIPPER, targets=np.zeros((2, 0))),
     'one gripper value for each of its 2 targets, but holds 0'),
    (changed(times=np.array([0.1, 0.1])), 'its times should rise'),
    (changed(times=np.array([0.1, 0.0])), 'its times should rise'),
    (changed(times=np.array([-0.1, 0.0])), 'its times should rise from 0 or more'),
    (changed(times=np.array([0.0, 31.0])), 'it plans 31.0 s ahead, more than 30 s'),
    (changed(times=np.arange(501) / 100, targets=np.zeros((501, 7))),
     'it holds 501 targets, more than 500'),
    (changed(observed=10.5), 'an observation 0.45 s in the future'),
    (changed(observed=8.9), 'an observation 1.15 s old, older than 1 s'),
    (changed(observed=np.nan), 'its observation stamp is not a number'),
    (changed(observed=np.inf), 'its observation stamp is not a number'),
    (replace(POSE, targets=np.array([[0.5, 0, 0.5, 0, 0, 0, 0.5]])),
     'a quaternion is not of length 1'),
])
def test_what_cannot_be_followed_is_refused_with_its_reason(proposal, sentence):
    sources = Sources(IIWA, Limits())
    assert sentence in sources.hear(proposal, 10.05)
    assert sources.refused == 1
    assert sentence in sources.told()[0]
    assert sources.told() == ()
    assert sources.winner(10.1)[0] is None


@pytest.mark.parametrize(('proposal', 'sentence'), [
    (Proposal(Mode.CARTESIAN_TWIST, np.array([0.0]), np.zeros((1, 6)), observed=10.0),
     'walks and has no end-effector'),
    (Proposal(Mode.GRIPPER, np.array([0.0]), np.zeros((1, 0)), np.array([1.0]), observed=10.0),
     'has no gripper'),
])
def test_a_walker_refuses_what_needs_an_arm(proposal, sentence):
    assert sentence in Sources(MINITAUR, Limits()).hear(proposal, 10.05)


def test_an_answer_to_an_older_observation_than_the_last_is_refused():
    sources = Sources(IIWA, Limits())
    assert sources.hear(GOOD, 10.05) == ''
    assert 'an observation 0.100 s older than the one before' in sources.hear(changed(observed=9.9),
                                                                              10.06)
    assert sources.hear(GOOD, 10.07) == ''


def test_a_person_comes_before_a_reset_before_a_policy():
    sources = Sources(IIWA, Limits())
    for source in (POLICY, TELEOP, RESET):
        sources.hear(changed(source=source, dead_man=True), 10.0)
    assert sources.winner(10.05)[0].proposal.source == TELEOP
    sources.hear(changed(source=TELEOP, dead_man=False), 10.05)
    assert sources.winner(10.05)[0].proposal.source == RESET


def test_without_the_dead_man_a_person_is_not_followed():
    sources = Sources(IIWA, Limits())
    sources.hear(changed(source=TELEOP, dead_man=False), 10.0)
    assert sources.winner(10.05) == (None, '')


def test_silence_means_that_a_source_is_no_longer_followed():
    sources = Sources(IIWA, Limits())
    sources.hear(changed(times=np.array([0.0, 5.0])), 10.0)
    assert sources.winner(10.49)[0] is not None
    assert sources.winner(10.52) == (None, 'policy has been silent for 0.52 s')


def test_a_reset_that_falls_silent_leaves_the_word_to_the_policy():
    sources = Sources(IIWA, Limits())
    sources.hear(changed(source=RESET), 10.0)
    sources.hear(changed(observed=10.6), 10.6)
    assert sources.winner(10.7)[0].proposal.source == POLICY


def test_a_person_who_vanishes_with_the_switch_held_hands_back_to_nobody():
    sources = Sources(IIWA, Limits())
    sources.hear(changed(source=TELEOP, dead_man=True), 10.0)
    sources.hear(changed(observed=10.6), 10.6)
    assert sources.winner(10.7) == (None, 'teleop has been silent for 0.70 s')


def test_a_source_that_says_it_has_finished_may_fall_silent():
    sources = Sources(IIWA, Limits())
    sources.hear(GOOD, 10.0, last=True)
    assert sources.winner(10.1)[0] is not None
    assert sources.winner(10.2) == (None, '')


def test_a_chunk_rules_until_the_next_one_is_due():
    sources = Sources(IIWA, Limits())
    sources.hear(changed(policy_hash='first'), 10.0)
    sources.hear(changed(policy_hash='second', observed=10.05, times=np.array([0.2, 0.3])), 10.06)
    assert sources.winner(10.2)[0].proposal.policy_hash == 'first'
    assert sources.winner(10.25)[0].proposal.policy_hash == 'second'


def test_a_clock_that_went_back_forgets_what_was_said():
    sources = Sources(IIWA, Limits())
    sources.hear(GOOD, 10.0)
    sources.clear()
    assert sources.winner(10.0) == (None, '')
    assert sources.hear(changed(observed=5.0), 5.0) == ''


@pytest.mark.parametrize(('field', 'value', 'sentence'), [
    ('speed_share', 1.5, 'speed_share should be above 0 and at most 1'),
    ('jerk_share', 0.0, 'jerk_share'),
    ('state_age', 0.0, 'state_age should be above 0'),
    ('proposal_age', -1.0, 'proposal_age should be above 0'),
    ('observation_age', float('nan'), 'observation_age should be a finite number'),
    ('future', float('inf'), 'future should be a finite number'),
    ('position_margin', -0.1, 'position_margin should be 0 or more'),
    ('longest_chunk', 0, 'longest_chunk')])
def test_limits_that_make_no_sense_are_refused(field, value, sentence):
    with pytest.raises(BadInput, match=sentence):
        build(Limits, {field: value}, 'safety')
