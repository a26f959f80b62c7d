"""The figures of a run: how many episodes succeeded, how sure that is, and how long they took."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from visuomotor.episodes.catalogue import Entry

Z95 = 1.959964  # normal quantile of a two-sided 95 % interval


@dataclass(frozen=True)
class Summary:
    """One run in numbers; aborted episodes say nothing about the policy and are counted apart."""

    episodes: int
    results: dict[str, int]            # SUCCESS, FAILURE, ABORTED, UNKNOWN -> how many, by the detector
    truths: dict[str, int]             # the same, by the simulator
    success_rate: float                # of those judged; NaN: none was
    interval: tuple[float, float]      # Wilson 95 % of the success rate
    mean_return: float                 # task units
    mean_duration: float               # s


def summarise(entries: Sequence[Entry]) -> Summary:
    """Count a run."""
    results, truths = Counter(e.result for e in entries), Counter(e.truth for e in entries)
    judged = results['SUCCESS'] + results['FAILURE']
    rate = results['SUCCESS'] / judged if judged else math.nan
    return Summary(len(entries), dict(results), dict(truths), rate, wilson(results['SUCCESS'], judged),
                   _mean([e.return_value for e in entries]), _mean([e.duration for e in entries]))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a success rate (Wilson 1927); everything is possible when nothing was tried."""
    if not trials:
        return 0.0, 1.0
    rate, z2 = successes / trials, Z95 ** 2
    centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials ** 2))
    return max(0.0, centre - half), min(1.0, centre + half)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
