"""Where in the picture each feature is: the expected position of its activation (Levine et al.
2016, section 5.1)."""
from __future__ import annotations

import torch
from torch import Tensor, nn


class SpatialSoftmax(nn.Module):
    """Turn batch x channels x height x width into batch x (2 channels). X then y of each feature
    point, in -1..1."""

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, features: Tensor) -> Tensor:
        height, width = features.shape[-2:]
        weight = torch.softmax(features.flatten(2) / self.temperature,
                               dim=-1).unflatten(2, (height, width))
        x = torch.linspace(-1.0, 1.0, width, device=features.device, dtype=features.dtype)
        y = torch.linspace(-1.0, 1.0, height, device=features.device, dtype=features.dtype)
        return torch.cat([weight.sum(2) @ x, weight.sum(3) @ y], dim=1)
