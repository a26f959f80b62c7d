"""Whole episodes without ROS: for tests, evaluations and data; one call is one episode."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.specs.policy import Policy
from visuomotor.specs.seeds import policy_rng
from visuomotor.specs.values import passed
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.bullet_robot import BulletRobot
from visuomotor.worlds.world import BulletWorld


@dataclass(frozen=True)
class Result:
    """How one episode went."""

    success: bool        # by the simulator's own state
    failed: bool         # beyond rescue
    finished: bool       # the policy said so
    seconds: float       # of world time
    total: float         # of the rewards
    scene: str           # hash
    values: dict[str, float]   # the task's own numbers at the end
    shield: bool = True  # whether the safety filter was obeyed


def go_home(world: BulletWorld) -> None:
    """Between episodes: the clock starts again, an arm goes home. Scenes put down what has legs."""
    world.rewind()
    if isinstance(world.robot, BulletRobot):
        world.robot.place(np.array(world.spec.home))


def rollout(world: BulletWorld, policy: Policy, seed: int, *, pictures: bool = True,
            privileged: bool = True, runner: ActionRunner | None = None) -> Result:
    """Home, new scene, and one episode until success, failure, the policy's word or the horizon.
    Scene and policy draw from generators of their own, the same as in the graph for an episode of
    this seed."""
    runner = runner or ActionRunner(world, pictures)
    go_home(world)
    scene = world.new_scene(np.random.default_rng(seed))
    policy.reset(policy_rng(seed))
    runner.begin()
    truth, total = world.truth(), 0.0
    while not (truth.success or truth.failed or policy.finished
               or passed(world.task.horizon, 0.0, runner.elapsed)):
        truth = runner.step(policy.act(runner.observe(privileged)))
        total += truth.reward
    return Result(truth.success, truth.failed, policy.finished, runner.elapsed, total, scene,
                  dict(truth.values), runner.shield)
