"""Hostile proposals, brakes and take-overs at random moments, judged from outside. The short
version of the bench."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visuomotor.benchmarks import safety_fuzz, safety_moments
from visuomotor.benchmarks.safety_fuzz import Fuzz, GraphStatistics
from visuomotor.evaluation.judges import CollisionJudge, LimitJudge
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import load_robot

ROBOTS = ('iiwa7', 'j2n6s300', 'minitaur')
FUZZES = {}


def fuzz(robot) -> Fuzz:
    """One for each robot; making it takes longer than using it."""
    if robot not in FUZZES:
        FUZZES[robot] = Fuzz(robot)
    return FUZZES[robot]


@pytest.mark.parametrize('robot', ROBOTS)
@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_no_company_is_bad_enough(robot, seed):
    statistics = GraphStatistics(robot)
    fuzz(robot).chunk(statistics, seed, cycles=400)
    assert statistics.broken.total() == 0, statistics.broken
    assert statistics.collisions.total() == 0, statistics.collisions
    assert statistics.unanswered == 0
    assert sum(statistics.verdicts.values()) == statistics.cycles == 400
    assert statistics.refused > 0


def test_the_judge_sees_what_a_filter_without_eyes_does():
    blind, statistics = fuzz('iiwa7'), GraphStatistics('iiwa7')
    blind = replace_filter(blind)
    for seed in range(3):
        blind.chunk(statistics, seed, cycles=1500)
    assert statistics.collisions.total() > 0


def replace_filter(sighted: Fuzz) -> Fuzz:
    class Blind(Fuzz):
        def __init__(self):
            self.__dict__ = dict(sighted.__dict__)

        def filter(self):
            return SafetyFilter(self.spec, self.kinematics, Limits(), armed=True, feels=False)
    return Blind()


@pytest.mark.parametrize(('what', 'change'), [
    ('position', ([0, 0, 0, 0, 0, 0, 3.1], [0] * 7)), ('speed', ([0] * 7, [0, 0, 0, 0, 0, 0, 3.2])),
    ('position', ([np.nan] * 7, [0] * 7))])
def test_the_judge_counts_one_wrong_command(what, change):
    judge = LimitJudge(load_robot('iiwa7'))
    judge.see(np.array(change[0], dtype=float), np.array(change[1], dtype=float))
    assert judge.broken[what] == 1


def test_the_judge_counts_acceleration_and_jerk():
    judge, still = LimitJudge(load_robot('iiwa7')), np.zeros(7)
    judge.see(still, still)
    judge.see(still, still + 0.1)   # 10 rad/s^2
    assert judge.broken['acceleration'] == 1
    judge = LimitJudge(load_robot('iiwa7'))
    for speed in (0.0, 0.0, 0.02):   # 2 rad/s^2 at once: 200 rad/s^3
        judge.see(still, still + speed)
    assert (judge.broken['acceleration'], judge.broken['jerk']) == (0, 1)


def test_the_judge_of_collisions_knows_the_table():
    iiwa = fuzz('iiwa7')
    judge = CollisionJudge(iiwa.spec, iiwa.fixtures, iiwa.scene)
    assert judge.touching(np.array(iiwa.spec.home)) == []
    assert any('tray' in pair or 'floor' in pair
               for pair in judge.touching(np.array([0, 1.6, 0, -0.6, 0, 0.8, 0])))
    judge.close()


@pytest.mark.parametrize('robot', ROBOTS)
def test_from_random_moments_it_brakes_to_rest_inside_all_limits(robot):
    seen = safety_moments.brakes(fuzz(robot), 15, seed=3)
    assert (seen.broken.total(), seen.restless) == (0, 0), seen
    assert seen.moving > 7
    assert max(seen.seconds) < 0.6


@pytest.mark.parametrize('robot', ROBOTS)
def test_taking_over_and_handing_back_never_jumps(robot):
    seen = safety_moments.takeovers(fuzz(robot), 8, seed=4)
    assert (seen.broken.total(), seen.restless) == (0, 0), seen
    assert seen.worst['acceleration'] <= 1.0
    assert seen.worst['jerk'] <= 1.0


def test_a_tally_goes_on_where_it_ended(tmp_path):
    file, told = tmp_path / 'statistics.json', []
    one = GraphStatistics('minitaur', chunks=2, cycles=10)
    one.verdicts.update(PASS=3)
    one.store(file)
    assert safety_fuzz.restore(file, 'minitaur') == one
    assert safety_fuzz.run('minitaur', 10, file, told.append) == one
    assert replace(one, cycles=11).violations == 0
    assert told == []
