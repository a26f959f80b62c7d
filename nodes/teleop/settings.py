"""What the teleop node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.robots import settings
from visuomotor.robots.settings import knob

DEVICES = ('keyboard', 'joy')


@dataclass(frozen=True)
class Parameters:
    """Which device, how fast the robot moves, and how long a key counts as held."""

    robot: str = knob('iiwa7', 'which robot; `visuomotor list robots`')
    device: str = knob('keyboard', 'keyboard: the terminal that this program runs in; joy: sensor_msgs/Joy on `joy`')
    speed: float = knob(0.1, 'of the tip, with a key down or a stick pushed fully', 'm/s')
    turn: float = knob(0.5, 'of the tip about its vertical', 'rad/s')
    swing: float = knob(0.3, 'of the legs of a legged robot', 'rad')
    extend: float = knob(0.3, 'of the legs of a legged robot, around standing', 'rad')
    dead_man: float = knob(0.3, 'how long a key, or a silent joystick, counts as held', 's')
    dead_zone: float = knob(0.1, 'stick deflection that counts as none')
    rate: float = knob(20.0, 'proposals a second', 'Hz')

    def __post_init__(self) -> None:
        settings.choose('teleop device', self.device, DEVICES)
        for name in ('speed', 'turn', 'swing', 'extend', 'dead_man', 'rate'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        if not 0 <= self.dead_zone < 1:
            raise ValueError(f'dead_zone should be 0 .. 1, but is {self.dead_zone}')
