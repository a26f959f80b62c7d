"""Centre and size of each number that a network reads, kept with its weights so that they never
part."""
from __future__ import annotations

import torch
from torch import Tensor, nn

SMALLEST = 1e-3  # a number that hardly varied in the data is not blown up


class Normaliser(nn.Module):
    """(x - mean) / deviation, from data seen once; until then it changes nothing."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer('mean', torch.zeros(size))
        self.register_buffer('deviation', torch.ones(size))

    def fit(self, data: Tensor) -> None:
        """Measure the data, rows x size."""
        self.mean.copy_(data.mean(0))
        self.deviation.copy_(data.std(0).clamp_min(SMALLEST))

    def forward(self, numbers: Tensor) -> Tensor:
        return (numbers - self.mean) / self.deviation
