"""The life of a run: reset, run, judge, store, again. Events leave facts; only `tick` changes the
phase, once at most. One change for each tick, so that a listener that keeps only the newest status
still sees every phase."""
from __future__ import annotations

from dataclasses import replace

from visuomotor.nodes.supervisor.evidence import Ending, Evidence, Outcome, Outcomes
from visuomotor.nodes.supervisor.settings import EpisodeSettings
from visuomotor.specs.codes import Phase
from visuomotor.specs.seeds import episode_seed
from visuomotor.specs.values import SAME_MOMENT, passed

AT_REST = (Phase.IDLE, Phase.FAULT, Phase.FINISHED)
SLOWEST = 32   # times the first pause, between two resets


class Machine:
    """Episodes one after the other. Every time is an argument, in seconds of ROS time."""

    def __init__(self, settings: EpisodeSettings) -> None:
        self.settings = settings
        self.phase = Phase.IDLE
        self.message = ''
        self.number = 0        # of the episode under way
        self.planned = 0
        self.base_seed = 0
        self.outcomes = Outcomes()
        self.attempt = 0       # resets asked for in this episode; a new number asks for a new reset
        self.waiting = ''      # why no reset is asked for now
        self._ask_at = 0.0     # when the next reset may be asked for
        self.evidence: Evidence | None = None
        self.ending: Ending | None = None
        self._since = 0.0      # when the phase, or the attempt, began
        self._reset: tuple[bool, str] | None = None
        self._stored: tuple[bool, str, str] | None = None
        self._stop = ''
        self._start = False
        self._blocked = ''     # why nobody may move
        self.missing = ''      # who is not there yet

    # What happens.
    def run(self, episodes: int, seed: int) -> bool:
        """Begin a run with the next tick; false when one is under way."""
        if self.phase not in AT_REST or self._start:
            return False
        self.planned = episodes
        self.base_seed = seed
        self._start = True
        self._stop = ''
        return True

    def stop(self, reason: str) -> None:
        """End the run; an episode that is running is aborted, judged and stored first."""
        self._stop = reason
        self._start = False

    def interrupt(self, reason: str) -> None:
        """Drop everything at once: the node is going away. Counts stay."""
        self.phase = Phase.IDLE
        self.message = reason
        self._start = False

    def on_reset(self, attempt: int, ready: bool, message: str) -> None:
        if self.phase == Phase.RESETTING and attempt == self.attempt:
            self._reset = (ready, message)

    def on_reward(self, value: float, probability: float, seen: str, stamp: float) -> None:
        if self.evidence and self.phase in (Phase.RUNNING, Phase.JUDGING):
            self.evidence.on_reward(value, probability, seen, stamp)

    def on_truth(self, success: bool, failed: bool, stamp: float) -> None:
        if self.evidence and self.phase in (Phase.RUNNING, Phase.JUDGING):
            self.evidence.on_truth(success, failed, stamp)

    def on_finished(self, observed: float, now: float) -> None:
        if self.evidence and self.phase == Phase.RUNNING:
            self.evidence.on_finished(observed, now)

    def on_safety(self, stop: bool, latched: bool, armed: bool, reason: str, now: float) -> None:
        self._blocked = '' if armed and not latched else f'waiting for somebody to arm: {reason}'
        if self.evidence and self.phase == Phase.RUNNING:
            self.evidence.on_safety(stop, latched, reason, now)

    def on_stored(self, number: int, stored: bool, file: str, message: str) -> None:
        if self.phase == Phase.STORING and number == self.number:
            self._stored = (stored, file, message)

    def label(self, number: int, result: int, labelled_by: str) -> tuple[bool, str]:
        return self.outcomes.label(number, result, labelled_by)

    # What is known.
    @property
    def refusal(self) -> str:
        """Why no run can begin now; '' when one can."""
        return '' if self.phase in AT_REST else 'a run is under way already; cancel it first'

    @property
    def wanted_reset(self) -> int:
        """The attempt that a reset is under way for; 0: none."""
        return self.attempt if self.phase == Phase.RESETTING else 0

    @property
    def seed(self) -> int:
        return episode_seed(self.base_seed, self.number)

    @property
    def outcome(self) -> Outcome | None:
        return self.outcomes.outcomes.get(self.number)

    @property
    def started(self) -> float:
        """When RUNNING of this episode began; 0: it has not."""
        return self.evidence.started if self.evidence else 0.0

    # What follows.
    def tick(self, now: float) -> bool:
        """Take the next step if its time has come; true when the phase changed."""
        before = (self.phase, self.number)
        steps = {Phase.RESETTING: self._resetting, Phase.RUNNING: self._running,
                 Phase.JUDGING: self._judging, Phase.STORING: self._storing}
        steps.get(self.phase, self._resting)(now)
        return before != (self.phase, self.number)

    def _resting(self, now: float) -> None:
        if self._start:
            self._start, self.outcomes = False, Outcomes()
            self._begin(1, now)

    def _begin(self, number: int, now: float) -> None:
        self.number = number
        self.attempt = 0
        self._ask_at = now
        self.evidence = self.ending = self._stored = self._reset = None
        self._enter(Phase.RESETTING, now)

    def _resetting(self, now: float) -> None:
        if self._stop:
            return self._enter(Phase.FINISHED, now, self._stop)
        if now < self._ask_at - SAME_MOMENT:
            return None
        if self.attempt == 0 or self.waiting:
            return self._ask_reset(now)
        if self._reset is None and passed(self.settings.reset_timeout, self._since, now):
            self._reset = (False, f'no reset within {self.settings.reset_timeout:g} s; is the '
                           'reset node active?')
        if self._reset is None:
            return None
        ready, message = self._reset
        if ready:
            self.evidence = Evidence(now)
            return self._enter(Phase.RUNNING, now)
        if self.attempt >= self.settings.reset_attempts:
            return self._enter(Phase.FAULT, now,
                               f'{self.attempt} resets failed; the last: {message}')
        return self._pause(message, now)

    def _pause(self, why: str, now: float) -> None:
        """Give what failed some time: the attempts of a moment all fail alike."""
        self._ask_at = now + self.settings.reset_pause * min(2 ** (self.attempt - 1), SLOWEST)
        self.waiting = f'reset {self.attempt} failed and is tried again: {why}'

    def _ask_reset(self, now: float) -> None:
        self.waiting = self._blocked or self.missing
        if not self.waiting:
            self.attempt += 1
            self._reset = None
            self._since = now

    def _running(self, now: float) -> None:
        assert self.evidence
        self.ending = (Ending(self._stop, aborted=True) if self._stop
                       else self.evidence.ending(self.settings, now))
        if self.ending:
            self._enter(Phase.JUDGING, now)

    def _judging(self, now: float) -> None:
        if passed(self.settings.judging, self._since, now):
            assert self.evidence
            assert self.ending
            self.outcomes.add(self.evidence.outcome(self.number, self.ending, self._since))
            self._enter(Phase.STORING, now)

    def _storing(self, now: float) -> None:
        if not self.settings.recorded:
            return self._next(now)
        if self._stored is None and passed(self.settings.store_timeout, self._since, now):
            self._stored = (False, '',
                            f'no word from the recorder within {self.settings.store_timeout:g} s')
        if self._stored is None:
            return None
        stored, file, message = self._stored
        if not stored:
            return self._enter(Phase.FAULT, now, f'episode {self.number} was not stored: {message}')
        self.outcomes.add(replace(self.outcomes.outcomes[self.number], file=file))
        return self._next(now)

    def _next(self, now: float) -> None:
        if self._stop:
            return self._enter(Phase.FINISHED, now, self._stop)
        if self.planned and self.number >= self.planned:
            return self._enter(Phase.FINISHED, now)
        return self._begin(self.number + 1, now)

    def _enter(self, phase: Phase, now: float, message: str = '') -> None:
        self.phase = phase
        self.message = message
        self._since = now
        self.waiting = ''
