"""One test over every task and every robot that can do it."""
import numpy as np
import pytest
from visuomotor.specs.task import load_task, task_names
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world

PAIRS = [(task, robot) for task in task_names() for robot in load_task(task).robots]


@pytest.mark.parametrize(('task', 'robot'), PAIRS)
def test_every_task_on_every_robot(task, robot):
    world = make_world(task, robot, seed=2, randomise=True)
    runner, rng = ActionRunner(world), np.random.default_rng(0)
    world.new_scene(np.random.default_rng(3))
    runner.begin()
    for _ in range(50):
        truth = runner.step(rng.uniform(-1, 1, world.task.action.size))
    assert runner.elapsed == pytest.approx(50 / world.task.action.rate, abs=1e-6)
    assert all(np.isfinite(pose).all() and pose.shape == (7,) for pose in truth.poses.values())
    assert all(np.linalg.norm(pose[3:]) == pytest.approx(1.0, abs=1e-5)
               for pose in truth.poses.values())
    assert all(np.isfinite(value) for value in truth.values.values())
    assert np.isfinite(truth.reward)
    assert 0.0 <= truth.progress <= 1.0
    assert len(truth.scene) == 16
    assert truth.stamp == world.time
    seen = runner.observe(privileged=True)
    assert all(np.isfinite(value).all() for value in seen.values())
    assert {f'image_{camera}' for camera in world.task.observe} <= set(seen)
    expert = make_expert(world.spec, world.task)
    expert.reset(np.random.default_rng(0))
    actions = expert.act(seen)
    assert actions.shape[1] == world.task.action.size
    assert np.abs(actions).max() <= 1.0
    world.close()


@pytest.mark.parametrize('task', task_names())
def test_truth_is_judged_once_for_each_moment(task):
    world = make_world(task, load_task(task).robots[0])
    assert world.truth() is world.truth()
    before = world.truth()
    world.advance(0.1)
    assert world.truth() is not before
    world.close()
