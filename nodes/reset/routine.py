"""One reset: stages in order, each given its time, the whole tried again when one does not end."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from visuomotor.nodes.reset.stages import NewScene, Stage
from visuomotor.specs.values import Proposal, State, passed


class Routine:
    """Feed it the newest state with `step` and publish what comes back, until `done`."""

    def __init__(self, stages: Sequence[Stage], attempts: int, state_age: float,
                 patience: float) -> None:
        """`patience`: longest wait for a first state, in s. Later silence ends the reset."""
        self._stages = stages
        self._attempts = attempts
        self._state_age = state_age
        self._patience = patience
        self._asked_at: float | None = None
        self._place = -1           # of the stage under way
        self._began = 0.0
        self.attempt = 0
        self.done = False
        self.ready = False
        self.message = ''
        self.stage = ''            # what it is doing, for people
        self.resting = False       # what was proposed last is the end of a motion: silence follows
        self._last: Proposal | None = None

    def step(self, state: State | None, now: float) -> Proposal | None:
        """Move on as far as the state allows and return what to propose now."""
        self.resting = False
        proposal = self._step(state, now)
        failed = self.done and not self.ready
        last, self._last = self._last, proposal
        if proposal is not None or last is None or state is None or failed:
            return proposal
        self.resting = True
        return resting(last, state.stamp, now)

    def _step(self, state: State | None, now: float) -> Proposal | None:
        if self.done:
            return None
        if self._asked_at is None:
            self._asked_at = now
        if state is None or now - state.stamp > self._state_age:
            self._silence(self._asked_at, now)
            return None
        if self.attempt == 0:
            self._again(state, now)
        self._advance(state, now)
        stage = self._stages[self._place]
        if not self.done and now - self._began > stage.limit:
            self._failed(f'{self.stage} took more than {stage.limit:.1f} s', state, now)
        return None if self.done else self._stages[self._place].propose(state, now)

    @property
    def wants_scene(self) -> bool:
        """True while a new scene should be asked for, until `scene_asked`."""
        return isinstance(self._under_way, NewScene) and not self._under_way.asked

    def scene_asked(self) -> None:
        if isinstance(self._under_way, NewScene):
            self._under_way.asked = True

    def scene_unserved(self, now: float) -> None:
        """Hear that nobody takes the question yet; fail when that lasts."""
        scene = self._under_way
        if isinstance(scene, NewScene) and passed(self._patience, scene.since, now):
            self._finish(False, 'no new scene: nobody serves world/new_scene; is the driver '
                         'active, with world:=sim?')

    def scene_answered(self, ready: bool, message: str, now: float) -> None:
        """Take in the world's answer; an answer that nobody waits for any more is dropped."""
        if not isinstance(self._under_way, NewScene):
            return
        if ready:
            self._under_way.answered(now)
        else:
            self._finish(False, f'no new scene: {message}')

    def cancel(self, why: str) -> None:
        self._finish(False, why)

    @property
    def _under_way(self) -> Stage | None:
        return None if self.done or self._place < 0 else self._stages[self._place]

    def _silence(self, asked_at: float, now: float) -> None:
        if self.attempt:
            self._finish(False, f'joint_states have been silent for more than {self._state_age:g} '
                         's; is the driver active?')
        elif passed(self._patience, asked_at, now):
            self._finish(False,
                         f'no joint_states came within {self._patience:g} s; is the driver active?')

    def _advance(self, state: State, now: float) -> None:
        while not self.done and self._stages[self._place].over(state, now):
            if self._place + 1 == len(self._stages):
                self._finish(True, f'ready after {self.attempt} of {self._attempts} attempts')
            else:
                self._enter(self._place + 1, state, now)

    def _again(self, state: State, now: float) -> None:
        self.attempt += 1
        self._enter(0, state, now)

    def _enter(self, place: int, state: State, now: float) -> None:
        self._place, self._began = place, now
        self.stage = self._stages[place].sentence
        self._stages[place].begin(state, now)

    def _failed(self, why: str, state: State, now: float) -> None:
        if self.attempt < self._attempts:
            self._again(state, now)
        else:
            self._finish(False, f'{why}, and {self.attempt} attempts were made')

    def _finish(self, ready: bool, message: str) -> None:
        self.done = True
        self.ready = ready
        self.message = message


def resting(last: Proposal, observed: float, now: float) -> Proposal:
    """Return what ends a motion well: its last target alone, due now."""
    due = np.array([max(now - observed, 0.0)])
    return replace(last, times=due, targets=last.targets[-1:], gripper=last.gripper[-1:],
                   observed=observed)
