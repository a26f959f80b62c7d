"""How good actions are where one stands: observations are encoded once, then actions scored."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from visuomotor.policies.nets.build import dense
from visuomotor.policies.nets.visuomotor_net import VisuomotorNet, VisuomotorNetSettings
from visuomotor.specs.policy import Gives, Sees
from visuomotor.specs.settings import Settings, setting


@dataclass(frozen=True)
class ValueNetSettings(Settings):
    """The size of the network."""

    code: int = setting(64, 'numbers that an observation becomes', least=1, most=4096)
    hidden: tuple[int, ...] = setting((64,), 'widths of the layers that join code and action',
                                      least=1, most=65_536)
    eyes: VisuomotorNetSettings = setting(VisuomotorNetSettings(), 'what encodes the observation')


class ValueNet(nn.Module):
    """`score(encode(seen), actions)`: actions (batch, samples, rows x size) to (batch, samples)."""

    def __init__(self, settings: ValueNetSettings, sees: Sees, gives: Gives) -> None:
        super().__init__()
        self.settings = settings
        self.sees = dict(sees)
        self.gives = gives
        self.encoder = VisuomotorNet(settings.eyes, sees, Gives(settings.code))
        self.head = dense(settings.code + gives.rows * gives.size, settings.hidden, 1)

    def encode(self, observation: Mapping[str, Tensor]) -> Tensor:
        code: Tensor = self.encoder(observation)[:, 0]
        return code

    def score(self, code: Tensor, actions: Tensor) -> Tensor:
        beside = code[:, None].expand(-1, actions.shape[1], -1)
        scores: Tensor = self.head(torch.cat((beside, actions), dim=2))[..., 0]
        return scores
