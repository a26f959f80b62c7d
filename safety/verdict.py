"""What the safety filter answers at each cycle: target, verdict, every reason, the room left."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.limit_check import AXES, LimitCheck
from visuomotor.safety.motion import JerkLimited
from visuomotor.safety.profile import Motion
from visuomotor.specs.codes import Verdict
from visuomotor.specs.values import FloatArray, Proposal, Target

WALLS = tuple(f'workspace {axis}' for axis in AXES)


@dataclass(frozen=True)
class Margin:
    """Distance to one limit."""

    limit: str
    value: float
    unit: str


@dataclass
class Permitted:
    """One cycle's answer."""

    target: Target | None       # None: nothing is commanded, the robot holds by itself
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    measure: Callable[[], tuple[Margin, ...]] = tuple  # the room left; only who asks pays for it
    source: int = 0             # that won; 0: nobody asked
    mode: int = 0
    asked: FloatArray = field(default_factory=lambda: np.zeros(0))
    observed: float = 0.0       # s, stamp of the observation that the winner answered
    policy_hash: str = ''
    proposal_age: float = -1.0  # s since it was received; -1: none

    def answering(self, proposal: Proposal, asked: FloatArray, age: float) -> Permitted:
        """Note whose wish it answers, and how old that is."""
        self.source = proposal.source
        self.mode = int(proposal.mode)
        self.asked = asked
        self.observed = proposal.observed
        self.policy_hash = proposal.policy_hash
        self.proposal_age = age
        return self

    @cached_property
    def margins(self) -> tuple[Margin, ...]:
        """The tightest margin of each kind."""
        return self.measure()


def tightest(motion: Motion, check: LimitCheck, limited: JerkLimited, clearance: Clearance | None,
             time_to_stop: float) -> tuple[Margin, ...]:
    """Measure the room around a commanded motion."""
    names = check.spec.names
    position = np.minimum(motion.position - check.lower, check.upper - motion.position)
    speed = limited.speed - np.abs(motion.velocity)
    acceleration = limited.acceleration - np.abs(motion.acceleration)
    margins = [_least(names, position, 'position', 'rad'),
               _least(names, speed / limited.speed, 'speed', 'of its limit'),
               _least(names, acceleration / limited.acceleration, 'acceleration', 'of its limit'),
               Margin('time to stop', time_to_stop, 's')]
    tip = check.tip(motion.position)
    if tip is not None:
        walls = np.minimum(tip - check.box_lower, check.box_upper - tip)
        margins.append(_least(WALLS, walls, '', 'm'))
    if clearance is not None:
        distance, pair = clearance.scene.smallest(motion.position)
        margins.append(Margin('{} to {}'.format(*clearance.scene.names(pair)), distance, 'm'))
    return tuple(margins)


def _least(names: tuple[str, ...], values: FloatArray, kind: str, unit: str) -> Margin:
    worst = int(np.argmin(values))
    return Margin(f'{names[worst]} {kind}'.strip(), float(values[worst]), unit)
