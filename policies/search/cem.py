"""Rubinstein 1999, the cross-entropy method: draw, keep the best, draw again around them. Many
states at once."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import Settings, setting

Score = Callable[[Tensor], Tensor]   # (states, samples, size) -> (states, samples); more is better


@dataclass(frozen=True)
class CemSettings(Settings):
    """How long to search."""

    samples: int = setting(64, 'drawn in each round', least=2, most=100_000)
    elites: int = setting(6, 'best samples that the next round is drawn around', least=2,
                          most=10_000)
    rounds: int = setting(2, 'how often', least=1, most=100)
    spread: float = setting(0.7, 'standard deviation of the first round', above=0, most=10)
    narrowest: float = setting(0.02, 'standard deviation below which no round is drawn', least=0,
                               most=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.elites > self.samples:
            raise BadInput(f'elites should be at most the {self.samples} samples, but are '
                           f'{self.elites}')


@dataclass(frozen=True)
class Found:
    """What a search ended with; all (states, size) but the scores, (states,)."""

    best: Tensor     # the best sample of all rounds
    score: Tensor    # its score
    mean: Tensor     # of the last elites
    spread: Tensor   # of the last elites, Bessel's


def search(score: Score, size: int, settings: CemSettings, rngs: Sequence[np.random.Generator],
           device: torch.device | str = 'cpu') -> Found:
    """Look for the `size` numbers in -1..1 that score best; one generator for each state."""
    mean = torch.zeros(len(rngs), size, device=device)
    spread = torch.full_like(mean, settings.spread)
    best, best_score = mean, torch.full((len(rngs),), -torch.inf, device=device)
    for _ in range(settings.rounds):
        noise = np.stack([rng.standard_normal((settings.samples, size)) for rng in rngs])
        drawn = torch.from_numpy(noise).float().to(device)
        samples = (mean[:, None] + spread[:, None] * drawn).clamp(-1.0, 1.0)
        scores = score(samples)
        top, places = scores.topk(settings.elites, dim=1)
        elites = samples.gather(1, places[..., None].expand(-1, -1, size))
        better = top[:, 0] > best_score
        best = torch.where(better[:, None], elites[:, 0], best)
        best_score = torch.where(better, top[:, 0], best_score)
        mean = elites.mean(1)
        spread = elites.std(1).clamp_min(settings.narrowest)
    return Found(best, best_score, mean, spread)
