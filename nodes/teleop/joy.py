"""Sticks and buttons of a joystick as deflections; the numbers are those of a common gamepad under Linux."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visuomotor.nodes.teleop.wish import Wish
from visuomotor.specs.settings import setting


@dataclass(frozen=True)
class JoyMap:
    """Which axis and button does what; axes are positive forward and left, as sensor_msgs/Joy has them."""

    forward: int = setting(1, 'axis: left stick, up')
    left: int = setting(0, 'axis: left stick, sideways')
    up: int = setting(4, 'axis: right stick, up')
    turn: int = setting(3, 'axis: right stick, sideways')
    dead_man: int = setting(4, 'button: left shoulder, held while moving')
    gripper: int = setting(0, 'button: A, opens and closes')
    stop: int = setting(1, 'button: B')
    arm: int = setting(7, 'button: start')


class Joystick:
    """Remembers which buttons were down, so that one press is one event."""

    def __init__(self, layout: JoyMap, dead_zone: float, silence: float) -> None:
        self._layout, self._dead_zone, self._silence = layout, dead_zone, silence
        self._axes: Sequence[float] = ()
        self._buttons: frozenset[int] = frozenset()
        self._pressed: set[int] = set()
        self._heard = -1e9
        self._closed = False

    def hear(self, axes: Sequence[float], buttons: Sequence[int], now: float) -> None:
        """Take in one message of the joystick."""
        down = frozenset(number for number, state in enumerate(buttons) if state)
        self._pressed |= down - self._buttons
        self._axes, self._buttons, self._heard = axes, down, now

    def wish(self, now: float) -> Wish:
        """Say what is wanted now; a joystick that fell silent holds no dead-man switch."""
        pressed, self._pressed = self._pressed, set()
        held = self._layout.dead_man in self._buttons and now - self._heard <= self._silence
        if self._layout.gripper in pressed and held:
            self._closed = not self._closed
        stop, arm = self._layout.stop in pressed, self._layout.arm in pressed
        if not held or stop:
            return Wish(closed=self._closed, stop=stop, arm=arm and not stop)
        layout, read = self._layout, self._axis
        return Wish(read(layout.forward), read(layout.left), read(layout.up), read(layout.turn),
                    closed=self._closed, held=True, arm=arm)

    def _axis(self, number: int) -> float:
        value = float(self._axes[number]) if number < len(self._axes) else 0.0
        return value if abs(value) > self._dead_zone else 0.0
