"""Commands that come late, unevenly, twice or not at all, and the motion that they make. In virtual
time; limits by differences of position over time."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.robots.fake import Fake
from visuomotor.robots.player import Player
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Target

IIWA, BEAT = load_robot('iiwa7'), 0.01
LOST = 99.0   # s of delay
JERK = 0.95 * 86.5   # rad/s^3 of joint 1, as much of it as the safety filter uses


def course(moment: float) -> tuple[float, float]:
    """A swing that uses as much jerk as there is: there and back in turns, 0.2 s each."""
    gone, at, speed, push = max(moment, 0.0), 0.0, 0.0, 0.0
    for jerk in [JERK, -JERK, -JERK, JERK] * 8:
        lasts = min(gone, 0.05)
        at += lasts * (speed + lasts * (push / 2.0 + lasts * jerk / 6.0))
        speed += lasts * (push + lasts * jerk / 2.0)
        push += lasts * jerk
        gone -= lasts
    return at, speed


def row(value: float) -> np.ndarray:
    return np.array([value, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])


def played(delays, uneven=0.0, seed=0):
    """Return where joint 1 is at each beat of a robot that is sent the course over a network; it
    rests for the first tenth of its beats."""
    rng, clock, rest = np.random.default_rng(seed), [0.0], len(delays) // 10
    robot = Fake(IIWA, lambda: clock[0])
    robot.connect()
    home, coming, seen = robot.read().position[0], [], []
    for beat, delay in enumerate(delays):
        stamp = beat * BEAT + rng.uniform(-uneven, uneven) * BEAT
        if delay < LOST:
            coming.append((beat * BEAT + delay, max(stamp, 0.0)))
        while coming and coming[0][0] < (beat + 1) * BEAT:
            clock[0], stamp = max(coming[0][0], clock[0]), coming.pop(0)[1]
            at, speed = course(stamp + BEAT - rest * BEAT)
            robot.send(Target(np.array(IIWA.home) + row(at), row(speed), stamp=stamp))
        clock[0] = (beat + 1) * BEAT
        seen.append(robot.read().position[0] - home)
    return np.array(seen)


def shares(places, order: int) -> float:
    """Return the largest part of a limit that is used, by differences of this order."""
    limit = {1: 1.710422, 2: 8.65, 3: 86.5}[order]
    return float(np.abs(np.diff(places, n=order)).max() / BEAT**order / limit)


def in_order(delays):
    asked = np.arange(len(delays)) * BEAT
    return np.maximum.accumulate(asked + delays) - asked


def test_what_comes_in_time_is_done_exactly_and_at_once():
    places = played(np.zeros(200))
    assert places == pytest.approx([course((beat - 19) * BEAT)[0] for beat in range(200)], abs=1e-9)


@pytest.mark.parametrize('seed', range(4))
def test_up_to_twenty_milliseconds_late_and_uneven_break_no_limit(seed):
    delays = np.random.default_rng(seed).uniform(0.0, 0.02, 200)
    places = played(in_order(delays), 0.07, seed)
    assert max(shares(places, order) for order in (1, 2, 3)) <= 1.0
    wanted = [course((beat - 19 - 3) * BEAT)[0] for beat in range(200)]   # three beats later
    assert places[60:] == pytest.approx(wanted[60:], abs=1e-4)


def test_a_robot_that_is_always_late_is_no_later_than_that():
    places = played(np.full(200, 0.045))
    wanted = [course((beat - 19 - 6) * BEAT)[0] for beat in range(200)]   # five beats, and one
    assert places[60:] == pytest.approx(wanted[60:], abs=1e-6)


@pytest.mark.parametrize('lost', [1, 2, 3])
def test_what_is_lost_on_the_way_is_made_good_gently(lost):
    delays = np.zeros(200)
    delays[80:80 + lost] = LOST
    places = played(delays)
    assert shares(places, 1) <= 1.0
    assert shares(places, 2) <= 1.5
    assert places[-60:] == pytest.approx([course((beat - 19) * BEAT)[0]
                                          for beat in range(140, 200)], abs=1e-6)


def test_a_command_that_leads_nowhere_near_is_told_apart():
    player, none = Player(IIWA), np.zeros(7)
    player.begin(0.0, (none, none, none))
    player.take(0.0, 0.0, row(1e-5), row(2e-3))
    assert not player.rough
    player.take(0.01, 0.0, row(0.01), row(0.0))
    assert player.rough
