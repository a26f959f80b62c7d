"""One forward pass, one chunk: of what is seen now, or of a history; overlapping chunks may be
averaged. Averaging: Zhao et al. 2023 (ACT), section IV-A: weights exp(-fade i), i = 0 for the
oldest prediction of a row."""
from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from visuomotor.policies.act.batched import Batched
from visuomotor.policies.nets.build import build
from visuomotor.specs.policy import Gives, Observation, Role, Sees
from visuomotor.specs.settings import Settings, setting

PAST = 'past_actions'   # what the network calls the actions that were given before
Array = NDArray[Any]


@dataclass(frozen=True)
class NetworkSettings(Settings):
    """Which network, and how much of the past it is shown."""

    net: str = setting('visuomotor_net', 'a file of policies/nets')
    parts: dict[str, Any] = setting({}, 'numbers of that network; it checks them')
    history: int = setting(1, 'observations that it is shown at once, oldest first', least=1,
                           most=100)
    past_actions: int = setting(0, 'of its own actions that it is shown, oldest first', least=0,
                                most=100)
    average: bool = setting(False, 'average what overlapping chunks say; decide anew at every row')
    fade: float = setting(0.01, 'how fast newer predictions lose weight against the oldest',
                          least=0, most=100)


def network(settings: NetworkSettings, sees: Sees, gives: Gives) -> nn.Module:
    """Make the network that such a policy needs."""
    return build(settings.net, settings.parts, inputs(settings, sees, gives.size), gives)


def inputs(settings: NetworkSettings, sees: Sees, size: int) -> Sees:
    """Return the shapes that the network reads; a history is joined along the last axis."""
    longer = {name: (*shape[:-1], shape[-1] * settings.history) for name, shape in sees.items()}
    return longer | ({PAST: (size * settings.past_actions,)} if settings.past_actions else {})


class ByNetwork(Batched):
    """What every kind of acting by a network has."""

    def __init__(self, settings: Any, role: Role, net: nn.Module) -> None:
        self.settings = settings
        self.role = role
        self.net: Any = net.eval()
        self.sees = role.shown
        self.device = next(net.parameters()).device
        self.begin([np.random.default_rng(0)])

    def tensors(self, shown: Mapping[str, Array]) -> dict[str, torch.Tensor]:
        """Return observations, each (batch, *shape), as the network takes them."""
        return {name: torch.from_numpy(np.ascontiguousarray(value)).to(self.device)
                for name, value in shown.items()}

    def looked_at(self, observation: Observation) -> dict[str, torch.Tensor]:
        """Return what it sees of an observation, as the network takes it."""
        return self.tensors({name: observation[name] for name in self.sees})


class Network(ByNetwork):
    """Act as the network says; the same observations give the same bytes."""

    def begin(self, rngs: Sequence[np.random.Generator]) -> None:
        self.seen: deque[dict[str, Array]] = deque(maxlen=self.settings.history)
        self.done = np.zeros((len(rngs), self.settings.past_actions, self.role.gives.size))
        self.chunks: deque[Array] = deque(maxlen=self.role.gives.rows)   # the newest is last

    @torch.inference_mode()
    def act_batch(self, observation: Observation) -> NDArray[np.float64]:
        now = {name: np.asarray(observation[name]) for name in self.sees}
        self.seen.extend([now] * (1 if self.seen else self.settings.history))
        rows: NDArray[np.float64] = self.net(self._batch()).double().cpu().numpy()
        if self.settings.average:
            rows = self._averaged(rows)
        if self.settings.past_actions:
            self.done = np.concatenate((self.done, rows), axis=1)[:, -self.settings.past_actions:]
        return rows

    def _batch(self) -> dict[str, torch.Tensor]:
        """Join the history; what was never seen before an episode began is what was seen first."""
        shown = {name: np.concatenate([old[name] for old in self.seen], axis=-1)
                 for name in self.sees}
        if self.settings.past_actions:
            shown[PAST] = self.done.reshape(len(self.done), -1)
        return self.tensors(shown)

    def _averaged(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one row: what all chunks that reach it say of it."""
        self.chunks.append(rows)
        ages = reversed(range(len(self.chunks)))   # rows since each began
        said = [chunk[:, age] for age, chunk in zip(ages, self.chunks, strict=True)]
        weight = np.exp(-self.settings.fade * np.arange(len(said)))
        mixed: NDArray[np.float64] = np.tensordot(weight / weight.sum(), np.stack(said), axes=1)
        return mixed[:, None]
