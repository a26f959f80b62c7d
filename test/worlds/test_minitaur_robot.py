"""The simulated Minitaur as a robot. It stands, its sensors are late, its motors overheat, and
silence stops it."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.values import Target
from visuomotor.worlds.make import make_world
from visuomotor.worlds.randomise import Dynamics

BEAT = 0.006  # s


@pytest.fixture
def world():
    made = make_world('walk', 'minitaur', randomise=False, clock_start=5.0)
    yield made
    made.close()


def command(angle: float | np.ndarray) -> Target:
    return Target(np.zeros(8) + angle, np.zeros(8))


def keep(world, target: Target, seconds: float) -> None:
    for _ in range(round(seconds / BEAT)):
        world.robot.send(target)
        world.advance(BEAT)


def test_motors_are_those_of_the_model_in_the_published_order(world):
    assert world.robot.model.motors == [14, 17, 20, 23, 4, 1, 10, 7]


def test_it_stands_still_from_the_first_moment(world):
    world.robot.connect()
    before = world.robot.model.pose()
    assert 0.15 < before[2] < 0.18
    keep(world, command(np.pi / 2), 1.0)
    assert np.abs(world.robot.model.pose() - before).max() < 0.01
    np.testing.assert_allclose(world.robot.read().position, 1.5708, atol=0.1)


def test_all_motors_further_make_it_taller(world):
    world.robot.connect()
    low = world.robot.model.pose()[2]
    keep(world, command(2.0), 0.6)
    assert world.robot.model.pose()[2] > low + 0.025


def test_sensors_speak_20_ms_late(world):
    world.robot.connect()
    assert world.robot.read().stamp == pytest.approx(4.98)
    world.advance(0.018)
    assert world.robot.read().stamp == pytest.approx(4.998)
    before = world.robot.model.motion()[0]
    world.robot.send(command(2.0))
    world.advance(0.018)
    assert np.abs(world.robot.model.motion()[0]
                  - before).min() > 0.02, 'the motors have moved by now'
    np.testing.assert_allclose(world.robot.read().position, before, atol=0.005)
    world.advance(0.03)
    assert (world.robot.read().position - before).min() > 0.03


def test_added_latency_makes_them_later(world):
    world.robot.vary(Dynamics(latency=0.015))
    world.robot.connect()
    world.advance(0.1)
    assert world.robot.read().stamp == pytest.approx(5.065)


def test_the_inertial_unit_feels_a_push_about_the_body_axes(world):
    world.robot.connect()
    for _ in range(40):
        world.robot.model.push(np.array([0.0, 120.0, 0.0]))
        world.advance(0.001)
    world.advance(0.02)
    imu = world.robot.read().imu
    assert imu is not None
    assert imu.angular_velocity[0] < -0.2, 'pushed to its left above the feet, it rolls to the left'


def test_a_load_overheats_the_motors_which_switch_off_and_say_so(world):
    world.client.changeDynamics(world.robot.body, -1, mass=60.0)
    world.robot.connect()
    keep(world, command(2.4), 0.6)
    assert world.robot.read().alarms == ()
    keep(world, command(2.4), 1.2)
    state = world.robot.read()
    assert any('overheated' in alarm for alarm in state.alarms)
    assert world.robot.motors.off.any()
    world.new_scene(np.random.default_rng(1))
    assert world.robot.read().alarms == ()


def test_silence_holds_the_stance_and_alarms(world):
    world.robot.connect()
    keep(world, command(1.9), 0.5)
    world.advance(0.09)
    assert world.robot.read().alarms == ()
    world.advance(0.03)
    (alarm,) = world.robot.read().alarms
    assert 'No command for more than 0.1 s' in alarm
    world.advance(1.0)
    assert world.robot.model.pose()[2] > 0.17, 'it still stands'
    world.robot.send(command(1.9))
    assert world.robot.read().alarms == ()


def test_a_target_far_away_comes_no_faster_than_the_motors_may_turn(world):
    world.robot.connect()
    sent = world.robot.send(command(3.5))
    np.testing.assert_allclose(sent.position, 1.810796, atol=1e-6, err_msg='40 rad/s for 6 ms')
    for _ in range(20):
        world.advance(BEAT)
        sent = world.robot.send(command(9.0))
    np.testing.assert_allclose(sent.position, 3.7)


@pytest.mark.parametrize(('target', 'words'), [
    (Target(np.zeros(7), np.zeros(8)), '8 positions, but got shape'),
    (Target(np.zeros(8), np.full(8, np.nan)), 'finite velocities')])
def test_nonsense_is_refused(world, target, words):
    world.robot.connect()
    with pytest.raises(BadInput, match=words):
        world.robot.send(target)


def test_nothing_before_connect(world):
    with pytest.raises(RobotUnavailable, match='connect first'):
        world.robot.send(command(2.0))


def test_a_weak_battery_and_weak_motors_give_less(world):
    heights = []
    for dynamics in (Dynamics(), Dynamics(battery=7.0, strength=0.5)):
        world.robot.vary(dynamics)
        world.new_scene(np.random.default_rng(0)) if not heights else world.robot.stand()
        world.robot.connect()
        keep(world, command(2.6), 0.06)
        heights.append(world.robot.model.pose()[2])
    assert heights[0] > heights[1] + 0.005


def test_masses_and_foot_friction_follow_the_scene(world):
    world.robot.vary(Dynamics(mass=(1.2, *([0.8] * 26)), friction=0.5))
    base, motor, foot = (world.client.getDynamicsInfo(world.robot.body, link)
                         for link in (-1, 14, 16))
    assert base[0] == pytest.approx(3.6)
    assert motor[0] == pytest.approx(0.2)
    assert foot[1] == pytest.approx(0.5 * 1.0)
    world.robot.vary(Dynamics())
    assert world.client.getDynamicsInfo(world.robot.body, -1)[0] == pytest.approx(3.0)
