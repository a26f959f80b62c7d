"""Who is followed: a person with the dead-man switch before a reset before a policy, and nobody who fell silent."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from visuomotor.safety.limits import Limits
from visuomotor.safety.refuse import NAMES, POLICY, RESET, TELEOP, refusal
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Proposal

PRIORITY = (TELEOP, RESET, POLICY)
WAITING = 16      # proposals of one source that wait for their first target to be due
SAME_MOMENT = 1e-6  # s


@dataclass(frozen=True)
class AcceptedProposal:
    """One accepted proposal."""

    proposal: Proposal
    received: float  # s
    last: bool       # the source believes that it is finished: silence after this one is no fault

    @property
    def name(self) -> str:
        return NAMES[self.proposal.source]

    def begins(self) -> float:
        return self.proposal.observed + float(self.proposal.times[0])

    def ends(self) -> float:
        return self.proposal.observed + float(self.proposal.times[-1])


@dataclass
class Source:
    """What one source said, oldest first; the newest whose first target is due is the one that counts."""

    heard: deque[AcceptedProposal] = field(default_factory=lambda: deque(maxlen=WAITING))
    newest: float = -1e18  # s, newest observation answered

    def add(self, heard: AcceptedProposal) -> None:
        # A proposal that begins later than its successor will never be followed.
        while self.heard and self.heard[-1].begins() >= heard.begins():
            self.heard.pop()
        self.heard.append(heard)
        self.newest = heard.proposal.observed

    def current(self, now: float) -> AcceptedProposal | None:
        """Return what is to be followed at `now`: a chunk rules until the next one is due."""
        while len(self.heard) > 1 and self.heard[1].begins() <= now + SAME_MOMENT:
            self.heard.popleft()
        return self.heard[0] if self.heard and self.heard[0].begins() <= now + SAME_MOMENT else None


class Sources:
    """Everything that wants the robot to move."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._spec, self._limits = spec, limits
        self.refused = 0
        self.refusals: list[str] = []  # since the last cycle
        self.clear()

    def clear(self) -> None:
        """Forget everything said, as when the clock went backwards."""
        self._sources = {source: Source() for source in PRIORITY}

    def hear(self, proposal: Proposal, now: float, last: bool = False) -> str:
        """Accept a proposal, or return the sentence that refuses it."""
        newest = self._sources[proposal.source].newest if proposal.source in NAMES else 0.0
        if why := refusal(proposal, self._spec, self._limits, now, newest):
            return self.refuse(proposal.source, why)
        if proposal.source == TELEOP and not proposal.dead_man:
            self._sources[TELEOP].heard.clear()  # the hand has let go
        else:
            self._sources[proposal.source].add(AcceptedProposal(proposal, now, last))
        return ''

    def refuse(self, source: int, why: str) -> str:
        """Note a refusal, also one that was found elsewhere."""
        sentence = f'refused {NAMES.get(source, "a proposal")}: {why}'
        self.refused += 1
        self.refusals = [*self.refusals[-4:], sentence]
        return sentence

    def told(self) -> tuple[str, ...]:
        """Return the refusals since the last call."""
        refusals, self.refusals = tuple(self.refusals), []
        return refusals

    def winner(self, now: float) -> tuple[AcceptedProposal | None, str]:
        """Return whom to follow at `now`; or nobody, and why that is a fault ('' when nobody is expected to speak)."""
        silent = ''
        for number in PRIORITY:
            source = self._sources[number]
            heard = source.current(now)
            if heard is None:
                continue
            if why := self._worn_out(source, heard, now):
                silent = silent or ('' if heard.last else f'{NAMES[number]} {why}')
                if number == TELEOP and not heard.last:
                    break  # a person who took over and vanished does not mean to hand back
                continue
            return heard, ''
        return None, silent

    def _worn_out(self, source: Source, heard: AcceptedProposal, now: float) -> str:
        newest = source.heard[-1]
        silence, age = now - newest.received, now - newest.proposal.observed
        if heard.last and now > heard.ends() + SAME_MOMENT:
            return 'has finished'
        if silence > self._limits.proposal_age:
            return f'has been silent for {silence:.2f} s'
        if age > self._limits.observation_age + self._limits.proposal_age:
            return f'answers an observation {age:.2f} s old'
        return ''
