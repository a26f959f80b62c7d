"""Where the robot is, as far as joint states can be believed, and since when nobody knows it."""
from __future__ import annotations

import numpy as np
from visuomotor.safety import latch as latches
from visuomotor.safety import state_check
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.limit_check import LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.time_budget import TimeBudget
from visuomotor.safety.trust import StateTrust
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, State

MEASURED = 0.01   # rad (m) by which a robot found outside its limits may be measured wrongly


class Whereabouts:
    """The newest state that is believed, and why motion may not go on from there."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._spec, self._limits = spec, limits
        self.trust = StateTrust(spec, limits)
        self.time = TimeBudget(1.0 / spec.control_hz, limits.state_gap)
        self.state: State | None = None
        self.begun = False     # motion has begun somewhere
        self.lost = ''         # why nobody commands where the robot is
        self.vouched = False   # somebody armed it where it is
        self._received = -np.inf   # s
        self._moved = -np.inf      # s, when it moved last, of one that is waited for

    def age(self, at: float) -> float:
        """Seconds since joint_states were received and believed; infinite when none ever were."""
        return at - self._received

    def silence(self, at: float) -> str:
        """Say that joint_states are missing (the driver then brakes by itself); '' if they come."""
        if self.state is None:
            return 'no joint_states have come yet'
        age = self.age(at)
        return '' if 0.0 <= age <= self._limits.state_age else f'no joint_states for {age:.2f} s'

    def doubt(self, state: State, now: float, at: float) -> str:
        """Return why a state tells nothing; '' when it is believed."""
        if unusable := state_check.unusable(state, now, self._limits):
            return unusable
        belief = self.trust.judge(state, at)
        if belief.why and not belief.begins:
            return belief.why
        self.state, self._received = state, at
        if belief.begins:
            self.lose(belief.why)
        return ''

    def lose(self, why: str) -> None:
        """Motion does not go on from where it was commanded."""
        self.lost, self.vouched = why, False

    def begin(self, stamp: float, at: float) -> None:
        """Motion begins where the robot is."""
        self.begun, self.lost = True, ''
        self.time.begin(stamp, at)

    def awaits(self, state: State, at: float) -> str:
        """Say what has to happen before motion begins where the robot is; '' when nothing has."""
        if moving := latches.moving(state, self._spec):
            self._moved = at
            return f'until {moving} stands'
        if at - self._moved < self._limits.state_time:   # the last of its motion
            return 'until it has come to rest'
        obeyed = self.time.quiet(at) <= self._spec.command_age + SAME_MOMENT
        return 'until the driver has let go' if self.begun and obeyed else ''


def misplaced(position: FloatArray, check: LimitCheck, clearance: Clearance | None) -> str:
    """Say why a robot may not be where it is, by more than it may be measured wrongly."""
    spec, tip = check.spec, check.tip(position)
    joints = (position < spec.lower - MEASURED) | (position > spec.upper + MEASURED)
    box = spec.workspace
    walls = None if tip is None else (tip < np.array(box.lower) - MEASURED) | (
        tip > np.array(box.upper) + MEASURED)
    near = clearance.touching(position) if clearance else ()
    return ', '.join((*check.describe(joints, walls), *near))
