"""Reach: every arm gets there, goals can be reached and cannot be touched, and the judge counts
what it should."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.rollout import rollout
from visuomotor.worlds.tasks.reach.expert import Expert
from visuomotor.worlds.tasks.reach.goals import Path, Rehearsal, still, wander


def world_of(robot: str, **numbers):
    return make_world('reach', robot, overrides=numbers)


@pytest.mark.parametrize('robot', ['j2n6s300', 'j2s7s300', 'iiwa7', 'iiwa14'])
def test_the_expert_brings_every_arm_within_2_cm(robot):
    world = world_of(robot)
    for seed in (0, 1):
        result = rollout(world, make_expert(world.spec, world.task), seed, pictures=False)
        assert result.success
        assert result.values['distance'] < 0.02
        assert result.seconds > 0.5


@pytest.mark.parametrize('robot', ['j2n6s300', 'j2s7s300'])
def test_it_follows_a_goal_that_moves(robot):
    world = world_of(robot, target='moving')
    result = rollout(world, make_expert(world.spec, world.task), 0, pictures=False)
    assert result.success
    assert result.seconds == pytest.approx(8.0, abs=0.06), 'judged at the end'


def test_chance_does_not_get_there(chance):
    world = world_of('j2n6s300')
    result = rollout(world, chance(world.task), 0, pictures=False)
    assert not result.success
    assert result.total < -0.5


def test_a_fixed_goal_is_where_the_numbers_say():
    world = world_of('j2s7s300', target='fixed', fixed=[0.35, -0.3, 0.45])
    np.testing.assert_allclose(world.truth().poses['goal'], [0.35, -0.3, 0.45, 0, 0, 0, 1])
    ball = world.client.getBasePositionAndOrientation(world.scene._ball)[0]
    np.testing.assert_allclose(ball, [0.35, -0.3, 0.45])


def test_a_goal_out_of_reach_is_refused():
    with pytest.raises(BadInput, match='j2n6s300 gets to no fixed goal'):
        world_of('j2n6s300', target='fixed', fixed=[0.74, 0.74, 1.0])
    with pytest.raises(BadInput, match="is 'randon'; did you mean random"):
        world_of('j2n6s300', target='randon')


def test_random_goals_lie_in_the_workspace_above_the_floor_and_apart():
    world = world_of('j2n6s300', lowest=0.4)
    goals = []
    for seed in range(12):
        world.new_scene(np.random.default_rng(seed))
        goals.append(world.truth().poses['goal'][:3])
    assert all(z > 0.4 and np.hypot(x, y) > 0.25 and max(abs(x), abs(y)) < 0.75 for x, y,
               z in goals)
    assert np.std(goals, axis=0).min() > 0.05


def test_a_moving_goal_keeps_to_its_speed_and_its_circle():
    world = world_of('iiwa7', target='moving', speed=0.05, radius=0.06)
    places = []
    for _ in range(100):
        world.advance(0.1)
        places.append(world.truth().poses['goal'][:3])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert 0.0 < steps.max() <= 0.0051
    assert np.ptp(places, axis=0).max() <= 0.1201


def test_a_path_to_and_fro_is_a_line_through_its_centre():
    path = Path(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.0, 0.0]), np.zeros(3), rate=1.0)
    np.testing.assert_allclose(path.at(0.0), [1.1, 2.0, 3.0])
    np.testing.assert_allclose(path.at(np.pi), [0.9, 2.0, 3.0])
    np.testing.assert_allclose(path.at(np.pi / 2), [1.0, 2.0, 3.0], atol=1e-12)
    kinds = {bool(wander(np.zeros(3), 0.1, 0.04, np.random.default_rng(seed)).second.any())
             for seed in range(8)}
    assert kinds == {True, False}


def test_a_rehearsal_refuses_what_the_joints_cannot_do():
    rehearsal = Rehearsal(load_robot('j2s7s300'), 0.18, 5.0)
    assert rehearsal.passes(still(np.array([0.4, -0.25, 0.4])))
    assert not rehearsal.passes(still(np.array([0.0, 0.0, 2.0])))
    assert not rehearsal.passes(still(np.array([-0.45, 0.35,
                                                0.2]))), 'too far to go in five seconds'


def test_a_rehearsal_refuses_a_path_on_which_joints_come_to_their_limits():
    centre = [0.255, 0.282, 0.355]
    first = [-0.063, -0.031, 0.002]
    second = [-0.018, 0.033, -0.059]
    circle = Path(np.array(centre), np.array(first), np.array(second), 0.39)
    assert not Rehearsal(load_robot('j2s7s300'), 0.18,
                         5.0).passes(circle), 'the wrist comes to its stop'


def test_being_there_counts_after_half_a_second_without_a_break():
    scene = world_of('j2n6s300').scene
    moments = [(0.0, 0.01), (0.3, 0.019), (0.4, 0.021), (0.5, 0.01), (0.95, 0.01), (1.0, 0.01),
               (1.1, 0.5)]
    assert [scene._rests(now, distance) for now, distance in moments] == [False, False, False,
                                                                          False, False, True, True]


def test_following_counts_the_mean_of_the_last_second_at_the_end():
    scene = world_of('j2n6s300', target='moving').scene
    far_then_near = [(scene._started + 0.1 * n, 0.3 if n < 69 else 0.01) for n in range(81)]
    verdicts = [scene._follows(now, distance) for now, distance in far_then_near]
    assert verdicts.index(True) == 80
    assert not scene._follows(scene._started + 8.1, 0.4)


def test_the_reward_is_the_distance_over_time():
    world = world_of('j2n6s300', target='fixed')
    world.truth()
    world.advance(0.5)
    truth = world.truth()
    assert truth.reward == pytest.approx(-0.5 * truth.values['distance'])


def test_the_same_seed_is_the_same_episode_byte_for_byte():
    states = []
    for seed in (5, 5, 6):
        world = make_world('reach', 'j2s7s300', randomise=True, overrides={'target': 'moving'})
        expert = make_expert(world.spec, world.task)
        object.__setattr__(world.task, 'horizon', 1.0)
        rollout(world, expert, seed, pictures=False)
        state = world.robot.read()
        states.append(state.position.tobytes() + state.velocity.tobytes()
                      + world.truth().poses['goal'].tobytes())
    assert states[0] == states[1] != states[2]


def test_the_expert_leads_a_moving_goal_and_finishes_at_one_that_rests():
    expert = Expert(load_robot('j2n6s300'), load_task('reach'))
    tip = np.array([0.3, 0.0, 0.4, 0, 0, 0, 1.0])
    for beat in range(40):
        goal = tip + np.array([0.04 * 0.05 * beat, 0, 0, 0, 0, 0, 0])
        expert.act({'time': np.array([0.05 * beat]), 'goal': goal, 'tip_pose': goal})
    goal = goal + np.array([0.002, 0, 0, 0, 0, 0, 0])
    ahead = expert.act({'time': np.array([2.0]), 'goal': goal, 'tip_pose': goal})
    assert ahead[0,
                 0] > 0.2, ('at the goal it already moves with it: 0.04 of 0.2 m/s and what the '
                            'delay adds')
    for beat in range(40):
        expert.act({'time': np.array([2.0 + 0.05 * beat]), 'goal': goal, 'tip_pose': goal})
    assert not expert.finished, 'it moved before, so it may move on'
    expert.reset(np.random.default_rng(0))
    for beat in range(20):
        expert.act({'time': np.array([0.05 * beat]), 'goal': tip, 'tip_pose': tip})
    assert expert.finished
