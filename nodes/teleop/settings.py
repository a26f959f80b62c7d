"""What the teleop node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs import settings
from visuomotor.specs.settings import setting

DEVICES = ('keyboard', 'joy')


@dataclass(frozen=True)
class TeleopSettings:
    """Which device, how fast the robot moves, and how long a key counts as held."""

    robot: str = setting('iiwa7', 'which robot; `visuomotor list robots`')
    device: str = setting('keyboard', 'keyboard: the terminal that this program runs in; joy: sensor_msgs/Joy on `joy`')
    speed: float = setting(0.1, 'of the tip, with a key down or a stick pushed fully', 'm/s')
    turn: float = setting(0.5, 'of the tip about its vertical', 'rad/s')
    swing: float = setting(0.3, 'of the legs of a legged robot', 'rad')
    extend: float = setting(0.3, 'of the legs of a legged robot, around standing', 'rad')
    dead_man: float = setting(0.3, 'how long a key, or a silent joystick, counts as held', 's')
    dead_zone: float = setting(0.1, 'stick deflection that counts as none')
    rate: float = setting(20.0, 'proposals a second', 'Hz')

    def __post_init__(self) -> None:
        settings.choose('teleop device', self.device, DEVICES)
        for name in ('speed', 'turn', 'swing', 'extend', 'dead_man', 'rate'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        if not 0 <= self.dead_zone < 1:
            raise ValueError(f'dead_zone should be 0 .. 1, but is {self.dead_zone}')
