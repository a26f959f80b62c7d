"""Pomerleau: ALVINN, NIPS 1988: learn to act by predicting what a demonstrator did (squared error
of whole chunks). The rate falls to nothing along half a cosine (Loshchilov and Hutter 2017, SGDR,
equation 5), so the last weights are the best."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from visuomotor.policies.act import network
from visuomotor.policies.act.network import NetworkSettings
from visuomotor.policies.learn.protocol import Batch, pack, unpack
from visuomotor.specs.policy import Gives, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class BehaviourCloningSettings(Settings):
    """How to fit what."""

    rate: float = setting(1e-3, 'of AdamW, at first', above=0, most=1)
    steps: int = setting(0, 'after which the rate is zero; 0: it stays', least=0,
                         most=1_000_000_000)
    weight_decay: float = setting(1e-4, 'of AdamW', least=0, most=1)
    act: NetworkSettings = setting(NetworkSettings(), 'the policy that is made')


class BehaviourCloning:
    """One network and its optimiser; the seed gives its first weights."""

    def __init__(self, settings: BehaviourCloningSettings, sees: Sees, gives: Gives,
                 seed: int = 0) -> None:
        self.settings = settings
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net = network.network(settings.act, sees, gives)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=settings.rate,
                                           weight_decay=settings.weight_decay)

    def measure(self, seen: Mapping[str, Tensor]) -> None:
        """Let the network measure the numbers of the data once, before the first step."""
        measure = getattr(self.net, 'measure', None)
        if callable(measure):
            measure(seen)

    def update(self, batch: Batch, step: int) -> dict[str, float]:
        for group in self.optimiser.param_groups:
            group['lr'] = self.rate(step)
        loss = self.loss(batch)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return {'loss': float(loss.detach())}

    def loss(self, batch: Batch) -> Tensor:
        """Return the mean squared error of the chunks."""
        return torch.nn.functional.mse_loss(self.net(batch.seen), batch.actions)

    def rate(self, step: int) -> float:
        """Return the rate of one step."""
        share = min(step / self.settings.steps, 1.0) if self.settings.steps else 0.0
        return self.settings.rate * 0.5 * (1 + math.cos(math.pi * share))

    def state(self) -> dict[str, Tensor]:
        return pack(self.net, self.optimiser)

    def load(self, state: Mapping[str, Tensor]) -> None:
        unpack(state, self.net, self.optimiser)

    def actor(self) -> tuple[str, Any, nn.Module]:
        return 'network', self.settings.act, self.net


Learner = BehaviourCloning
