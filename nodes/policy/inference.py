"""One question to a policy and its answer, asked in the thread that hears or in one of its own."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.policy import LoadedPolicy, Observation
from visuomotor.specs.seeds import policy_rng


@dataclass(frozen=True)
class InferenceRequest:
    """What the policy is shown."""

    episode: int
    seed: int
    observed: float                       # s, ROS time of the observation
    observation: Observation


@dataclass(frozen=True)
class InferenceResult:
    """What it wants."""

    request: InferenceRequest
    actions: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))  # rows x size
    finished: bool = False
    inference: float = 0.0                # s of wall time; measured, never decided on
    failure: str = ''                     # why there are no actions


class PolicyRunner:
    """Asks one policy, which begins anew with the first request of another episode."""

    def __init__(self, loaded: LoadedPolicy, size: int) -> None:
        self.policy = loaded.policy
        self.name = loaded.name
        self.hash = loaded.hash
        self.size = size
        self.episode = 0

    def answer(self, request: InferenceRequest) -> InferenceResult:
        """Ask the policy; what goes wrong inside it becomes a sentence, not a motion."""
        began = time.perf_counter()
        try:
            actions = self._act(request)
        # a policy is anybody's code: its faults must not take the node down
        except Exception as error:
            return InferenceResult(
                request, failure=f"Policy '{self.name}' failed: {type(error).__name__}: {error}.")
        return InferenceResult(request, actions, self.policy.finished, time.perf_counter() - began)

    def _act(self, request: InferenceRequest) -> NDArray[np.float64]:
        for name, seen in request.observation.items():
            if isinstance(seen, np.ndarray) and not np.isfinite(seen).all():
                raise ValueError(f'it was shown a number in {name} that is not finite')
        if request.episode != self.episode:
            self.policy.reset(policy_rng(request.seed))
            self.episode = request.episode
        actions = np.atleast_2d(np.asarray(self.policy.act(request.observation), dtype=np.float64))
        if actions.shape[1:] != (self.size,) or not len(actions):
            raise ValueError(f'it should give rows of {self.size} numbers, but gave shape '
                             f'{actions.shape}')
        if not np.isfinite(actions).all():
            raise ValueError('it gave a number that is not finite')
        return actions


class InlineInference:
    """Answers before `ask` returns: the same order each time, as lock-step needs."""

    def __init__(self, tell: Callable[[InferenceResult], None]) -> None:
        self.tell = tell

    def ask(self, runner: PolicyRunner, request: InferenceRequest) -> None:
        self.tell(runner.answer(request))

    def close(self) -> None:
        """Nothing runs by itself."""


class ThreadedInference:
    """Answers in a thread of its own, so that a slow policy never delays hearing. Only the newest
    request waits: an older one is of no use by then."""

    def __init__(self, tell: Callable[[InferenceResult], None]) -> None:
        self.tell = tell
        self._waiting: tuple[PolicyRunner, InferenceRequest] | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name='policy', daemon=True)
        self._thread.start()

    def ask(self, runner: PolicyRunner, request: InferenceRequest) -> None:
        with self._changed:
            self._waiting = (runner, request)
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            runner, request = task
            self.tell(runner.answer(request))

    def _next(self) -> tuple[PolicyRunner, InferenceRequest] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting is not None)
            task, self._waiting = self._waiting, None
            return None if self._closed else task
