"""Braking runs in closed form against hand-made cases and a fine integration."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import JerkLimited
from visuomotor.safety.profile import Motion, Ramp
from visuomotor.specs.robot import load_robot

ONE = np.ones(1)


def ramp(velocity: float, acceleration: float, wanted: float = 0.0, limit: float = 10.0,
         jerk: float = 100.0) -> Ramp:
    start = Motion(np.zeros(1), velocity * ONE, acceleration * ONE)
    return Ramp(start, wanted * ONE, limit * ONE, jerk * ONE)


@pytest.mark.parametrize(('velocity', 'acceleration', 'duration', 'distance'), [
    (0.0, 0.0, 0.0, 0.0),
    (1.0, 0.0, 0.2, 0.1),        # jerk to -10 and back: 0.1 s each, and symmetric
    (2.0, 0.0, 0.3, 0.3),        # 0.1 s of jerk, 0.1 s of full braking, 0.1 s of jerk
    (-2.0, 0.0, 0.3, -0.3),
    # letting go of the brake is enough: 0.5 t - 5 t^2 + 100 t^3 / 6 at 0.1 s
    (0.5, -10.0, 0.1, 1 / 60),
])
def test_braking_takes_as_long_and_as_far_as_worked_out_by_hand(velocity, acceleration, duration,
                                                                distance):
    run = ramp(velocity, acceleration)
    assert run.duration == pytest.approx(duration)
    assert run.at(1.0).position[0] == pytest.approx(distance)
    assert run.at(1.0).velocity[0] == 0.0
    assert run.at(1.0).acceleration[0] == 0.0


def test_it_goes_on_at_the_velocity_wanted():
    end = ramp(0.0, 0.0, wanted=1.0).at(1.2)
    assert end.velocity[0] == 1.0
    assert end.position[0] == pytest.approx(0.1 + 1.0)


def test_the_extent_includes_a_turn_on_the_way():
    # Moving up at 0.1 with the brake at -10: it turns and comes back before it stands.
    low, high = ramp(0.1, -10.0).extent
    assert high[0] == pytest.approx(5.1806e-4, abs=1e-8)
    assert low[0] < -1e-3


@settings(max_examples=200, deadline=None)
@given(st.floats(-2, 2), st.floats(-1, 1), st.floats(-2, 2), st.floats(1, 20), st.floats(1, 200))
def test_no_run_exceeds_its_limits(velocity, share, wanted, limit, ratio):
    run = ramp(velocity, share * limit, wanted=wanted, limit=limit, jerk=limit * ratio)
    moments = np.linspace(0.0, run.duration, 100)
    motions = [run.at(moment) for moment in moments]
    accelerations = np.array([m.acceleration[0] for m in motions])
    velocities = np.array([m.velocity[0] for m in motions])
    assert np.abs(accelerations).max() <= limit * (1 + 1e-9)
    steps = np.diff(moments)
    assert (np.abs(np.diff(accelerations)) <= limit * ratio * steps * (1 + 1e-6) + 1e-6).all()
    assert (np.abs(np.diff(velocities)) <= limit * steps * (1 + 1e-6) + 1e-9).all()
    assert velocities[-1] == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.floats(-2, 2), st.floats(-1, 1))
def test_the_extent_bounds_the_run(velocity, share):
    run = ramp(velocity, share * 10.0)
    places = run.positions(np.linspace(0.0, run.duration, 400)[:, None])
    low, high = run.extent
    assert low[0] - 1e-12 <= places.min() <= low[0] + 1e-4
    assert high[0] - 1e-4 <= places.max() <= high[0] + 1e-12


def test_an_aim_at_the_speed_limit_is_passed_without_acceleration():
    motion = JerkLimited(load_robot('iiwa7'), Limits())
    pull = 0.5 * motion.acceleration
    assert motion._kept(0.99 * motion.speed,
                        pull).tolist() == [0.0] * 7, 'it would be too fast afterwards'
    assert motion._kept(0.2 * motion.speed, pull).tolist() == pull.tolist()
