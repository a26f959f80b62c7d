"""What stands around a robot and does not move. Boxes in its base frame, written in a task's
YAML."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class Fixture(Settings):
    """One box. The hand may come closer than the arm, because its work is done there."""

    name: str
    size: tuple[float, float, float] = required('edge lengths', 'm', above=0, most=100)
    position: tuple[float, float, float] = required('centre, robot base frame', 'm', least=-100,
                                                    most=100)
    rpy: tuple[float, float, float] = setting((0.0, 0.0, 0.0), 'roll, pitch, yaw', 'rad', least=-10,
                                              most=10)
    margin: float = setting(0.01, 'distance that the arm keeps', 'm', above=0, most=1)
    hand_margin: float = setting(0.002, 'distance that everything beyond the last joint keeps', 'm',
                                 above=0, most=1)
    body: str = setting('', 'body of the world that it moves with; empty: it stands')
