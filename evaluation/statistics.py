"""How sure a success rate is."""
from __future__ import annotations

import math

Z95 = 1.959964  # normal quantile of a two-sided 95 % interval


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a success rate (Wilson 1927); without trials: 0 .. 1."""
    if not trials:
        return 0.0, 1.0
    rate, z2 = successes / trials, Z95 ** 2
    centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials ** 2))
    return max(0.0, centre - half), min(1.0, centre + half)
