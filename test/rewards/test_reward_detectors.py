"""What each detector pays for, and a trick that it must not pay for."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from visuomotor.nodes.reward.pace import Pace
from visuomotor.rewards.detector import Judgement, Signals, make_detector
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import DetectorSpec
from visuomotor.specs.values import Imu, State

ARM, LEGGED = load_robot('iiwa7'), load_robot('minitaur')
LEVEL, NOSE_DOWN = [0.0, 0.0, 0.0, 1.0], [0.0, 0.3093, 0.0, 0.951]  # pitch 0 and 0.63 rad


# of the task
WORLD = {'within': 0.02, 'hold': 0.5, 'speed': 0.3, 'tilt': 0.5, 'height': 0.13,
         'energy_price': 0.005}


def make(name, robot, parameters=None):
    world = {**WORLD, 'hold': 0.2} if name == 'object_height' else WORLD
    return make_detector(DetectorSpec(name, parameters or {}), robot, world)


def pose(x, y, z, quaternion=LEVEL):
    return np.array([x, y, z, *quaternion])


def moment(now, *, tip=None, closing=None, measured=0.0, imu=None, poses=None, values=None,
           power=0.0, joints=7):
    state = State(now, np.zeros(joints), np.full(joints, power / joints), np.ones(joints), measured,
                  imu=None if imu is None else Imu(np.array(imu), np.zeros(3)))
    return Signals(state, None if tip is None else pose(*tip), closing, poses or {}, values or {})


def judge(detector, *moments):
    detector.begin(0.0)
    judged = [detector.judge(signals) for signals in moments]
    return judged[-1], sum(judgement.value for judgement in judged)


def believes(judgement):
    return judgement.success_probability >= 0.5


# Gripper encoder: (time, commanded closing, measured closing, height of the tip).
GRASPS = {
    'holds and lifts': ([(0.0, 1.0, 0.0, 0.1), (0.5, 1.0, 0.6, 0.1), (1.0, 1.0, 0.6, 0.3)], True),
    'closed on nothing': ([(0.0, 1.0, 0.0, 0.3), (0.5, 1.0, 0.99, 0.3), (1.0, 1.0, 0.99, 0.3)],
                          False),
    'trick: half closed on nothing': ([(0.0, 0.6, 0.0, 0.3), (0.5, 0.6, 0.6, 0.3),
                                       (1.0, 0.6, 0.6, 0.3)], False),
    'trick: judged while closing': ([(0.0, 1.0, 0.0, 0.3), (0.3, 1.0, 0.3, 0.3),
                                     (0.5, 1.0, 0.6, 0.3)], False),
    'trick: pinches what lies fixed': ([(0.0, 1.0, 0.0, 0.1), (0.5, 1.0, 0.6, 0.1),
                                        (1.0, 1.0, 0.6, 0.1)], False),
    'opened again': ([(0.0, 1.0, 0.0, 0.1), (0.5, 1.0, 0.6, 0.3), (1.0, 0.0, 0.6, 0.3)], False),
    'close command a moment ago': ([(0.0, 0.0, 0.6, 0.3), (0.8, 1.0, 0.6, 0.3),
                                    (1.0, 1.0, 0.6, 0.3)], False),
    'fingers never moved': ([(0.0, 1.0, 0.0, 0.3), (0.5, 1.0, 0.0, 0.3), (1.0, 1.0, 0.0, 0.3)],
                            False),
}


@pytest.mark.parametrize('name', GRASPS)
def test_gripper_encoder(name):
    rows, held = GRASPS[name]
    detector = make('gripper_encoder', ARM, {'height': 0.2})
    judgement, paid = judge(detector,
                            *(moment(t, closing=c, measured=m, tip=(0.5, 0.0, z)) for t, c, m,
                              z in rows))
    assert (believes(judgement), paid) == (held, float(held))


def test_gripper_encoder_says_what_it_saw():
    detector = make('gripper_encoder', ARM)
    judgement, _ = judge(detector,
                         *(moment(t, closing=1.0, measured=0.62, tip=(0.5, 0.0, 0.31))
                           for t in (0.0, 0.5)))
    assert judgement.evidence == ('fingers stopped at 0.62 of closing: holding, 1.00 asked, tip '
                                  '0.310 m high')


# Object height: (time, height of the object, height of the tip).
LIFTS = {
    'lifted and held': ([(0.0, 0.05, 0.05), (1.0, 0.2, 0.2), (1.3, 0.2, 0.2)], True),
    'trick: tossed': ([(0.0, 0.05, 0.05), (1.0, 0.2, 0.2), (1.1, 0.05, 0.2), (1.3, 0.2, 0.2)],
                      False),
    'trick: tipped on its edge': ([(0.0, 0.05, 0.05), (1.0, 0.13, 0.1), (1.3, 0.13, 0.1)], False),
    'trick: pushed up by something else': ([(0.0, 0.05, 0.4), (1.0, 0.2, 0.4), (1.3, 0.2, 0.4)],
                                           False),
    'dropped at the end': ([(0.0, 0.05, 0.05), (1.0, 0.2, 0.2), (1.3, 0.2, 0.2), (1.4, 0.06, 0.2)],
                           False),
    'lay high from the start': ([(0.0, 0.25, 0.25), (1.0, 0.25, 0.25), (1.3, 0.25, 0.25)], False),
}


@pytest.mark.parametrize('name', LIFTS)
def test_object_height(name):
    rows, lifted = LIFTS[name]
    detector = make('object_height', ARM)
    still = {'tip': pose(0.5, 0.0, 9.0), 'object_1': pose(0.6, 0.0, 0.03)}
    judgement, _ = judge(detector,
                         *(moment(t, tip=(0.5, 0.0, tip),
                                  poses={**still, 'object_0': pose(0.5, 0.0, z)})
                                     for t, z, tip in rows))
    assert believes(judgement) is lifted


def test_object_height_pays_once_and_looks_at_the_middle_of_a_body():
    detector = make('object_height', ARM)
    rows = [moment(t, tip=(0.5, 0.0, z), poses={'object_0': pose(0, 0, 7)},
                   values={'object_0.x': 0.5, 'object_0.y': 0.0, 'object_0.z': z})
            for t, z in ((0.0, 0.05), (1.0, 0.25), (1.5, 0.25), (2.0, 0.25))]
    judgement, paid = judge(detector, *rows)
    assert (paid, judgement.evidence) == (1.0, 'object_0 0.200 m up, held 1.00 s')


# Tip distance: (time, x of the tip); the goal is at x 0.5.
REACHES = {
    'arrives and stays': ([(0.0, 0.3), (1.0, 0.49), (1.5, 0.51)], True),
    'trick: passes through': ([(0.0, 0.3), (1.0, 0.5), (1.1, 0.55)], False),
    'trick: passes through again and again': ([(0.0, 0.5), (0.3, 0.55), (0.5, 0.5), (0.8, 0.55),
                                               (1.0, 0.5)], False),
    'trick: stays beside it': ([(0.0, 0.479), (1.0, 0.479), (2.0, 0.479)], False),
    'arrives too late to stay': ([(0.0, 0.3), (1.0, 0.5), (1.4, 0.5)], False),
}


@pytest.mark.parametrize('name', REACHES)
def test_tip_distance(name):
    rows, there = REACHES[name]
    detector = make('tip_distance', ARM)
    goal = {'goal': pose(0.5, 0.0, 0.4)}
    judgement, _ = judge(detector, *(moment(t, tip=(x, 0.0, 0.4), poses=goal) for t, x in rows))
    assert believes(judgement) is there


@pytest.mark.parametrize('pace', [0.01, 0.05, 0.5])
def test_tip_distance_pays_the_distance_for_as_long_as_it_lasts(pace):
    detector, looks = make('tip_distance', ARM), np.arange(10.0, 12.0 + pace / 2, pace)
    detector.begin(10.0)
    rows = [moment(t, tip=(0.2, 0.4, 0.4), poses={'goal': pose(0.5, 0.0, 0.4)})
            for t in (9.9, *looks)]
    judged = [detector.judge(row).value for row in rows]
    assert judged[:2] == [0.0, 0.0]   # measured before it began, and at that moment
    assert sum(judged) == pytest.approx(-0.5 * 2.0)


# Forward progress.
def walk(speed, seconds=6.0, pace=0.05, height=0.17, **more):
    times = np.arange(0.0, seconds + pace / 2, pace)
    return [moment(float(t), joints=8, poses={'base': pose(speed * t, 0.0, height)}, **more)
            for t in times]


@pytest.mark.parametrize(('name', 'moments', 'walked', 'over'), [
    ('walks', walk(0.31), True, False),
    ('too slow', walk(0.29), False, False),
    ('backwards', walk(-0.5), False, False),
    ('trick: a lunge, judged early', walk(0.9, seconds=1.0), False, False),
    ('trick: carried', [*walk(0.0), moment(6.1, joints=8, poses={'base': pose(5.0, 0.0, 0.17)})],
     False, False),
    ('trick: dives forward',
     [*walk(0.5), moment(6.1, joints=8, poses={'base': pose(3.1, 0.0, 0.17, NOSE_DOWN)})],
     False, True),
    ('trick: gets up again', [*walk(0.5, height=0.1), *walk(0.5)], False, True),
    ('its own attitude says so', walk(0.5, imu=NOSE_DOWN), False, True),
], ids=lambda value: value if isinstance(value, str) else '')
def test_forward_progress(name, moments, walked, over):
    judgement, _ = judge(make('forward_progress', LEGGED), *moments)
    assert (believes(judgement), judgement.over) == (walked, over)


def test_forward_progress_pays_metres_less_energy():
    _, paid = judge(make('forward_progress', LEGGED), *walk(0.5, seconds=2.0, power=10.0))
    assert paid == pytest.approx(2.0 * 0.5 - 0.005 * 10.0 * 2.0)


def test_work_that_somebody_measures_goes_before_the_robots_own_report():
    rows = [replace(row, values={'work': 7.0 + 40.0 * row.now})
            for row in walk(0.5, seconds=2.0, power=10.0)]
    _, paid = judge(make('forward_progress', LEGGED), *rows)
    assert paid == pytest.approx(2.0 * 0.5 - 0.005 * 40.0 * 2.0)


def test_motors_that_work_against_each_other_use_what_is_left():
    rows = walk(0.5, seconds=2.0)
    rows = [replace(row,
                    state=replace(row.state, effort=np.ones(8),
                                  velocity=np.array([9.0, *7 * [-1.0]])))
            for row in rows]
    _, paid = judge(make('forward_progress', LEGGED), *rows)
    assert paid == pytest.approx(2.0 * 0.5 - 0.005 * 2.0 * 2.0)


def test_a_fall_earns_nothing_more():
    _, paid = judge(make('forward_progress', LEGGED), *walk(0.5, imu=NOSE_DOWN))
    assert paid == 0.0


# All of them.
@pytest.mark.parametrize(('name', 'robot'), [
    ('object_height', ARM), ('tip_distance', ARM), ('forward_progress', LEGGED)])
def test_a_detector_that_cannot_see_claims_nothing(name, robot):
    judgement, paid = judge(make(name, robot), moment(0.0, joints=len(robot.joints)))
    assert (judgement.published_probability, paid) == (None, 0.0)


@pytest.mark.parametrize(('probability', 'over', 'published'), [
    (0.0, False, 0.01), (1.0, False, 0.99), (0.4, False, 0.4), (0.4, True, 0.0), (None, True, 0.0),
    (None, False, None)])
def test_exactly_zero_is_kept_for_lost_episodes(probability, over, published):
    assert Judgement(0.0, probability, '', over).published_probability == published


@pytest.mark.parametrize(('name', 'parameters', 'robot', 'why'), [
    ('objectheight', {}, ARM,
     "There is no reward detector 'objectheight'; did you mean object_height?"),
    ('object_height', {'rize': 1.0}, ARM,
     "detector object_height: unknown key 'rize'; did you mean rise?"),
    ('gripper_encoder', {}, LEGGED,
     'gripper_encoder needs a gripper, but minitaur has none; choose another detector.'),
    ('tip_distance', {}, LEGGED,
     'tip_distance needs an arm, but minitaur has no end-effector; choose another detector.'),
    ('tip_distance', {'within': 0.0}, ARM,
     'detector tip_distance: within should be above 0 and at most 10, but is 0')])
def test_what_does_not_fit_is_refused(name, parameters, robot, why):
    with pytest.raises(BadInput) as refused:
        make(name, robot, parameters)
    assert str(refused.value) == why


def test_pace_looks_at_the_first_moment_of_each_period():
    pace = Pace(0.05)
    assert [n for n in range(21) if pace.due(n * 0.01)] == [0, 5, 10, 15, 20]
    pace.begin()
    assert [n for n in range(21) if pace.due(n * 0.006)] == [0, 9, 17]
    pace.begin()
    assert [pace.due(t) for t in (0.0, 1.0, 1.01, 1.05)] == [True, True, False, True]
