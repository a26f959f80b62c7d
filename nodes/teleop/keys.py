"""Keys of a terminal as deflections. It tells of presses only, so a key counts as held for a moment after each."""
from __future__ import annotations

from dataclasses import replace

from visuomotor.nodes.teleop.wish import Wish

HELP = ('w/s forward back · a/d left right · r/f up down · q/e turn · space gripper · x STOP · enter arm; '
        'let go to stop moving')
AXES = {'w': ('forward', 1.0), 's': ('forward', -1.0), 'a': ('left', 1.0), 'd': ('left', -1.0),
        'r': ('up', 1.0), 'f': ('up', -1.0), 'q': ('turn', 1.0), 'e': ('turn', -1.0)}


class Keys:
    """Remembers when each key was last heard. Every time is an argument, in seconds."""

    def __init__(self, dead_man: float) -> None:
        self._dead_man = dead_man
        self._heard: dict[str, float] = {}
        self._closed = False
        self._gripper_at = -1e9

    def wish(self, typed: str, now: float) -> Wish:
        """Take in what was typed since the last look, and say what is wanted now."""
        pressed = typed.lower()
        if 'x' in pressed:
            self._heard.clear()
            self._gripper_at = -1e9
            return Wish(closed=self._closed, stop=True)
        for key in pressed:
            self._press(key, now)
        wish = self._deflections(now)
        return replace(wish, arm='\n' in pressed or '\r' in pressed)

    def _press(self, key: str, now: float) -> None:
        if key == ' ':
            self._closed, self._gripper_at = not self._closed, now
        elif key in AXES:
            self._heard[key] = now

    def _deflections(self, now: float) -> Wish:
        down = [key for key, when in self._heard.items() if now - when <= self._dead_man]
        sums = {'forward': 0.0, 'left': 0.0, 'up': 0.0, 'turn': 0.0}
        for key in down:
            axis, sign = AXES[key]
            sums[axis] += sign
        held = bool(down) or now - self._gripper_at <= self._dead_man
        return Wish(sums['forward'], sums['left'], sums['up'], sums['turn'], closed=self._closed, held=held)
