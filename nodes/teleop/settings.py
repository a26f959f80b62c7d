"""What the teleop node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import Settings, required, setting

DEVICES = ('keyboard', 'joy')


@dataclass(frozen=True)
class TeleopSettings(Settings):
    """Which device, how fast the robot moves, and how long a key counts as held."""

    robot: str = required('which robot; `visuomotor list robots`')
    device: str = setting('keyboard', 'keyboard: the terminal that this program runs in; joy: '
                          'sensor_msgs/Joy on `joy`', choices=DEVICES)
    speed: float = setting(0.1, 'of the tip, with a key down or a stick pushed fully', 'm/s',
                           above=0, most=2)
    turn: float = setting(0.5, 'of the tip about its vertical', 'rad/s', above=0, most=10)
    swing: float = setting(0.3, 'of the legs of a legged robot', 'rad', above=0, most=1.5)
    extend: float = setting(0.3, 'of the legs of a legged robot, around standing', 'rad', above=0,
                            most=1.5)
    dead_man: float = setting(0.3, 'how long a key, or a silent joystick, counts as held', 's',
                              above=0, most=2)
    dead_zone: float = setting(0.1, 'stick deflection that counts as none', '0..1', least=0,
                               below=1)
    forward_axis: int = setting(
        1, 'of the joystick; these are those of a common gamepad under Linux', least=0, most=99)
    left_axis: int = setting(0, 'of the joystick', least=0, most=99)
    up_axis: int = setting(4, 'of the joystick', least=0, most=99)
    turn_axis: int = setting(3, 'of the joystick', least=0, most=99)
    dead_man_button: int = setting(4, 'of the joystick, held while moving', least=0, most=99)
    gripper_button: int = setting(0, 'of the joystick, opens and closes', least=0, most=99)
    stop_button: int = setting(1, 'of the joystick', least=0, most=99)
    arm_button: int = setting(7, 'of the joystick', least=0, most=99)
    rate: float = setting(20.0, 'proposals a second', 'Hz', above=0, most=1000)
