"""The Minitaur's motor model and leg map, against numbers worked out by hand."""
import numpy as np
import pytest
from visuomotor.robots.minitaur import legs
from visuomotor.robots.minitaur.motor import MotorConstants, Motors
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput

STILL = np.zeros(8)


def torque(duty, velocity=0.0, **constants):
    return Motors(MotorConstants(**constants)).torque(np.full(8, duty), np.full(8, velocity))[0]


@pytest.mark.parametrize(('target', 'position', 'velocity', 'duty'), [
    (0.5, 0.0, 0.0, 0.5), (0.5, 0.3, 0.0, 0.2), (0.0, 0.0, 10.0, -0.2), (9.0, 0.0, 0.0, 1.0),
    (-9.0, 0.0, 0.0, -1.0)])
def test_duty_cycle(target, position, velocity, duty):
    assert Motors().pwm(np.full(8, target), np.full(8, position),
                        np.full(8, velocity)) == pytest.approx([duty] * 8)


@pytest.mark.parametrize(('duty', 'velocity', 'expected'), [
    (0.1, 0.0, 0.860215),     # 1.6 V, 8.602 A
    (0.5, 0.0, 3.075269),     # 8 V, 43.01 A: between 3.0 and 3.25 of the table
    (1.0, 0.0, 3.5),          # 86 A: saturated
    (-0.5, 0.0, -3.075269),
    (0.5, 50.0, 1.662903),    # back-EMF 4.77 V leaves 3.23 V, 17.37 A
    (0.5, 100.0, -0.827957),  # back-EMF wins: the motor brakes
    (1.0, 167.7149, 0.0)])    # no-load speed
def test_torque(duty, velocity, expected):
    assert torque(duty, velocity) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(('amperes', 'newton_metres'), [
    (10, 1.0), (20, 1.9), (30, 2.45), (40, 3.0), (50, 3.25), (60, 3.5)])
def test_saturation_table(amperes, newton_metres):
    assert torque(amperes * 0.186 / 16.0) == pytest.approx(newton_metres)


def test_a_low_battery_gives_less():
    assert torque(0.1, battery=14.0) == pytest.approx(0.752688, abs=1e-6)


def test_voltage_is_limited():
    # 54.2 V wished, 50 V given, 5 A
    assert torque(1.0, -400.0, resistance=10.0) == pytest.approx(0.5)


def test_strength_is_a_factor_for_each_motor():
    motors = Motors(strength=np.array([0.8, 1.2, 1, 1, 1, 1, 1, 1]))
    np.testing.assert_allclose(motors.torque(np.ones(8), STILL),
                               [2.8, 4.2, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5])


@pytest.mark.parametrize(('duty', 'expected'), [(0.5, 4.103226), (1.0, 5.7), (-1.0, -5.7)])
def test_the_reported_torque_knows_no_saturation_but_a_limit(duty, expected):
    assert Motors().observed(np.full(8, duty))[0] == pytest.approx(expected, abs=1e-6)


def push(motors, target, milliseconds):
    for _ in range(milliseconds):
        given = motors.step(np.full(8, target), (STILL, STILL), STILL, 0.001)
    return given


def test_a_motor_above_its_hot_torque_for_a_second_switches_off():
    motors = Motors()
    assert push(motors, 1.0, 999)[0][0] == 3.5
    torque, reported = push(motors, 1.0, 1)
    assert motors.off.all()
    assert (torque.tolist(), reported.tolist()) == ([0.0] * 8, [0.0] * 8)
    assert push(motors, 0.1, 10)[0].tolist() == [0.0] * 8  # and stays off
    motors.reset()
    assert push(motors, 0.1, 1)[0][0] == pytest.approx(0.860215, abs=1e-6)


def test_a_moment_of_less_torque_cools_the_motor():
    motors = Motors()
    push(motors, 1.0, 999)
    push(motors, 0.3, 1)   # 25.8 A, 2.22 N m
    push(motors, 1.0, 999)
    assert not motors.off.any()


def test_back_emf_uses_the_true_speed_and_the_loop_the_delayed_one():
    torque, _ = Motors().step(np.full(8, 0.5), (STILL, STILL), np.full(8, 50.0), 0.001)
    assert torque[0] == pytest.approx(1.662903, abs=1e-5)
    torque, _ = Motors().step(np.full(8, 0.5), (STILL, np.full(8, 20.0)), STILL, 0.001)
    assert torque[0] == pytest.approx(0.860215, abs=1e-5)  # duty 0.5 - 0.02 x 20 = 0.1


def test_a_battery_without_voltage_is_refused():
    with pytest.raises(BadInput, match='battery should be above 0, but is 0'):
        settings.build(MotorConstants, {'battery': 0}, 'motors')


def test_legs_by_the_sign_map():
    # front left, back left, front right, back right
    wish = np.array([0.1, 1.5, 0.2, 1.6, 0.1, 1.5, 0.2, 1.6])
    angles = [1.4, 1.6, 1.4, 1.8, 1.6, 1.4, 1.8, 1.4]
    np.testing.assert_allclose(legs.motors(wish), angles)
    np.testing.assert_allclose(legs.legs(np.array(angles)), wish)


def test_left_motors_turn_against_the_model():
    assert legs.DIRECTION.tolist() == [-1, -1, -1, -1, 1, 1, 1, 1]


@pytest.mark.parametrize(('extension', 'metres'),
                         [(0.0, 0.1), (1.5707963, 0.1732051), (3.1415927, 0.3)])
def test_leg_length(extension, metres):
    assert legs.length(np.array([extension]))[0] == pytest.approx(metres, abs=1e-6)
