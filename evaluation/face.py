"""Whole episodes without ROS, in the world that learners practise in, judged by its own truth."""
from __future__ import annotations

from collections.abc import Iterator

from visuomotor.policies.make import make_policy
from visuomotor.specs.seeds import episode_seed
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.rollout import rollout


def outcomes(policy: str, robot: str, task: str, episodes: int, seed: int,
             randomise: bool = False) -> Iterator[bool]:
    """Play the scenes that the graph has with this seed; say of each whether it succeeded."""
    world = make_world(task, robot, randomise=randomise)
    try:
        loaded = make_policy(policy, world.spec, world.task, make_expert)
        pictures = any(len(shape) == 3 for shape in loaded.sees.values())
        runner = ActionRunner(world, pictures)
        for number in range(1, episodes + 1):
            yield rollout(world, loaded.policy, episode_seed(seed, number),
                          privileged=loaded.privileged, runner=runner).success
    finally:
        world.close()
