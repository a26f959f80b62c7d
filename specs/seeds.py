"""One number in; a different, repeatable seed for every episode and what draws from it out."""
from __future__ import annotations

import numpy as np

STREAM = 2   # the policy's own stream of an episode's seed: the scene draws from another


def episode_seed(base: int, number: int) -> int:
    """Return the 64-bit seed of episode `number` of a run; neighbours share nothing."""
    return int(np.random.SeedSequence([base, number]).generate_state(1, np.uint64)[0])


def policy_rng(seed: int) -> np.random.Generator:
    """Return the generator that a policy draws from in the episode of a seed, wherever it acts."""
    return np.random.default_rng([seed, STREAM])
