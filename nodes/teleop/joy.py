"""Sticks and buttons of a joystick as deflections; positive is forward and left, as in Joy."""
from __future__ import annotations

from collections.abc import Sequence

from visuomotor.nodes.teleop.operator_input import OperatorInput
from visuomotor.nodes.teleop.settings import TeleopSettings

MOST = 100   # axes and buttons that settings can name


class Joystick:
    """Remembers which buttons were down, so that one press is one event."""

    def __init__(self, settings: TeleopSettings) -> None:
        self._settings = settings
        self._axes: Sequence[float] = ()
        self._buttons: frozenset[int] = frozenset()
        self._pressed: set[int] = set()
        self._updated = -1e9
        self._closed = False

    def update(self, axes: Sequence[float], buttons: Sequence[int], now: float) -> None:
        """Take in one message of the joystick."""
        down = frozenset(number for number, state in enumerate(buttons[:MOST]) if state)
        self._pressed |= down - self._buttons
        self._axes = axes[:MOST]
        self._buttons = down
        self._updated = now

    def read(self, now: float) -> OperatorInput:
        """Say what is wanted now; a joystick that fell silent holds no dead-man switch."""
        pressed, self._pressed = self._pressed, set()
        chosen, recent = self._settings, now - self._updated <= self._settings.dead_man
        held = recent and chosen.dead_man_button in self._buttons
        if chosen.gripper_button in pressed and held:
            self._closed = not self._closed
        stop, arm = chosen.stop_button in pressed, chosen.arm_button in pressed
        if not held or stop:
            return OperatorInput(closed=self._closed, stop=stop, arm=arm and not stop)
        return OperatorInput(self._axis(chosen.forward_axis), self._axis(chosen.left_axis),
                             self._axis(chosen.up_axis), self._axis(chosen.turn_axis),
                             closed=self._closed, held=True, arm=arm)

    def _axis(self, number: int) -> float:
        value = float(self._axes[number]) if number < len(self._axes) else 0.0
        return min(max(value, -1.0), 1.0) if abs(value) > self._settings.dead_zone else 0.0
