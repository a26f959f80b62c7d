"""One number in, a different and repeatable number for every episode out."""
from __future__ import annotations

import numpy as np


def episode_seed(base: int, number: int) -> int:
    """Return the 64-bit seed of episode `number` of a run that began with `base`. Neighbours share
    nothing."""
    return int(np.random.SeedSequence([base, number]).generate_state(1, np.uint64)[0])
