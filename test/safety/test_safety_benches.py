"""The judges of `visuomotor bench safety`'s own: kills, latencies, contact, turns with a commit."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.benchmarks import (
    safety_contact,
    safety_kill_judged,
    safety_latency,
    safety_turns,
)
from visuomotor.benchmarks.safety_latency import Latencies
from visuomotor.benchmarks.safety_programs import Point
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot

LIMIT = load_robot('iiwa7').velocity
CAME = 10.0


def path(share):
    """The first joint's path; `share` is its part of the speed limit at a second after the kill."""
    times = CAME + np.arange(-10, 150) * 0.01
    way = np.cumsum([share(moment - CAME - 0.005) * LIMIT[0] * 0.01 for moment in times])
    return [Point(moment, np.array([place, *[0.0] * 6]))
            for moment, place in zip(times, way, strict=True)]


def braking(since):
    return 0.95 * min(1.0, max(0.0, 1.0 - (since - 0.1) / 0.3))


def judged(share, thawed=np.inf):
    return safety_kill_judged.judge(path(share), CAME, LIMIT, thawed=thawed)


def test_an_arm_that_brakes_once_passes():
    seen = judged(braking)
    assert seen.rises == pytest.approx(0.0, abs=1e-9)
    assert seen.reverses == pytest.approx(0.0, abs=1e-9)
    assert seen.rests == pytest.approx(0.4, abs=0.02)


def test_an_arm_that_is_thrown_back_is_seen():
    seen = judged(lambda since: -1.7 if 0.4 < since < 0.43 else braking(since))
    assert seen.reverses == pytest.approx(1.7)


def test_an_arm_that_gets_faster_again_is_seen_though_slower_than_before():
    again = lambda since: 0.5 if 0.4 < since < 0.5 else braking(since)   # noqa: E731
    assert judged(again).rises == pytest.approx(0.5, abs=0.06)
    assert judged(again, thawed=CAME + 0.35).rises == pytest.approx(0.0, abs=1e-9)


def test_a_last_command_may_still_be_obeyed_but_no_longer():
    slower = lambda since: 0.9 if 0.0 < since < 0.03 else braking(since)   # noqa: E731
    assert judged(slower).rises == pytest.approx(0.05)
    seen = safety_kill_judged.judge(path(slower), CAME, LIMIT, used=CAME + 0.05)
    assert seen.rises == pytest.approx(0.0, abs=1e-9)
    faster = safety_kill_judged.judge(path(lambda since: 1.0 if since > 0.0 else 0.95), CAME, LIMIT,
                                      used=CAME + 0.05)
    assert faster.rises == pytest.approx(0.05)


def test_the_last_command_is_used_up_where_it_sent_the_arm_or_after_its_life():
    steady = path(lambda since: 0.5)
    there = next(point for point in steady if point.stamp > CAME + 0.035)
    until = safety_kill_judged.used_up(steady, CAME, there.position)
    assert until == pytest.approx(CAME + 0.06)
    assert safety_kill_judged.used_up(steady, CAME, there.position + 9.0) == CAME + 0.12


def test_a_moment_told_twice_is_no_standstill_but_a_second_place_for_it_is_a_leap():
    told = path(braking)
    twice = [point for point in told for _ in range(2)]
    assert safety_kill_judged.judge(twice, CAME, LIMIT).rises == pytest.approx(0.0, abs=1e-9)
    told.insert(20, Point(told[19].stamp, told[19].position + 0.001))
    assert safety_kill_judged.judge(told, CAME, LIMIT).rises > 1.0


def test_counts_go_on_where_they_ended(tmp_path):
    seen = safety_kill_judged.restore(tmp_path, 'safety', 'SIGKILL')
    assert seen.times == 0
    seen.times = 7
    seen.restless['why'] += 1
    seen.rises.append(0.03)
    seen.store(tmp_path)
    again = safety_kill_judged.restore(tmp_path, 'safety', 'SIGKILL')
    assert again == seen
    assert again.failed


def test_an_arm_that_creeps_on_is_not_at_rest():
    assert judged(lambda since: max(braking(since), 0.02 * (since < 1.0))).rests > 0.9


@pytest.mark.parametrize(('load', 'seconds', 'holds'), [
    ('idle', 0.019, True), ('idle', 0.021, False), ('four busy loops', 0.049, True),
    ('four busy loops', 0.051, False)])
def test_a_stop_may_take_two_beats_or_five_under_load(load, seconds, holds):
    assert Latencies(load, 0.01, [seconds] * 3, [0.4] * 3).holds is holds
    assert not Latencies(load, 0.01, [0.001], [0.4], unanswered=1).holds
    assert not Latencies(load, 0.01).holds


def test_a_stop_is_measured_from_its_call_to_rest(domain):
    # in real time: a busy machine may miss one stop, but not three
    tries = (safety_latency.run(1, domain, lambda told: None, ('idle',))[0] for _ in range(3))
    seen = next(one for one in tries if one.braked)
    assert (len(seen.braked), len(seen.rested), seen.unanswered) == (1, 1, 0)
    assert 0.0 < seen.braked[0] < seen.rested[0]


def test_a_post_in_the_way_is_met_and_its_force_is_seen():
    stiff, soft = (safety_contact.push('iiwa7', 1.0, post, 'sideways', seconds=0.6)
                   for post in ('stiff', 'soft'))
    assert stiff.peak > soft.peak > 50.0
    assert stiff.pushes > 0
    assert 0.05 < soft.touching < 0.6


def test_another_commit_takes_turns():
    figure = safety_turns.figure('j2n6s300', 'reach', 'HEAD', cycles=100)
    assert figure.ours > 0
    assert figure.floor > 0
    assert figure.bound == 1.1


def test_a_commit_that_there_is_not_is_refused():
    with pytest.raises(BadInput, match="'nowhere' should be a commit"):
        safety_turns.figure('j2n6s300', 'reach', 'nowhere', cycles=100)
