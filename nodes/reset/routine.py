"""One reset: stages in order, each given its time, the whole tried again when one does not end."""
from __future__ import annotations

from collections.abc import Sequence

from visuomotor.nodes.reset.move import resting
from visuomotor.nodes.reset.stages import Scene, Stage
from visuomotor.specs.values import Proposal, State


class Routine:
    """Feed it the newest state with `step` and publish what comes back, until `done`."""

    def __init__(self, stages: Sequence[Stage], attempts: int, state_age: float) -> None:
        self._stages, self._attempts, self._state_age = stages, attempts, state_age
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
        if proposal is not None or self._last is None or state is None or failed:
            self._last = proposal
            return proposal
        last, self._last, self.resting = self._last, None, True
        return resting(last, state.stamp, now)

    def _step(self, state: State | None, now: float) -> Proposal | None:
        if self.done:
            return None
        if state is None or now - state.stamp > self._state_age:
            silence = f'joint_states have been silent for more than {self._state_age:g} s'
            self._finish(False, f'{silence}; is the driver active?')
            return None
        if self.attempt == 0:
            self._again(state, now)
        self._advance(state, now)
        if not self.done and now - self._began > self._stages[self._place].limit:
            self._failed(f'{self.stage} took more than {self._stages[self._place].limit:.1f} s', state, now)
        return None if self.done else self._stages[self._place].propose(state, now)

    @property
    def wants_scene(self) -> bool:
        """True once for each time that a new scene should be asked for."""
        stage = self._stages[self._place] if 0 <= self._place < len(self._stages) and not self.done else None
        if not isinstance(stage, Scene) or stage.asked:
            return False
        stage.asked = True
        return True

    def scene_answered(self, ready: bool, message: str, now: float) -> None:
        """Take in the world's answer; an answer that nobody waits for any more is dropped."""
        stage = self._stages[self._place]
        if self.done or not isinstance(stage, Scene):
            return
        if ready:
            stage.answered(now)
        else:
            self._finish(False, f'no new scene: {message}')

    def cancel(self, why: str) -> None:
        self._finish(False, why)

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
        self.done, self.ready, self.message = True, ready, message
