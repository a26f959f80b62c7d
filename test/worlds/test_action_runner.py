"""The pilot's delays: a picture is old, an action comes late, and a slow policy keeps several under
way."""
import dataclasses

import numpy as np
import pytest
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import Fixture, Latency, load_task
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_scene
from visuomotor.worlds.world import BulletWorld

UP = np.array([0.0, 0.0, 1.0, 0.0, -1.0])  # 0.25 m/s


def piloted(latency, pictures=False):
    task = dataclasses.replace(load_task('grasp'), latency=latency)
    robot = load_robot('iiwa7')
    world = BulletWorld(robot, task, make_scene(robot, task))
    world.first_scene(0)
    runner = ActionRunner(world, pictures)
    runner.begin()
    return world, runner


def heights(runner, steps):
    """Height of the tip after each action."""
    seen = []
    for _ in range(steps):
        runner.step(UP)
        seen.append(float(runner.observe()['tip_pose'][2]))
    return np.array(seen)


def test_without_delay_the_first_action_moves_the_tip():
    world, runner = piloted(Latency())
    # 0.25 m/s, once the jerk limits let it
    assert heights(runner, 10)[[0, 9]] == pytest.approx([0.352, 0.475], abs=1e-3)
    world.close()


def test_inference_and_actuation_come_late():
    world, runner = piloted(Latency(inference=0.06, actuation=0.04))
    late = heights(runner, 10)
    assert late[[0, 1]] == pytest.approx([0.35, 0.35], abs=5e-4)  # 0.1 s: two actions
    assert late[9] == pytest.approx(0.445, abs=0.008)
    world.close()


def test_a_policy_slower_than_its_own_rate_still_moves_the_arm():
    world, runner = piloted(Latency(inference=0.12))
    assert heights(runner, 10)[9] == pytest.approx(0.44, abs=0.01)
    world.close()


def test_pictures_are_as_old_as_the_camera_is_slow():
    world, runner = piloted(Latency(camera=0.02), pictures=True)
    asked = []
    look = world.picture
    world.picture = lambda name, **how: asked.append(round(world.time, 6)) or look(name, **how)
    for _ in range(3):
        runner.step(UP)
    assert asked == [0.03, 0.08, 0.13]  # 20 ms before each action ends
    world.close()


def test_a_chunk_runs_to_its_end():
    world, runner = piloted(Latency())
    runner.step(np.tile(UP, (8, 1)))
    assert runner.elapsed == pytest.approx(0.4)
    assert runner.observe()['tip_pose'][2] == pytest.approx(0.445, abs=0.008)
    world.close()


def test_a_moving_fixture_is_where_the_world_says_it_is():
    reached = []
    for goal in ([0.55, 0.25, 0.4], [0.55, -0.25, 0.4]):
        plain = load_task('reach')
        post = Fixture('post', (0.06, 0.06, 0.6), (0.0, 0.0, 0.0), body='goal')
        task = dataclasses.replace(plain, fixtures=(*plain.fixtures, post),
                                   world={**plain.world, 'target': 'fixed', 'fixed': goal})
        robot = load_robot('iiwa7')
        world = BulletWorld(robot, task, make_scene(robot, task), randomise=False)
        world.first_scene(0)
        runner = ActionRunner(world, pictures=False)
        runner.begin()
        for _ in range(50):
            runner.step(np.array([0.0, 1.0, 0.0]))
        reached.append(float(runner.observe()['tip_pose'][1]))
        world.close()
    assert 0.05 < reached[0] < 0.2
    assert reached[1] > 0.35
