"""Commands that arrive early or late, but answer regular stamps, move simulated and fake robots
steadily. In virtual time."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.robots.fake import Fake
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Target
from visuomotor.worlds.make import make_world

BEAT, STEP = 0.01, 0.0025
SPEED = 0.5   # rad/s


def swing(robot, advance, joint, way, delays):
    """Stream a steady motion; each command answers its beat, and arrives after its delay. Return
    the measured speeds by differences of position, a beat apart."""
    robot.connect()
    goal, speed, under_way, seen = robot.read().position.copy(), 0.0, [], []
    for step in range(round(BEAT / STEP) * len(delays)):
        now = step * STEP
        if step % round(BEAT / STEP) == 0:
            speed = min(SPEED, speed + 0.02)
            goal[joint] += way * speed * BEAT
            velocity = np.zeros(len(goal))
            velocity[joint] = way * speed
            under_way.append((now + delays[round(now / BEAT)],
                              Target(goal.copy(), velocity, stamp=robot.read().stamp)))
        for one in [one for one in under_way if one[0] <= now + 1e-9]:
            robot.send(one[1])
            under_way.remove(one)
        advance(STEP)
        seen.append(way * robot.read().position[joint])
    return np.diff(seen[::round(BEAT / STEP)]) / BEAT


def in_order(delays):
    """Let no command overtake another."""
    asked = np.arange(len(delays)) * BEAT
    return np.maximum.accumulate(asked + delays) - asked


@pytest.fixture(params=['bullet', 'fake'])
def arm(request):
    if request.param == 'fake':
        clock = [0.0]

        def advance(seconds):
            clock[0] += seconds
        yield Fake(load_robot('iiwa7'), lambda: clock[0]), advance
        return
    world = make_world('grasp', 'iiwa7')
    yield world.robot, world.advance
    world.close()


@pytest.mark.parametrize('seed', range(3))
def test_ten_milliseconds_early_or_late_leave_a_steady_swing_steady(arm, seed):
    delays = np.random.default_rng(seed).uniform(0.0, 0.02, 200)   # 10 ms, give or take 10
    speeds = swing(*arm, 0, 1, in_order(delays))
    assert speeds[60:].min() > 0.4
    assert speeds[60:].max() < 0.6


def test_ten_milliseconds_to_either_side_in_turn_do_not_either(arm):
    speeds = swing(*arm, 0, 1, in_order(np.tile([0.0, 0.02], 100)))
    assert speeds[60:].min() > 0.4
    assert speeds[60:].max() < 0.6


def test_a_network_that_is_always_late_costs_delay_and_no_smoothness(arm):
    speeds = swing(*arm, 0, 1, np.full(200, 0.045))
    assert speeds[60:] == pytest.approx(SPEED, abs=0.02)


@pytest.mark.parametrize('stall', [0.02, 0.03, 0.04])
def test_a_robot_whose_program_stalled_goes_on_as_fast_as_before(arm, stall):
    delays = np.zeros(200)
    delays[120:120 + round(stall / BEAT)] = 99.0   # it told no state, and so nobody answered
    speeds = swing(*arm, 0, 1, delays)
    assert speeds[60:] == pytest.approx(SPEED, abs=0.1)


def test_one_command_that_is_lost_is_hardly_felt(arm):
    delays = np.zeros(200)
    delays[120] = 99.0
    speeds = swing(*arm, 0, 1, delays)
    assert speeds[60:] == pytest.approx(SPEED, abs=0.1)
