"""One question to a policy, and its answer."""
from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.policy import policy_rng


class Acting(Protocol):
    """The part of policies.interface.Policy that is needed here."""

    def reset(self, rng: np.random.Generator) -> None: ...

    def act(self, observation: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]: ...

    @property
    def finished(self) -> bool: ...


@dataclass(frozen=True)
class Question:
    """What the policy is shown."""

    episode: int
    seed: int
    observed: float                       # s, ROS time of the observation
    observation: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Answer:
    """What it wants."""

    question: Question
    actions: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))  # rows x size
    finished: bool = False
    inference: float = 0.0                # s of wall time; measured, never decided on
    failure: str = ''                     # why there are no actions


class Actor:
    """A policy with its name; it is begun anew by the first question of another episode, wherever that is answered."""

    def __init__(self, policy: Acting, name: str, hash: str, size: int) -> None:  # noqa: A002 - what it is called everywhere
        self.policy, self.name, self.hash, self.size = policy, name, hash, size
        self.episode = 0

    def answer(self, question: Question) -> Answer:
        """Ask the policy; whatever goes wrong inside it becomes a sentence, and the robot hears nothing."""
        began = time.perf_counter()
        try:
            actions = self._act(question)
        except Exception as error:  # a policy is anybody's code: its faults must not take the node down
            return Answer(question, failure=f"Policy '{self.name}' failed: {type(error).__name__}: {error}.")
        return Answer(question, actions, self.policy.finished, time.perf_counter() - began)

    def _act(self, question: Question) -> NDArray[np.float64]:
        if question.episode != self.episode:
            self.policy.reset(policy_rng(question.seed))
            self.episode = question.episode
        actions = np.atleast_2d(np.asarray(self.policy.act(question.observation), dtype=np.float64))
        if actions.shape[1:] != (self.size,) or not len(actions):
            raise ValueError(f'it should give rows of {self.size} numbers, but gave shape {actions.shape}')
        if not np.isfinite(actions).all():
            raise ValueError('it gave a number that is not finite')
        return actions
