"""Walk: the trot walks, falls are seen, pushes push, and the same seed is the same walk."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import Target
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.tasks.walk.expert import Expert, balance, trot


def walk(world, seconds: float, seed: int = 0):
    expert, runner = make_expert(world.spec, world.task), ActionRunner(world)
    world.new_scene(np.random.default_rng(seed))
    runner.begin()
    truth, total = world.truth(), 0.0
    while runner.elapsed < seconds - 1e-6 and not truth.failed:
        truth = runner.step(expert.act(runner.observe()))
        total += truth.reward
    return truth, total, runner.elapsed


def test_the_trot_walks_a_metre_and_a_half_in_three_seconds():
    world = make_world('walk', 'minitaur')
    truth, total, seconds = walk(world, 3.0)
    assert not truth.failed
    assert truth.values['distance'] / seconds > 0.5
    assert truth.values['distance'] - 1.0 < total < truth.values['distance'], ('metres, less a '
                                                                               'little for the '
                                                                               'energy')
    assert not truth.success, 'ten seconds are not over'
    assert 0.16 < truth.poses['base'][2] < 0.22


def test_success_needs_the_whole_horizon():
    world = make_world('walk', 'minitaur')
    object.__setattr__(world.scene.task, 'horizon', 1.5)
    early, _, _ = walk(world, 1.2)
    assert not early.success
    whole, _, _ = walk(world, 1.5)
    assert whole.success


def test_standing_still_is_no_success():
    world = make_world('walk', 'minitaur')
    object.__setattr__(world.scene.task, 'horizon', 0.5)
    world.advance(0.6)
    truth = world.truth()
    assert not truth.success
    assert not truth.failed
    assert abs(truth.values['distance']) < 0.02


def test_a_hard_push_makes_it_fall_and_a_fall_stays_one():
    world = make_world('walk', 'minitaur', overrides={'push_force': 400.0, 'push_every': 0.4})
    truth, _, seconds = walk(world, 3.0)
    assert truth.failed
    assert 0.4 < seconds < 3.0
    world.robot.model.place(0.0, 0.0, 0.0)
    world.advance(0.006)
    assert world.truth().failed


def test_lying_down_flat_is_a_fall():
    world = make_world('walk', 'minitaur')
    world.client.resetBasePositionAndOrientation(world.robot.body, [0.0, 0.0, 0.14], [0, 0, 0, 1])
    assert not world.truth().failed, 'low, but upright and above 0.13 m'
    world.client.resetBasePositionAndOrientation(world.robot.body, [0.0, 0.0, 0.12], [0, 0, 0, 1])
    world.rewind()
    assert world.truth().failed


def test_pushes_come_from_the_seed_and_only_when_asked_for():
    pushed = make_world('walk', 'minitaur', overrides={'push_force': 40.0})
    calm = make_world('walk', 'minitaur')
    one, same, other = (pushed.new_scene(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert one == same != other
    assert calm.new_scene(np.random.default_rng(3)) != one
    for world in (pushed, calm):
        world.advance(1.2)
        world.advance(0.06)
    drift = np.hypot(*pushed.robot.model.pose()[:2]) - np.hypot(*calm.robot.model.pose()[:2])
    assert drift > 0.003


def test_the_same_seed_is_the_same_walk_byte_for_byte():
    states = []
    for seed in (7, 7, 8):
        world = make_world('walk', 'minitaur', randomise=True)
        walk(world, 0.6, seed)
        state = world.robot.read()
        states.append(state.position.tobytes() + state.velocity.tobytes()
                      + world.robot.model.pose().tobytes())
    assert states[0] == states[1] != states[2]


def test_what_was_before_leaves_no_trace_in_a_new_scene():
    world = make_world('walk', 'minitaur', randomise=True)
    world.robot.connect()
    poses = []
    for seed in (7, 8, 7):
        world.new_scene(np.random.default_rng(seed))
        for beat in range(60):
            world.robot.send(Target(1.9 + 0.3 * np.sin(0.2 * beat + np.arange(8)), np.zeros(8)))
            world.advance(0.006)
        poses.append(world.robot.model.pose().tobytes())
    assert poses[0] == poses[2] != poses[1]


def test_the_trot_knows_only_time_and_attitude():
    task = load_task('walk')
    rows = Expert(load_robot('minitaur'), task).act({'time': np.array([1.0]), 'imu': np.zeros(4)})
    assert rows.shape == (10, 8)
    assert np.abs(rows).max() <= 1.0
    assert np.abs(rows).max() < 1.0, 'nothing of the gait is cut off'


def test_diagonal_legs_go_together_and_their_neighbours_against_them():
    swing, extension = trot(np.array([1.0, 1.1]))
    np.testing.assert_allclose(swing[:, 0], swing[:, 3])
    np.testing.assert_allclose(swing[:, 0], -swing[:, 1])
    np.testing.assert_allclose(extension[:, 1], extension[:, 2])
    np.testing.assert_allclose(trot(np.array([0.0]))[1], 1.9, err_msg='it begins where it stands')


def test_the_sinking_side_gets_longer_legs():
    nose_down, right_side_down = balance(np.array([0, 0.2, 0, 0])), balance(np.array([0.2, 0, 0,
                                                                                      0]))
    assert nose_down[0] > 0 > nose_down[1]
    assert right_side_down[2] > 0 > right_side_down[0]
    assert np.abs(balance(np.array([9.0, 9.0, 9.0, 9.0]))).max() == 0.3


def test_bad_numbers_are_refused():
    with pytest.raises(BadInput, match='push_time'):
        make_world('walk', 'minitaur', overrides={'push_time': 2.0})
    with pytest.raises(BadInput, match=r'tilt should be above 0 and at most 3\.2, but is 0'):
        make_world('walk', 'minitaur', overrides={'tilt': 0.0})
    with pytest.raises(BadInput, match="unknown key 'push_forse'; did you mean push_force"):
        make_world('walk', 'minitaur', overrides={'push_forse': 1.0})
