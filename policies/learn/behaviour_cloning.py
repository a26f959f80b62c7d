"""Pomerleau: ALVINN, NIPS 1988: learn to act by predicting what a demonstrator did (squared error of whole chunks)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from visuomotor.policies.nets.visuomotor_net import VisuomotorNet


@dataclass(frozen=True)
class Knobs:
    """How to fit."""

    rate: float = 1e-3        # of Adam
    batch: int = 128
    weight_decay: float = 1e-4


class BehaviourCloning:
    """One network, its optimiser, and data by name: observations (steps x shape) and actions (steps x rows x size)."""

    def __init__(self, net: VisuomotorNet, settings: Knobs = Knobs()) -> None:
        self.net, self.settings = net, settings
        self.optimiser = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)

    def prepare(self, observations: Mapping[str, Tensor]) -> None:
        """Measure the numbers of the data once, so that the network reads them at one scale."""
        if self.net.settings.numbers:
            self.net.normaliser.fit(self.net.state(observations))

    def update(self, observations: Mapping[str, Tensor], actions: Tensor) -> float:
        """Take one step on one batch; return its loss."""
        loss = torch.nn.functional.mse_loss(self.net(observations), actions)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return float(loss.detach())

    def fit(self, observations: Mapping[str, Tensor], actions: Tensor, steps: int,
            rng: np.random.Generator) -> list[float]:
        """Take many steps on batches drawn by the generator; return the losses."""
        self.prepare(observations)
        draws = (torch.from_numpy(draw(rng, len(actions), self.settings.batch)) for _ in range(steps))
        return [self.update({name: data[rows] for name, data in observations.items()}, actions[rows]) for rows in draws]


def draw(rng: np.random.Generator, count: int, batch: int) -> NDArray[np.int64]:
    """Choose the rows of one batch, with replacement."""
    return rng.integers(0, count, batch)
