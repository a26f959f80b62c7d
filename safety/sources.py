"""Who is followed: a person with the dead-man switch before a reset before a policy, and nobody who
fell silent. What cannot be followed is refused on arrival, in one sentence."""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from visuomotor.safety.limits import Limits
from visuomotor.specs.action_space import FIXED_WIDTH
from visuomotor.specs.codes import PROPOSERS, Mode, Source
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, Proposal

PRIORITY = (Source.TELEOP, Source.RESET, Source.POLICY)
WAITING = 500  # proposals of one source that may wait for their first target to be due
HUGE = 1e6     # no target of any mode, in any unit, is as large
CARTESIAN = (Mode.CARTESIAN_POSE, Mode.CARTESIAN_TWIST)


@dataclass(frozen=True)
class AcceptedProposal:
    """One accepted proposal."""

    proposal: Proposal
    received: float  # s
    last: bool       # the source believes that it is finished: silence after this one is no fault

    @property
    def name(self) -> str:
        return PROPOSERS[self.proposal.source]

    def begins(self) -> float:
        return self.proposal.observed + float(self.proposal.times[0])

    def ends(self) -> float:
        return self.proposal.observed + float(self.proposal.times[-1])


@dataclass
class Queue:
    """What one source said, oldest first. The newest whose first target is due counts."""

    heard: deque[AcceptedProposal] = field(default_factory=deque)
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
        self._held = False             # somebody holds the dead-man switch
        self.clear()

    def clear(self) -> None:
        """Forget everything said, as when the clock went backwards; but not who holds the
        switch."""
        self._queues: dict[int, Queue] = {source: Queue() for source in PRIORITY}

    def hand(self, held: bool) -> None:
        """Note the dead-man switch, before anything else that came with it is believed."""
        self._held = held
        if not held:
            self._queues[Source.TELEOP].heard.clear()

    def hear(self, proposal: Proposal, now: float, last: bool = False,
             steady: float | None = None) -> str:
        """Accept a proposal, or return the sentence that refuses it. It came at `now` of the
        graph's clock, and at `steady` of one that nobody can step."""
        if proposal.source == Source.TELEOP:
            self.hand(proposal.dead_man)
        newest = self._queues[proposal.source].newest if proposal.source in PROPOSERS else 0.0
        if why := refusal(proposal, self._spec, self._limits, now, newest):
            return self.refuse(proposal.source, why)
        queue = self._queues[proposal.source]
        if len(queue.heard) >= WAITING:
            queue.current(now)   # nobody follows now; what is over waits no longer
        if len(queue.heard) >= WAITING:
            return self.refuse(proposal.source, f'{WAITING} of its proposals wait already')
        if proposal.source != Source.TELEOP or self._held:
            queue.add(AcceptedProposal(proposal, now if steady is None else steady, last))
        return ''

    def refuse(self, source: int, why: str) -> str:
        """Note a refusal, also one that was found elsewhere."""
        sentence = f'refused {PROPOSERS.get(source, "a proposal")}: {why}'
        self.refused += 1
        self.refusals = [*self.refusals[-4:], sentence]
        return sentence

    def told(self) -> tuple[str, ...]:
        """Return the refusals since the last call."""
        refusals, self.refusals = tuple(self.refusals), []
        return refusals

    def winner(self, now: float,
               steady: float | None = None) -> tuple[AcceptedProposal | None, str]:
        """Return whom to follow at `now`; or nobody, and why that is a fault ('': it is none).
        Silence is counted on the clock that nobody can step."""
        at = now if steady is None else steady
        silent = ''
        for number in PRIORITY:
            queue, name = self._queues[number], PROPOSERS[number]
            heard = queue.current(now)
            taken = number == Source.TELEOP and self._held
            if heard is None:
                if taken:
                    return None, f'{name} holds the switch, but asks nothing that can be followed'
                if queue.heard:
                    ahead = f'{queue.heard[0].begins() - now:.2f} s'
                    silent = silent or f'{name} plans ahead: its first target is due in {ahead}'
                continue
            why = self._worn_out(queue, heard, now, at)
            if not why:
                return heard, ''
            silent = silent or ('' if heard.last else f'{name} {why}')
            if taken and not heard.last:
                break   # a person who took over and vanished does not mean to hand back
        return None, silent

    def _worn_out(self, queue: Queue, heard: AcceptedProposal, now: float, at: float) -> str:
        newest = queue.heard[-1]
        silence, age = at - newest.received, now - newest.proposal.observed
        if heard.last and now > heard.ends() + SAME_MOMENT:
            return 'has finished'
        if silence > self._limits.proposal_age:
            return f'has been silent for {silence:.2f} s'
        if age > self._limits.observation_age + self._limits.proposal_age:
            return f'answers an observation {age:.2f} s old'
        return ''


