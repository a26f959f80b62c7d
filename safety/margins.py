"""The tightest margin of each kind, for the status: how much room is left before which limit."""
from __future__ import annotations

import numpy as np
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.limit_check import AXES, LimitCheck
from visuomotor.safety.motion import JerkLimited
from visuomotor.safety.ramp import Motion
from visuomotor.safety.verdict import Margin
from visuomotor.specs.values import FloatArray

WALLS = tuple(f'workspace {axis}' for axis in AXES)


def tightest(motion: Motion, room: LimitCheck, limited: JerkLimited, clearance: Clearance | None,
             time_to_stop: float) -> tuple[Margin, ...]:
    """Measure the room around a commanded motion."""
    names = room.spec.names
    position = np.minimum(motion.position - room.lower, room.upper - motion.position)
    speed = limited.speed - np.abs(motion.velocity)
    acceleration = limited.acceleration - np.abs(motion.acceleration)
    margins = [_least(names, position, 'position', 'rad'),
               _least(names, speed / limited.speed, 'speed', 'of its limit'),
               _least(names, acceleration / limited.acceleration, 'acceleration', 'of its limit'),
               Margin('time to stop', time_to_stop, 's')]
    tip = room.tip(motion.position)
    if tip is not None:
        walls = np.minimum(tip - room.box_lower, room.box_upper - tip)
        margins.append(_least(WALLS, walls, '', 'm'))
    if clearance is not None:
        distance, pair = clearance.scene.smallest(motion.position)
        margins.append(Margin('{} to {}'.format(*clearance.scene.names(pair)), distance, 'm'))
    return tuple(margins)


def _least(names: tuple[str, ...], values: FloatArray, kind: str, unit: str) -> Margin:
    worst = int(np.argmin(values))
    return Margin(f'{names[worst]} {kind}'.strip(), float(values[worst]), unit)
