"""What was heard during one episode, and what follows from it: when it ends and how it is judged.
A person's label overrules the detector and is counted once."""
from __future__ import annotations

from dataclasses import dataclass, replace

from visuomotor.nodes.supervisor.settings import EpisodeSettings
from visuomotor.specs.codes import Result
from visuomotor.specs.values import passed

CERTAIN_FAILURE = 0.0  # the reward node keeps exactly 0 for an episode that nothing can save


@dataclass(frozen=True)
class Outcome:
    """How one episode ended, as in EpisodeOutcome.msg."""

    number: int
    result: Result
    success_probability: float
    return_value: float
    truth: Result
    duration: float
    reason: str
    file: str = ''


@dataclass(frozen=True)
class Ending:
    """Why an episode ends now."""

    reason: str
    aborted: bool = False


@dataclass
class Evidence:
    """Everything that bears on one episode. `started` is the ROS time at which RUNNING began."""

    started: float
    finished_at: float | None = None       # when the policy's word that it is finished was heard
    stopped_since: float | None = None     # safety STOP without a break since then
    stop_reason: str = ''
    latched: bool = False                  # somebody stopped the robot; it stands until armed
    probability: float | None = None       # of the last reward; none: no detector has spoken
    seen: str = ''                         # evidence of the last reward
    return_value: float = 0.0
    truth: Result = Result.UNKNOWN
    beyond_rescue: str = ''                # who says so, in a sentence

    def on_reward(self, value: float, probability: float, seen: str, stamp: float) -> None:
        if stamp < self.started:
            return  # a late word on the episode before
        self.return_value += value
        self.probability, self.seen = probability, seen
        if probability == CERTAIN_FAILURE:
            self.beyond_rescue = f'the detector gave up: {seen}'

    def on_truth(self, success: bool, failed: bool, stamp: float) -> None:
        if stamp < self.started:
            return
        self.truth = Result.SUCCESS if success else Result.FAILURE
        if failed:
            self.beyond_rescue = 'the world says that the episode is beyond rescue'

    def on_finished(self, observed: float, now: float) -> None:
        if observed >= self.started and self.finished_at is None:
            self.finished_at = now

    def on_safety(self, stop: bool, latched: bool, reason: str, now: float) -> None:
        self.latched = latched
        if not (stop or latched):
            self.stopped_since = None
        elif self.stopped_since is None:
            self.stopped_since = now
        self.stop_reason = reason

    def ending(self, settings: EpisodeSettings, now: float) -> Ending | None:
        """Return why the episode ends now, the gravest reason first; nothing when it goes on."""
        if self.latched:
            return Ending(f'stopped: {self.stop_reason}', aborted=True)
        patience, since = settings.stop_patience, self.stopped_since
        if since is not None and passed(patience, since, now):
            return Ending(f'safety held the robot still for {patience:g} s: {self.stop_reason}',
                          aborted=True)
        if self.beyond_rescue:
            return Ending(self.beyond_rescue)
        if self.finished_at is not None and passed(settings.settle, self.finished_at, now):
            return Ending('the policy said that it is finished')
        if passed(settings.horizon, self.started, now):
            return Ending(f'the horizon of {settings.horizon:g} s was reached')
        return None

    def outcome(self, number: int, ending: Ending, ended: float) -> Outcome:
        """Judge: an abort says nothing, then the detector decides; truth is only noted beside."""
        if ending.aborted:
            result = Result.ABORTED
        elif self.probability is None:
            result = Result.UNKNOWN
        else:
            result = Result.SUCCESS if self.probability >= 0.5 else Result.FAILURE
        reason = f'{ending.reason}; {self.seen or "no reward detector spoke"}'
        return Outcome(number, result, self.probability or 0.0, self.return_value, self.truth,
                       ended - self.started, reason)


class Outcomes:
    """The outcomes of a run by episode number."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}

    def add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.number] = outcome

    def count(self, result: Result) -> int:
        return sum(outcome.result == result for outcome in self.outcomes.values())

    def label(self, number: int, result: int, labelled_by: str) -> tuple[bool, str]:
        """Overrule one outcome; return whether it was done, and a sentence."""
        if not self.outcomes:
            return False, 'No episode has been judged yet; label one after it ended.'
        number = number or max(self.outcomes)
        if number not in self.outcomes:
            judged = f'{min(self.outcomes)} to {max(self.outcomes)}'
            return False, f'There is no judged episode {number}; judged are {judged}.'
        if result not in (Result.SUCCESS, Result.FAILURE):
            return False, f'result should be 1 (success) or 2 (failure), but is {result}.'
        if not labelled_by.strip():
            return False, 'labelled_by is empty; say who labels.'
        before, verdict = self.outcomes[number], Result(result)
        sentence = (f'labelled {verdict.name.lower()} by {labelled_by.strip()}, was '
                    f'{before.result.name.lower()}')
        self.add(replace(before, result=verdict, reason=f'{sentence}; {before.reason}'))
        return True, f'Episode {number} {sentence}.'
