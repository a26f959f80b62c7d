"""A trained network as a policy: names and shapes are checked, then one forward pass."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from visuomotor.policies import checkpoint
from visuomotor.policies.nets.visuomotor_net import VisuomotorNet
from visuomotor.specs.errors import BadCheckpoint


class Learned:
    """Act as the network says; the same observation gives the same bytes."""

    finished = False

    def __init__(self, net: VisuomotorNet) -> None:
        self.net = net.eval()
        self.observations = net.settings.observations

    def reset(self, rng: np.random.Generator) -> None:
        """Nothing is remembered and nothing is random."""

    @torch.inference_mode()
    def act(self, observation: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        batch = {name: self._tensor(name, shape, observation) for name, shape in self.observations.items()}
        actions: NDArray[np.float64] = self.net(batch)[0].double().numpy()
        return actions

    def _tensor(self, name: str, shape: tuple[int, ...], observation: Mapping[str, NDArray[Any]]) -> torch.Tensor:
        if name not in observation:
            there = ', '.join(sorted(observation))
            raise ValueError(f"the policy needs the observation '{name}', but there are only {there}")
        value = np.asarray(observation[name])
        if value.shape != tuple(shape):
            raise ValueError(f"the policy needs '{name}' of shape {tuple(shape)}, but {value.shape} came")
        return torch.from_numpy(np.ascontiguousarray(value))[None]


def load(folder: Path, robot: str, task: str, size: int) -> tuple[Learned, str]:
    """Return the policy in a folder and its hash; refuse one that does not fit robot, task or size of an action."""
    stored = checkpoint.restore(folder, robot, task)
    given = stored.net.settings.action_size
    if given != size:
        raise BadCheckpoint(f"{folder} gives {given} numbers for one action, but task '{task}' takes {size}; "
                            'train it again.')
    return Learned(stored.net), stored.hash
