"""What acts: a policy turns one observation into a chunk of actions of the task's action space."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.settings import Settings, required, setting

Observation = Mapping[str, NDArray[Any]]   # names: specs/observation.py
Sees = Mapping[str, tuple[int, ...]]       # what a policy needs of an observation: name and shape


class Policy(Protocol):
    """One policy, learned or scripted. The same seed and the same observations give the same
    actions. It may remember what it saw and did since `reset`: histories, recurrent states and
    searches live inside."""

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode; every random choice until the next reset comes from this generator."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return actions in -1..1, (rows, size): one due now, one each action period later."""

    @property
    def finished(self) -> bool:
        """True once the policy believes that the episode is done."""


@dataclass(frozen=True)
class Gives(Settings):
    """What a policy answers: chunks of `rows` actions of `size` numbers."""

    size: int = required('numbers of one action', least=1, most=1000)
    rows: int = setting(1, 'actions in a chunk', least=1, most=1000)
    decides: float = setting(0.0, 'decisions a second; 0: when a chunk is used up', 'Hz', least=0,
                             most=1000)


@dataclass(frozen=True)
class Role:
    """What a policy is made for: what there is to see, and what it has to give."""

    gives: Gives
    shown: Sees = field(default_factory=dict)    # all that this robot and task show
    gripper: bool = False                        # the last number of an action is the gripper's
    rate: float = 20.0                           # actions a second, Hz
    expert: Callable[[], Policy] | None = None   # makes the task's own scripted expert


@dataclass(frozen=True)
class LoadedPolicy:
    """A policy that is ready to act, and what whoever asks it has to know."""

    policy: Policy
    name: str
    hash: str               # of its weights; of its YAML and code where it has none
    sees: Sees              # what it needs before it can act
    decides: float = 0.0    # Hz; 0: when a chunk is used up

    @property
    def privileged(self) -> bool:
        """Whether it looks at the simulator's truth."""
        return bool(getattr(self.policy, 'privileged', False))
