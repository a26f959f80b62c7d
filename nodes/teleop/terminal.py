"""The terminal's keys, one by one and without waiting; the terminal is given back as it was."""
from __future__ import annotations

import os
import select
import sys
import termios
import tty
from typing import Any

from visuomotor.specs.errors import BadInput


class Terminal:
    """Keys as they are typed, from `open` to `close`. Ctrl-C keeps its meaning."""

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = descriptor
        self._before: list[Any] | None = None

    def open(self) -> None:
        """Take single keys; refuse an input that is no terminal."""
        number = self._descriptor if self._descriptor is not None else _standard_input()
        if number is None or not os.isatty(number):
            raise BadInput('teleop: the keyboard needs a terminal, but standard input is none; '
                           'start it from a terminal, or use device joy.')
        self._descriptor, self._before = number, termios.tcgetattr(number)
        tty.setcbreak(number)

    def read(self) -> str:
        """Return what was typed since the last time."""
        if self._before is None or self._descriptor is None:
            return ''
        typed = b''
        while select.select([self._descriptor], [], [], 0)[0]:
            chunk = os.read(self._descriptor, 64)
            if not chunk:
                break
            typed += chunk
        return typed.decode('utf-8', errors='ignore')

    def close(self) -> None:
        """Give the terminal back. Harmless when not open."""
        if self._before is not None and self._descriptor is not None:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
        self._before = None


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError, OSError):
        return None  # closed, or replaced by something without a descriptor
