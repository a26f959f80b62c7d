"""Whether a joint state can be believed: one story of where the robot is, told in order, without
gaps and without leaps. What does not fit is passed over; a new story is believed only after several
samples of it over time, so that no single lie, late message or second voice moves anything."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.safety.handful import largest
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, State

LEAP = 0.1   # rad (m) beyond what the speed limits allow, from one joint state to the next


@dataclass(frozen=True)
class Belief:
    """What a state is worth. Without `why` it goes on the story that was believed so far."""

    why: str = ''         # it does not fit, or began anew
    begins: bool = False  # a new story that is believed from here on


@dataclass(frozen=True)
class Heard:
    """A state, and when it came on a clock that nobody can step."""

    state: State
    at: float


@dataclass
class Rumour:
    """A story that contradicts the one that is believed, and why it does."""

    why: str
    first: Heard
    last: Heard
    count: int = 0

    def goes_on(self, state: State, at: float) -> Rumour:
        """Add a state that fits."""
        self.last = Heard(state, at)
        self.count += 1
        return self

    @property
    def lasted(self) -> float:
        """Seconds over which it was told, on both clocks."""
        stamps = self.last.state.stamp - self.first.state.stamp
        return min(self.last.at - self.first.at, stamps) + SAME_MOMENT


GOES_ON = Belief()


class StateTrust:
    """Follows the story that is believed, and the newest one that contradicts it."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._spec, self._limits = spec, limits
        self._believed: Heard | None = None
        self._rumour: Rumour | None = None
        self.passed_over = 0

    def believe(self, state: State, at: float) -> None:
        """Take this state for true, as who put the robot there may."""
        self._believed, self._rumour = Heard(state, at), None

    def judge(self, state: State, at: float) -> Belief:
        """Say whether a state that came at `at` is believed."""
        if self._believed is None:
            self.believe(state, at)
            return Belief('first joint_states', begins=True)
        why = self._unfit(self._believed, state, at)
        if not why:
            self.believe(state, at)
            return GOES_ON
        if not self._rumour or self._unfit(self._rumour.last, state, at):
            self._rumour = Rumour(why, Heard(state, at), Heard(state, at))
        rumour = self._rumour.goes_on(state, at)
        if rumour.count >= self._limits.state_samples and rumour.lasted >= self._limits.state_time:
            self.believe(state, at)
            return Belief(rumour.why, begins=True)
        self.passed_over += 1
        return Belief(rumour.why)

    def _unfit(self, before: Heard, state: State, at: float) -> str:
        """Return why a state does not go on from another; '' when it does."""
        passed = state.stamp - before.state.stamp
        if passed < -SAME_MOMENT:
            return f'joint_states went back by {-passed:.3f} s'
        if max(passed, at - before.at) > self._limits.state_gap:
            return f'joint_states were missing for {max(passed, at - before.at):.2f} s'
        apart = abs(state.position - before.state.position)
        if largest(apart) <= LEAP:   # hardly any state goes further
            return ''
        leap = apart - 2.0 * self._spec.velocity * max(passed, 1.0 / self._spec.control_hz)
        worst = int(leap.argmax())
        name = self._spec.names[worst]
        return f'{name} was moved by somebody else' if leap[worst] > LEAP else ''
