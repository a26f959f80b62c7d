"""Hostile proposals, followers that are late, off or lie, brakes and take-overs at random moments,
judged from outside. The short version of the bench."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from visuomotor.benchmarks import safety_fuzz, safety_moments
from visuomotor.benchmarks.safety_fuzz import TELLINGS, Fuzz, FuzzStatistics
from visuomotor.evaluation.judges import CollisionJudge, LimitJudge, PathJudge
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import load_robot

ROBOTS = ('iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300', 'minitaur')
FUZZES = {}


def fuzz(robot) -> Fuzz:
    """One for each robot; making it takes longer than using it."""
    if robot not in FUZZES:
        FUZZES[robot] = Fuzz(robot)
    return FUZZES[robot]


@pytest.mark.parametrize(('robot', 'follower'), [
    *(('iiwa7', follower) for follower in TELLINGS),
    *((robot, follower) for robot in ROBOTS[1:4] for follower in ('ideal', 'noise', 'voices')),
    *(('j2n6s300', follower) for follower in ('offset', 'jitter', 'freezes'))])
def test_no_company_is_bad_enough(robot, follower):
    statistics = FuzzStatistics(robot, follower)
    fuzz(robot).chunk(statistics, seed=1, cycles=400)
    assert statistics.broken.total() == 0, statistics.broken
    assert statistics.collisions.total() == 0, statistics.collisions
    assert statistics.unanswered == 0
    assert statistics.cycles == 400
    assert sum(statistics.verdicts.values()) >= 390   # the newest states are still under way
    assert statistics.refused > 0
    assert statistics.moving > 40


def test_no_company_moves_a_walker_on_the_ground_beyond_what_may_be_commanded():
    statistics = FuzzStatistics('minitaur')
    fuzz('minitaur').chunk(statistics, 1, cycles=300)
    broken = {what: count for what, count in statistics.broken.items() if 'commanded' in what}
    assert not any(broken.values())
    assert statistics.worst['commanded speed'] > 0.5
    assert statistics.unanswered == 0


def test_the_judge_sees_what_a_filter_without_eyes_does():
    blind, statistics = fuzz('iiwa7'), FuzzStatistics('iiwa7')
    blind = replace_filter(blind)
    for seed in range(3):
        blind.chunk(statistics, seed, cycles=1500)
    assert any('commanded' in pair for pair in statistics.collisions)


def replace_filter(sighted: Fuzz) -> Fuzz:
    class Blind(Fuzz):
        def __init__(self):
            self.__dict__ = dict(sighted.__dict__)

        def filter(self):
            return SafetyFilter(self.spec, self.kinematics, Limits(), armed=True, feels=False)
    return Blind()


def path_judge(times, places) -> PathJudge:
    judge = PathJudge(load_robot('iiwa7'))
    for moment, place in zip(times, places, strict=True):
        judge.see(moment, np.array([place, 0, 0, 0, 0, 0, 0], dtype=float))
    return judge


@pytest.mark.parametrize('times', [np.arange(20) * 0.01, np.cumsum([0.007, 0.013, 0.01] * 7)])
@pytest.mark.parametrize(('power', 'scale', 'what'), [
    (1, 1.710422, 'speed'), (2, 8.65 / 2, 'acceleration'), (3, 86.5 / 6, 'jerk')])
def test_a_path_is_judged_by_its_places_over_time_however_uneven(times, power, scale, what):
    just, more = (path_judge(times, part * scale * times**power) for part in (1.0, 1.01))
    assert just.worst[what] == pytest.approx(1.0, abs=1e-9)
    assert just.broken[what] == 0
    assert more.broken[what] == len(times) - power


def test_a_path_has_one_place_at_one_moment_and_begins_anew_only_when_told():
    judge = path_judge([1.0, 1.0, 1.01], [0.0, 0.001, 0.001])
    assert judge.broken == {'two places at one moment': 1}
    judge.begin()
    judge.see(1.02, np.full(7, 0.5))
    assert judge.broken == {'two places at one moment': 1}
    judge.see(1.03, np.full(7, 3.2))
    assert judge.broken['position'] == 1
    assert judge.broken['speed'] == 1


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
    assert judge.outside() < -0.05
    assert any('tray' in pair or 'floor' in pair
               for pair in judge.touching(np.array([0, 1.6, 0, -0.6, 0, 0.8, 0])))
    assert judge.outside() > 0.02
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
    assert seen.worst['commanded acceleration'] <= 1.0
    assert seen.worst['commanded jerk'] <= 1.0


def test_a_count_goes_on_where_it_ended(tmp_path):
    told = []
    one = FuzzStatistics('iiwa7', 'noise', chunks=2, cycles=10)
    one.verdicts.update(PASS=3)
    one.store(tmp_path / 'safety_iiwa7_noise.json')
    assert safety_fuzz.restore(tmp_path / 'safety_iiwa7_noise.json', 'iiwa7', 'noise') == one
    assert safety_fuzz.run('iiwa7', 'noise', 10, tmp_path, told.append, fuzz('iiwa7')) == one
    assert told == []
    more = safety_fuzz.run('iiwa7', 'noise', 60, tmp_path, told.append, fuzz('iiwa7'))
    assert (more.chunks, more.cycles, len(told)) == (3, 60, 1)
    assert replace(one, cycles=11).violations == 0