def refusal(proposal: Proposal, spec: RobotSpec, limits: Limits, now: float, newest: float) -> str:
    """Return why a proposal cannot be followed, or ''. `newest`: its source's newest observation.
    Later rules are asked only where the earlier ones are kept."""
    return next(chain(_meaning(proposal, spec), _shape(proposal, spec),
                      _time(proposal, limits, now, newest)), '')


def _meaning(proposal: Proposal, spec: RobotSpec) -> Iterator[str]:
    if proposal.source not in PROPOSERS:
        yield f'source should be 1, 2 or 3, but is {proposal.source}'
    if spec.legs and proposal.mode in CARTESIAN:
        yield f'{spec.name} walks and has no end-effector for mode {proposal.mode.name.lower()}'
    if not spec.legs and proposal.mode is Mode.LEG:
        yield f'{spec.name} has no legs for mode leg'
    if proposal.mode is Mode.GRIPPER and spec.gripper is None:
        yield f'{spec.name} has no gripper'


def _shape(proposal: Proposal, spec: RobotSpec) -> Iterator[str]:
    rows, expected = len(proposal.times), FIXED_WIDTH.get(proposal.mode, len(spec.joints))
    if rows == 0:
        yield 'it holds no target'
    if proposal.targets.shape != (rows, expected):
        yield (f'{rows} targets of mode {proposal.mode.name.lower()} should be {expected} wide, '
               f'but are {" x ".join(str(n) for n in proposal.targets.shape)}')
    if len(proposal.gripper) not in ((rows,) if proposal.mode is Mode.GRIPPER else (0, rows)):
        yield (f'it should hold one gripper value for each of its {rows} targets, but holds '
               f'{len(proposal.gripper)}')
    numbers = {'times': proposal.times, 'targets': proposal.targets,
               'gripper values': proposal.gripper}
    for what, values in numbers.items():
        if not np.isfinite(values).all():
            yield f'its {what} are not all finite'
        if (np.abs(values) > HUGE).any():
            yield f'its {what} go beyond {HUGE:g}, whatever the unit'
    if proposal.mode is Mode.CARTESIAN_POSE:
        lengths = np.linalg.norm(proposal.targets[:, 3:], axis=1)
        if (np.abs(lengths - 1.0) > 0.01).any():
            yield 'a quaternion is not of length 1'


def _time(proposal: Proposal, limits: Limits, now: float, newest: float) -> Iterator[str]:
    times, age = proposal.times, now - proposal.observed
    if not np.isfinite(proposal.observed):
        yield 'its observation stamp is not a number'
    if (np.diff(times) <= 0).any() or times[0] < 0:
        yield 'its times should rise from 0 or more'
    if len(times) > limits.longest_chunk:
        yield f'it holds {len(times)} targets, more than {limits.longest_chunk}'
    if times[-1] > limits.longest_plan:
        yield f'it plans {times[-1]:.1f} s ahead, more than {limits.longest_plan:g} s'
    if age < -limits.future:
        yield f'it answers an observation {-age:.2f} s in the future'
    if age > limits.observation_age:
        yield f'it answers an observation {age:.2f} s old, older than {limits.observation_age:g} s'
    if proposal.observed < newest:
        yield (f'it answers an observation {newest - proposal.observed:.3f} s older than the one '
               'before')
