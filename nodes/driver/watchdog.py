"""The driver's own last line: when commands stop coming, the robot is told to brake and hold. All
times are seconds of a clock that nobody can step."""
from __future__ import annotations

import math
from collections import deque

from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT

Stamp = tuple[int, int]   # s and ns, as joint_states have it


class Watchdog:
    """Knows when the last command was obeyed, and takes over, once, when it is too old."""

    def __init__(self, spec: RobotSpec) -> None:
        self._age = spec.command_age
        self._obeyed_at: float | None = None
        self._told: deque[tuple[Stamp, float]] = deque(
            maxlen=2 + round(2.0 * spec.command_age * spec.control_hz))
        self.braking = self._given_up = False

    @property
    def obeying(self) -> bool:
        """A command is in force."""
        return self._obeyed_at is not None and not self.braking

    def told(self, stamp: Stamp, steady: float) -> None:
        """Note that joint_states of this stamp were published now."""
        if not self._told or self._told[-1][0] != stamp:
            self._told.append((stamp, steady))

    def refuses(self, answered: Stamp, steady: float) -> str:
        """Say why a command is not obeyed that answers the joint_states of this stamp, or ''."""
        said = next((at for stamp, at in reversed(self._told) if stamp == answered), None)
        if said is None:
            return 'a command came that answers joint_states which this driver did not tell of late'
        if steady - said > self._age + SAME_MOMENT:
            return f'a command came that answers joint_states {steady - said:.2f} s old'
        return ''

    def obeyed(self, steady: float) -> None:
        """Note that a command was sent to the robot."""
        self._obeyed_at, self.braking = steady, False

    def forget(self) -> None:
        """Begin anew: nothing was ever commanded or told."""
        self._obeyed_at, self.braking = None, False
        self._given_up = False
        self._told.clear()

    def give_up(self) -> None:
        """Take over at the next beat, whatever was obeyed."""
        self._given_up = True

    def ran_out(self, steady: float) -> bool:
        """Tell, once, that the robot has to brake by itself."""
        late = self.silence(steady) > self._age + SAME_MOMENT
        if not (self.obeying and (late or self._given_up)):
            return False
        self.braking = True
        return True

    def complaint(self, steady: float) -> str:
        """Say why it took over; empty when it has not."""
        return (f'no command for {self.silence(steady):.2f} s: braked and holding' if self.braking
                else '')

    def silence(self, steady: float) -> float:
        """Return the seconds since a command was obeyed; without end when none ever was."""
        return math.inf if self._obeyed_at is None else steady - self._obeyed_at
