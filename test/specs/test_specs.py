"""What the configuration says of each robot, against the published numbers; and what it refuses."""
import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec, load_robot, robot_names

ROBOTS = ['iiwa14', 'iiwa7', 'j2n6s300', 'j2s7s300', 'minitaur']


def degrees(name):
    loaded = load_robot(name)
    return np.degrees(loaded.lower), np.degrees(loaded.upper), np.degrees(loaded.velocity)


def test_these_are_the_robots():
    assert robot_names() == ROBOTS


@pytest.mark.parametrize(('name', 'speeds', 'torques', 'accelerations'), [
    ('iiwa7', [98, 98, 100, 130, 140, 180, 180], [176, 176, 110, 110, 110, 40, 40],
     [8.65, 5.44, 5.69, 11.01, 11.78, 13.76, 13.17]),
    ('iiwa14', [85, 85, 100, 75, 130, 135, 135], [320, 320, 176, 176, 110, 40, 40],
     [8.57, 8.57, 8.74, 11.36, 12.23, 15.72, 15.72])])
def test_limits_of_the_iiwas(name, speeds, torques, accelerations):
    lower, upper, velocity = degrees(name)
    np.testing.assert_allclose(upper, [170, 120, 170, 120, 170, 120, 175], atol=1e-3)
    np.testing.assert_allclose(lower, [-170, -120, -170, -120, -170, -120, -175], atol=1e-3)
    np.testing.assert_allclose(velocity, speeds, atol=1e-3)
    np.testing.assert_array_equal(load_robot(name).effort, torques)
    np.testing.assert_array_equal(load_robot(name).acceleration, accelerations)
    assert load_robot(name).names == ('lbr_A1', 'lbr_A2', 'lbr_A3', 'lbr_A4', 'lbr_A5', 'lbr_A6',
                                      'lbr_A7')


@pytest.mark.parametrize(('name', 'bounded', 'speeds', 'torques'), [
    ('j2n6s300', {1: (47, 313), 2: (19, 341)}, [36, 36, 36, 48, 48, 48], [40, 80, 40, 20, 20, 20]),
    ('j2s7s300', {1: (47, 313), 3: (30, 330), 5: (65, 295)}, [36, 36, 36, 36, 48, 48, 48],
     [40, 80, 40, 40, 20, 20, 20])])
def test_limits_of_the_jacos(name, bounded, speeds, torques):
    lower, upper, velocity = degrees(name)
    np.testing.assert_allclose(velocity, speeds, atol=1e-3)
    np.testing.assert_array_equal(load_robot(name).effort, torques)
    for number, joint in enumerate(load_robot(name).joints):
        assert joint.continuous == (number not in bounded)
        if number in bounded:
            np.testing.assert_allclose((lower[number], upper[number]), bounded[number], atol=1e-3)


def test_no_limit_is_rounded_beyond_the_published_one():
    assert load_robot('iiwa7').upper[0] <= math.radians(170)
    assert load_robot('iiwa7').lower[0] >= math.radians(-170)
    assert load_robot('iiwa7').velocity[6] <= math.radians(180)


def test_the_minitaur_stands_with_all_motors_at_a_right_angle():
    minitaur = load_robot('minitaur')
    assert minitaur.legs == 4
    assert minitaur.control_hz == pytest.approx(166.667, abs=1e-3)
    np.testing.assert_allclose(minitaur.home, [1.570796] * 8)
    assert minitaur.names[:2] == ('motor_front_leftL_joint', 'motor_front_leftR_joint')
    assert minitaur.names[6:] == ('motor_back_rightL_joint', 'motor_back_rightR_joint')


@pytest.mark.parametrize('name', ROBOTS)
def test_every_kind_of_limit_names_its_source(name):
    assert {'position', 'velocity', 'acceleration', 'jerk',
            'effort'} <= set(load_robot(name).sources)


def test_an_unknown_robot_is_refused_with_the_nearest_names():
    with pytest.raises(BadInput, match=r"no robot 'iwa7'; did you mean .*iiwa7"):
        load_robot('iwa7')


def changed(change, tmp_path: Path) -> Path:
    content = yaml.safe_load((paths.CONFIG / 'robots' / 'iiwa7.yaml').read_text())
    change(content)
    path = tmp_path / 'iiwa7.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.mark.parametrize(('change', 'sentence'), [
    (lambda c: c.update(worksapce={}), "unknown key 'worksapce'; did you mean workspace"),
    (lambda c: c['joints'][0].update(velocty=1.0), "unknown key 'velocty'; did you mean velocity"),
    (lambda c: c['joints'][2].update(lower=3.0, upper=-3.0),
     'lbr_A3: lower limit 3.0 is not below upper limit -3.0'),
    (lambda c: c['joints'][1].update(acceleration=0.0), 'acceleration should be above 0'),
    (lambda c: c['joints'][0].pop('effort'), 'missing effort'),
    (lambda c: c.update(control_hz='fast'), "control_hz should be a number, but is 'fast'"),
    (lambda c: c['home'].pop(), 'home has 6 angles for 7 joints'),
    (lambda c: c['home'].__setitem__(0, 9.0), 'home of joint lbr_A1 is 9.0, outside'),
    (lambda c: c['workspace'].update(lower=[1.0, 1.0, 1.0]),
     'workspace lower corner .* is not below'),
    (lambda c: c.update(legs=3), '3 legs have 6 motors, but there are 7 joints')])
def test_a_wrong_configuration_is_refused_in_one_sentence(change, sentence, tmp_path):
    with pytest.raises(BadInput, match=sentence) as refusal:
        settings.read(changed(change, tmp_path), RobotSpec)
    assert '\n' not in str(refusal.value)
