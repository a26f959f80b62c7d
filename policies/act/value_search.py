"""Looks for the actions that a network values most: what is seen is encoded once, then searched by
cross-entropy. Kalashnikov et al. 2018 (QT-Opt), section 4.1, and Levine et al. 2016 (hand-eye),
section 4.2."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from visuomotor.policies.act.network import ByNetwork
from visuomotor.policies.nets.build import build
from visuomotor.policies.search import cem
from visuomotor.specs.policy import Gives, Observation, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class ValueSearchSettings(Settings):
    """How long to search, by a network with `encode(observation)` and `score(code, actions)`."""

    net: str = setting('value_net', 'a file of policies/nets')
    parts: dict[str, Any] = setting({}, 'numbers of that network; it checks them')
    search: cem.CemSettings = setting(cem.CemSettings(), 'the search')


def network(settings: ValueSearchSettings, sees: Sees, gives: Gives) -> nn.Module:
    """Make the network that such a policy needs."""
    return build(settings.net, settings.parts, sees, gives)


class ValueSearch(ByNetwork):
    """Give the chunk that scored best; every draw comes from the episode's own generator."""

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.rngs = list(rngs)

    @torch.inference_mode()
    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        gives = self.role.gives
        score = partial(self.net.score, self.net.encode(self.looked_at(observation)))
        found = cem.search(score, gives.rows * gives.size, self.settings.search, self.rngs,
                           self.device)
        rows: NDArray[np.float64] = found.best.double().cpu().numpy()
        return rows.reshape(-1, gives.rows, gives.size)
