"""A run to standstill from where a robot is: facts in literals, and sampled limits."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.robots.braking import Braking
from visuomotor.specs.robot import Joint, RobotSpec, load_robot

SPEC = RobotSpec('two', home=(0.0, 0.0), joints=(Joint('a', -1.0, 1.0, 2.0, 10.0, 100.0, 1.0),
                                                 Joint('b', -1.0, 1.0, 2.0, 5.0, 50.0, 1.0)))


def run(position, velocity, acceleration=(0.0, 0.0)):
    braking = Braking(SPEC, position, velocity, acceleration)
    return [np.array(part) for part in
            zip(*(braking.at(0.001 * step) for step in range(1001)), strict=True)]


def test_it_ends_where_jerk_and_acceleration_limits_let_it():
    position, velocity, _ = run([0.0, 0.0], [1.0, -0.5])
    # v (v / a + a / j) / 2: 1.0 (0.1 + 0.1) / 2 and 0.5 (0.1 + 0.1) / 2
    assert position[-1] == pytest.approx([0.1, -0.05])
    assert velocity[-1].tolist() == [0.0, 0.0]


def test_no_speed_rises_or_turns_round_and_no_limit_is_broken():
    _, velocity, acceleration = run([0.0, 0.0], [2.0, -1.7], [9.0, 4.0])   # it was speeding up
    assert np.diff(velocity[:, 0]).max() <= 1e-12
    assert np.diff(velocity[:, 1]).min() >= -1e-12
    assert velocity[:, 0].min() >= -1e-9
    assert np.abs(acceleration).max(axis=0) == pytest.approx([10.0, 5.0])
    assert np.abs(np.diff(acceleration, axis=0)).max(axis=0) == pytest.approx([0.1, 0.05])


def test_braking_that_has_begun_goes_on_and_never_throws_back():
    _, velocity, acceleration = run([0.0, 0.0], [1.0, 0.1], [-10.0, -5.0])
    assert acceleration[0] == pytest.approx([-10.0, -np.sqrt(2 * 50.0 * 0.1)])
    assert velocity.min() >= -1e-9
    assert velocity[151, 0] == pytest.approx(0.0, abs=1e-6)   # 0.05 s at 10, then 0.1 s of jerk


def test_before_a_position_limit_it_brakes_harder_and_never_passes():
    position, velocity, _ = run([0.75, 0.0], [2.0, 0.0])   # 0.3 m with jerk limit, 0.2 without
    assert position[-1, 0] == pytest.approx(0.9505, abs=0.002)
    position, velocity, _ = run([0.9, 0.0], [2.0, 0.0])
    assert position[:, 0].max() == 1.0
    assert velocity[-1, 0] == 0.0


def test_who_is_outside_goes_no_further_out():
    assert run([1.02, 0.0], [0.5, 0.0])[0].max() == 1.02


def test_a_push_counts_no_more_than_the_speed_limit():
    assert run([0.0, 0.0], [0.0, 15.0])[0][-1, 1] == pytest.approx(0.5)   # from 2 rad/s


@pytest.mark.parametrize('name', ['iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300'])
def test_every_arm_stands_half_a_second_after_it_began_from_full_speed(name):
    spec = load_robot(name)
    braking = Braking(spec, spec.home, spec.velocity, 0.0 * spec.velocity)
    assert braking.at(0.45)[1] == [0.0] * len(spec.joints)
