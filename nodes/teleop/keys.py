"""Keys as deflections. A terminal tells of presses only: a key counts as held a moment longer."""
from __future__ import annotations

from visuomotor.nodes.teleop.operator_input import OperatorInput

HELP = ('w/s forward back · a/d left right · r/f up down · q/e turn · space gripper · x STOP · '
        'enter arm; let go to stop moving')
AXES = {'w': ('forward', 1.0), 's': ('forward', -1.0), 'a': ('left', 1.0), 'd': ('left', -1.0),
        'r': ('up', 1.0), 'f': ('up', -1.0), 'q': ('turn', 1.0), 'e': ('turn', -1.0)}


class Keys:
    """Remembers when each key was last pressed. Every time is an argument, in seconds."""

    def __init__(self, dead_man: float) -> None:
        self._dead_man = dead_man
        self._pressed_at: dict[str, float] = {}
        self._closed = False
        self._gripper_at = -1e9

    def read(self, typed: str, now: float) -> OperatorInput:
        """Take in what was typed since the last look, and say what is wanted now."""
        pressed = typed.lower()
        if 'x' in pressed:
            self._pressed_at.clear()
            self._gripper_at = -1e9
            return OperatorInput(closed=self._closed, stop=True)
        for key in pressed:
            self._press(key, now)
        return self._deflections(now, arm='\n' in pressed or '\r' in pressed)

    def _press(self, key: str, now: float) -> None:
        if key == ' ':
            self._closed, self._gripper_at = not self._closed, now
        elif key in AXES:
            self._pressed_at[key] = now

    def _deflections(self, now: float, arm: bool) -> OperatorInput:
        down = [key for key, when in self._pressed_at.items() if now - when <= self._dead_man]
        sums = dict.fromkeys(('forward', 'left', 'up', 'turn'), 0.0)
        for key in down:
            axis, sign = AXES[key]
            sums[axis] += sign
        held = bool(down) or now - self._gripper_at <= self._dead_man
        return OperatorInput(sums['forward'], sums['left'], sums['up'], sums['turn'],
                             closed=self._closed, held=held, arm=arm)
