"""Whole episodes without ROS, in the world that learners practise in: outcomes by seed, in the simulator's own truth."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from visuomotor.policies.make import make_policy
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.rollout import rollout


def outcomes(policy: str, robot: str, task: str, episodes: int, seed: int, randomise: bool = False) -> Iterator[bool]:
    """Play episodes one by one and say of each whether it succeeded; episode n draws from (seed, n) alone."""
    world = make_world(task, robot, randomise=randomise)
    try:
        loaded = make_policy(policy, world.spec, world.task, make_expert)
        pictures = any(len(shape) == 3 for shape in loaded.sees.values())
        runner = ActionRunner(world, pictures)
        for number in range(episodes):
            rng = np.random.default_rng([seed, number])
            yield rollout(world, loaded.policy, rng, privileged=loaded.privileged, runner=runner).success
    finally:
        world.close()
