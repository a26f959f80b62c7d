"""Counts what the graph says: messages of each group, verdicts, episodes, latency. Numbers only, no
ROS."""
from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from math import isfinite

from visuomotor.specs.codes import Phase, Result, Verdict, code
from visuomotor.specs.errors import short
from visuomotor.specs.values import lost_since

KEPT = 100_000   # episodes that are known one by one; of older ones only the result counts
REASONS = 20     # of one command, that are kept
PATH = 4096      # characters of the longest path that there is
VERDICTS = tuple(verdict.name.lower() for verdict in Verdict)   # as people read them


@dataclass(frozen=True)
class Ended:
    """One episode that is over."""

    number: int
    result: str           # as codes.Result in small letters, by the detector or a person
    truth: str            # the same, by the simulator's own state
    return_value: float
    duration: float       # s of ROS time
    reason: str
    lost: float = 0.0     # s of real time that this machine was too busy for


def ended(number: int, result: int, truth: int, return_value: float, duration: float,
          reason: str) -> Ended:
    """Make one from the numbers of an EpisodeOutcome."""
    return Ended(number, code(Result, result).name.lower(), code(Result, truth).name.lower(),
                 return_value, duration, short(reason))


@dataclass
class GraphStatistics:
    """Everything counted so far; `note_*` is called for each message, as they come."""

    messages: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    phase: Phase = Phase.IDLE
    number: int = 0
    planned: int = 0
    message: str = ''
    reward: float = 0.0
    evidence: str = ''
    reasons: tuple[str, ...] = ()
    ended: dict[int, Ended] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    lost: float = 0.0          # s of real time, as the driver counts it
    lost_before: float = 0.0   # the same when the episode under way began
    older: Counter[str] = field(default_factory=Counter)   # results of episodes that are forgotten
    inferences: deque[float] = field(default_factory=lambda: deque(maxlen=200))

    def note(self, group: str) -> None:
        self.messages[group] += 1

    def note_command(self, verdict: int, reasons: tuple[str, ...]) -> None:
        self.verdicts[code(Verdict, verdict).name.lower()] += 1
        self.messages['command'] += 1
        self.reasons = tuple(short(reason) for reason in reasons[:REASONS])

    def note_episode(self, phase: int, number: int, planned: int, message: str) -> None:
        if phase == Phase.RUNNING and (phase, number) != (self.phase, self.number):
            self.lost_before = self.lost
        self.phase = code(Phase, phase)
        self.number = number
        self.planned = planned
        self.message = short(message)

    @property
    def state(self) -> str:
        """Where the run is, in a word."""
        return self.phase.name.lower()

    def note_ended(self, episode: Ended) -> None:
        """Take the newest word on an episode: a person may overrule the detector later."""
        known = self.ended.get(episode.number)
        if known and episode.number != self.number:
            episode = replace(episode, lost=known.lost)   # a label that came later
        elif episode.number == self.number:
            episode = replace(episode, lost=lost_since(self.lost_before, self.lost))
        if episode.number:
            self.ended[episode.number] = episode
        if len(self.ended) > KEPT:
            self.older[self.ended.pop(next(iter(self.ended))).result] += 1

    def note_lost(self, seconds: float) -> None:
        self.lost = seconds

    def note_file(self, number: int, file: str) -> None:
        self.files[number] = file[:PATH]
        if len(self.files) > KEPT:
            self.files.pop(next(iter(self.files)))

    def note_reward(self, value: float, evidence: str) -> None:
        self.messages['reward'] += 1
        self.reward, self.evidence = value, short(evidence)

    def note_inference(self, seconds: float) -> None:
        if isfinite(seconds):
            self.inferences.append(seconds)

    @property
    def over(self) -> bool:
        """True when the supervisor will start no further episode."""
        return self.phase in (Phase.FINISHED, Phase.FAULT)

    @property
    def inference(self) -> float:
        """Median time of the last inferences, s; 0 before the first."""
        ordered = sorted(self.inferences)
        return ordered[len(ordered) // 2] if ordered else 0.0

    def results(self) -> Counter[str]:
        """How many episodes ended with each result."""
        return self.older + Counter(episode.result for episode in self.ended.values())


def rates(before: dict[str, int], now: dict[str, int], seconds: float) -> dict[str, float]:
    """Messages a second of each group between two counts; none when no time has passed."""
    return {group: (count - before.get(group, 0)) / seconds
            for group, count in now.items()} if seconds > 0 else {}
