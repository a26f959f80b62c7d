"""Clearances of known postures, bounds that hold, and pairs that are stored as they were found."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.safety.limits import Limits
from visuomotor.safety.make import make_filter
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.settings import build
from visuomotor.specs.task import Fixture, load_task, task_names

ARMS = ('iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300')
IIWA = load_robot('iiwa7')
UPRIGHT = np.zeros(7)   # the arm stands straight up, the finger ends 1.401 m above the floor
CEILING = Fixture('ceiling', (1.0, 1.0, 0.2), (0.0, 0.0, 1.6))  # its lower side is at 1.5 m


def scene(fixtures=(), robot=IIWA) -> CollisionScene:
    return CollisionScene(robot, fixtures, collision_pairs.load(robot).touching)


def test_the_clearance_of_a_known_posture():
    ceiling = scene([CEILING])
    distance, pair = ceiling.smallest(UPRIGHT)
    names = [ceiling.names(number) for number in range(len(ceiling.pairs))]
    clearances = dict(zip(names, ceiling.clearances(UPRIGHT), strict=True))
    top = 0.1475 + 0.1925 + 0.2075 + 0.1925 + 0.2075 + 0.1925 + 0.091 + 0.035 + 0.05 + 0.09
    assert clearances['gripper_left_finger', 'ceiling'] == pytest.approx(1.5 - top - 0.002,
                                                                         abs=1e-5)
    assert clearances['lbr_link_0', 'lbr_link_2'] > 0.0
    assert distance > 0.0
    assert ceiling.names(pair)


def test_the_hand_may_come_closer_than_the_arm():
    pairs = scene([CEILING]).pairs
    names = scene([CEILING])
    margins = {names.names(number)[0]: margin for number, (_, _, margin) in enumerate(pairs)
               if names.names(number)[1] == 'ceiling'}
    assert margins['gripper_palm'] == 0.002
    assert margins['lbr_link_4'] == 0.01
    assert 'lbr_link_0' not in margins  # it never moves


def test_an_arm_folded_onto_itself_is_inside_itself():
    jaco = scene(robot=load_robot('j2n6s300'))
    folded = np.array([5.8, 5.3, 0.4, 5.4, 6.2, 6.0])  # the wrist comes back to the shoulder
    distance, pair = jaco.smallest(folded)
    assert distance == pytest.approx(-0.039, abs=2e-3)
    assert jaco.names(pair) == ('j2n6s300_link_1', 'j2n6s300_link_6')
    assert jaco.some(folded, [pair])[0] == pytest.approx(distance - 0.01, abs=1e-6)


@pytest.mark.parametrize('name', ARMS)
def test_no_joint_changes_a_clearance_by_more_than_its_reach(name):
    robot = load_robot(name)
    here, rng = scene([CEILING], robot), np.random.default_rng(1)
    for _ in range(60):
        q = np.array(robot.home) + rng.uniform(-1.0, 1.0, len(robot.home))
        moved = q + rng.uniform(-1.0, 1.0, len(q)) * rng.choice([0.01, 0.1, 1.0])
        change = np.abs(here.clearances(moved) - here.clearances(q))
        assert (change <= here.reach @ np.abs(moved - q) + 1e-5).all()


@pytest.mark.parametrize('name', ARMS)
def test_slopes_are_those_of_differences(name):
    robot = load_robot(name)
    here, rng = scene([CEILING], robot), np.random.default_rng(2)
    for _ in range(10):
        q = np.array(robot.home) + rng.normal(0, 0.2, len(robot.home))
        pair = int(np.argmin(np.abs(here.clearances(q) - 0.1)))
        steps = 1e-3 * np.eye(len(q))
        measured = [(here.some(q + step, [pair])[0] - here.some(q - step, [pair])[0]) / 2e-3
                    for step in steps]
        assert here.slope(q, pair) == pytest.approx(measured, abs=5e-3)


def test_travel_bounds_what_a_shape_does_on_a_short_way():
    here, rng = scene([CEILING]), np.random.default_rng(3)
    pairs = list(range(len(here.pairs)))
    for _ in range(40):
        q = np.array(IIWA.home) + rng.uniform(-1.0, 1.0, 7)
        moved = q + rng.uniform(-0.03, 0.03, 7)
        change = np.abs(here.clearances(moved) - here.clearances(q))
        assert (change <= np.array(here.travel(q, moved, pairs)) + 1e-5).all()


@pytest.mark.parametrize('name', ARMS)
def test_what_is_stored_is_what_is_found(name):
    robot = load_robot(name)
    stored = collision_pairs.load(robot)
    assert stored.robot == name
    assert collision_pairs.find(robot, 300).touching == stored.touching


def test_links_that_overlap_at_their_joint_are_left_out_and_others_are_not():
    apart = {frozenset(names) for names in collision_pairs.load(IIWA).touching}
    assert frozenset(('lbr_link_3', 'lbr_link_4')) in apart
    assert frozenset(('lbr_link_0', 'gripper_palm')) not in apart
    assert all('lbr_link_0' not in names or 'lbr_link_1' in names for names in apart)


@pytest.mark.parametrize('name', ARMS)
def test_home_keeps_clear_of_everything_in_every_task(name):
    for task in (load_task(task) for task in task_names()):
        if name in task.robots:
            assert scene(task.fixtures,
                         load_robot(name)).clearances(np.array(load_robot(name).home)).min() > 0.01


@pytest.mark.parametrize(('fields', 'sentence'), [
    ({'size': [0.0, 1.0, 1.0]}, 'size should be above 0'),
    ({'margin': 0.0}, 'margin should be above 0'),
    ({'colour': 'red'}, "unknown key 'colour'")])
def test_fixtures_that_make_no_sense_are_refused(fields, sentence):
    with pytest.raises(BadInput, match=sentence):
        build(Fixture,
              {'name': 'box', 'size': [1.0, 1.0, 1.0], 'position': [0.0, 0.0, 0.0], **fields},
              'test')


def test_a_robot_without_an_arm_has_no_such_scene():
    with pytest.raises(BadInput, match='choose an arm'):
        CollisionScene(load_robot('minitaur'))


def test_an_answer_does_not_hang_on_what_was_asked_before():
    asked, fresh = scene(), scene()
    for angle in (0.3, 0.9, -0.7):
        asked.smallest(UPRIGHT + angle)
    answers = [[one.slope(np.full(7, 0.4), pair).tolist() for pair in range(len(one.pairs))]
               for one in (asked, fresh)]
    assert answers[0] == answers[1]


def test_a_fixture_through_the_arm_at_home_is_refused():
    pole = Fixture('pole', (0.1, 0.1, 2.0), (0.3, 0.0, 0.5))
    aside = Fixture('aside', (0.1, 0.1, 2.0), (0.3, 0.6, 0.5))
    make_filter(load_robot('iiwa7'), Limits(), (aside,))
    with pytest.raises(BadInput,
                       match=r"Fixture 'pole' is 0.\d+ m too near to lbr_link_\d of iiwa7 at home; move the"):  # noqa: E501
        make_filter(load_robot('iiwa7'), Limits(), (pole,))
