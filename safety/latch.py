"""The software stop: anybody may set it, it stays until somebody arms; that takes a reason and a fresh, still robot."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.specs.codes import StopCategory
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State

STILL = 0.05  # part of its speed limit that a joint may seem to move by and still count as standing


@dataclass(frozen=True)
class Latch:
    """Whether motion is permitted at all."""

    armed: bool
    stopped: bool = False
    reason: str = ''
    category: StopCategory = StopCategory.BRAKE

    @property
    def forbids(self) -> str:
        """Why nothing may move; '' when it may."""
        if self.stopped:
            return f'stopped: {self.reason}'
        return '' if self.armed else 'not armed: call safety/arm with a reason'


def stop(latch: Latch, reason: str, category: StopCategory) -> Latch:
    """Latch a stop. The first reason stands until somebody arms."""
    if latch.stopped:
        return latch
    return Latch(armed=False, stopped=True, reason=reason.strip() or 'no reason given', category=category)


def arm(latch: Latch, reason: str, state: State | None, age: float, limit: float, spec: RobotSpec) -> tuple[Latch, str]:
    """Return the armed latch, or the old one and why it cannot be armed."""
    if not reason.strip():
        return latch, 'Arming needs a reason: say who arms and why.'
    if state is None:
        return latch, 'No joint_states have come yet; start the driver first.'
    if not 0.0 <= age <= limit:
        return latch, f'The newest joint_states came {age:.2f} s ago, more than {limit:g} s; see to the driver first.'
    moving = np.abs(state.velocity) > STILL * spec.velocity
    if moving.any():
        return latch, f'{spec.names[int(np.argmax(moving))]} still moves; wait until the robot stands.'
    return Latch(armed=True), ''
