"""Carries a state from decision to decision. What it remembers lives in a network and begins anew
with each episode."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from visuomotor.policies.act.network import ByNetwork
from visuomotor.policies.nets.build import build
from visuomotor.specs.policy import Gives, Observation, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class RecurrentSettings(Settings):
    """Which network; it has `begin(batch)` and takes and returns its memory."""

    net: str = setting('recurrent_net', 'a file of policies/nets')
    parts: dict[str, Any] = setting({}, 'numbers of that network; it checks them')


def network(settings: RecurrentSettings, sees: Sees, gives: Gives) -> nn.Module:
    """Make the network that such a policy needs."""
    return build(settings.net, settings.parts, sees, gives)


class Recurrent(ByNetwork):
    """Act as the network says and remembers."""

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.memory = self.net.begin(len(rngs))

    @torch.inference_mode()
    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        actions, self.memory = self.net(self.looked_at(observation), self.memory)
        rows: NDArray[np.float64] = actions.double().cpu().numpy()
        return rows
