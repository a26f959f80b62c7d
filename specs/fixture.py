"""What stands around a robot and does not move: boxes in its base frame, written in a task's YAML."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import required, setting


@dataclass(frozen=True)
class Fixture:
    """One box. The hand may come closer than the arm, because its work is done there."""

    name: str
    size: tuple[float, float, float] = required('edge lengths', 'm')
    position: tuple[float, float, float] = required('centre, robot base frame', 'm')
    rpy: tuple[float, float, float] = setting((0.0, 0.0, 0.0), 'roll, pitch, yaw', 'rad')
    margin: float = setting(0.01, 'distance that the arm keeps', 'm')
    hand_margin: float = setting(0.002, 'distance that everything beyond the last joint keeps', 'm')

    def __post_init__(self) -> None:
        if not all(edge > 0 for edge in self.size):
            raise ValueError(f'fixture {self.name}: every edge should be above 0, but size is {self.size}')
        if not (self.margin > 0 and self.hand_margin > 0):
            raise ValueError(f'fixture {self.name}: margins should be above 0')
