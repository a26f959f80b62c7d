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
from visuomotor.policies.act.batched import Batched
from visuomotor.policies.act.network import tensors
from visuomotor.policies.nets.build import build
from visuomotor.specs.policy import Gives, Observation, Role, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class RecurrentSettings(Settings):
    """Which network; it has `begin(batch)` and takes and returns its memory."""

    net: str = setting('recurrent_net', 'a file of policies/nets')
    parts: dict[str, Any] = setting({}, 'numbers of that network; it checks them')


def network(settings: RecurrentSettings, sees: Sees, gives: Gives) -> nn.Module:
    """Make the network that such a policy needs."""
    return build(settings.net, settings.parts, sees, gives)


class Recurrent(Batched):
    """Act as the network says and remembers."""

    def __init__(self, settings: RecurrentSettings, role: Role, net: nn.Module) -> None:
        self.net: Any = net.eval()
        self.sees = role.shown
        self.device = next(net.parameters()).device
        self.begin([np.random.default_rng(0)])

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.memory = self.net.begin(len(rngs))

    @torch.inference_mode()
    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        shown = {name: np.asarray(observation[name]) for name in self.sees}
        actions, self.memory = self.net(tensors(shown, self.device), self.memory)
        rows: NDArray[np.float64] = actions.double().cpu().numpy()
        return rows
