"""Batches as functions of (seed, step), so that a training that goes on needs no random states."""
from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from visuomotor.episodes.dataset import Dataset
from visuomotor.policies.act.network import PAST, NetworkSettings
from visuomotor.policies.learn.protocol import Batch
from visuomotor.specs.action_space import ActionSpace

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """A stream of draws (Philox, counter-based): what step k draws depends on nothing else."""

    seed: int
    stream: str

    def at(self, step: int) -> np.random.Generator:
        """Return the generator of one step."""
        key = [self.seed & (2**64 - 1), zlib.crc32(self.stream.encode())]
        return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, step, 0]))


def split(dataset: Dataset, share: float, draw: Draw) -> tuple[Rows, Rows]:
    """Return the rows to learn from and those to look at, if any, parted by whole episodes."""
    episodes = draw.at(0).permutation(len(dataset.starts) - 1)
    held_out = round(share * len(episodes))
    rows = np.arange(dataset.starts[-1])
    lengths = np.diff(dataset.starts)
    looked_at = np.repeat(np.isin(np.arange(len(lengths)), episodes[:held_out]), lengths)
    return rows[~looked_at], rows[looked_at]


class Windows:
    """Rows with their history and their chunk, inside one episode, as a network reads them."""

    def __init__(self, dataset: Dataset, act: NetworkSettings, rows: int,
                 space: ActionSpace) -> None:
        self.dataset = dataset
        self.act = act
        self.rows = rows
        lengths = np.diff(dataset.starts)
        self.first = np.repeat(dataset.starts[:-1], lengths)
        self.end = np.repeat(dataset.starts[1:], lengths)
        rest = [space.rest(action) for action in dataset.actions]
        self.rest = np.concatenate(rest).astype(np.float32)

    def batch(self, chosen: Rows) -> Batch:
        """Return some rows."""
        data, first = self.dataset, self.first[chosen]
        back = [np.maximum(chosen - k, first) for k in range(self.act.history - 1, -1, -1)]
        seen = {name: np.concatenate([values[rows] for rows in back], axis=-1)
                for name, values in data.observations.items()}
        if self.act.past_actions:
            before = [np.where((chosen - k >= first)[:, None],
                               data.actions[np.maximum(chosen - k, first)], 0.0)
                      for k in range(self.act.past_actions, 0, -1)]
            seen[PAST] = np.concatenate(before, axis=1).astype(np.float32)
        return Batch({name: torch.from_numpy(value) for name, value in seen.items()},
                     torch.from_numpy(self._chunks(chosen)))

    def _chunks(self, chosen: Rows) -> NDArray[np.float32]:
        """Return the actions from then on; past the end of an episode nothing more is asked for."""
        last = self.end[chosen] - 1
        rows = [np.where((chosen + k <= last)[:, None],
                         self.dataset.actions[np.minimum(chosen + k, last)],
                         self.rest[last]) for k in range(self.rows)]
        return np.stack(rows, axis=1)
