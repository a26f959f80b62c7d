"""The tightest margin of each kind, for the status: how much room is left before which limit."""
from __future__ import annotations

import numpy as np
from visuomotor.nodes.safety.clearance import Clearance
from visuomotor.nodes.safety.motion import JerkLimited
from visuomotor.nodes.safety.ramp import Motion
from visuomotor.nodes.safety.room import AXES, Room
from visuomotor.nodes.safety.verdict import Margin
from visuomotor.robots.interface import FloatArray

WALLS = tuple(f'workspace {axis}' for axis in AXES)


def tightest(motion: Motion, room: Room, limited: JerkLimited, clearance: Clearance | None,
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
