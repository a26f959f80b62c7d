"""Whose commands a driver obeys: those of one writer, in order, beginning where the robot is."""
from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from visuomotor.specs.values import FloatArray, State

FARTHEST = 0.1   # rad, of a first command from where the robot is
STANDS = 0.05    # rad/s, of the fastest joint of a robot that stands


class OneWriter:
    """Remembers who is obeyed. Times are seconds of a clock that nobody can step."""

    def __init__(self, command_age: float, claimed: Callable[[], int] = lambda: 0) -> None:
        """`claimed` tells the writer that is claimed for this robot on this machine, or 0."""
        self._age, self._claimed = command_age, claimed
        self._writer = self._sequence = 0
        self._obeyed_at = -math.inf

    def refuses(self, writer: int, sequence: int, steady: float, stands: bool) -> str:
        """Say why a command is not obeyed, or ''. `stands`: the robot does, as measured."""
        if writer == 0:
            return 'a command came that names no writer'
        if writer == self._writer:
            if sequence > self._sequence:
                return ''
            return f'command {sequence} came after command {self._sequence}'
        claimed = self._claimed()
        if claimed:
            return '' if writer == claimed else (
                f'a command came from writer {writer:x}, but the safety node here is {claimed:x}')
        if self._writer and not (stands and steady - self._obeyed_at > self._age):
            return f'a command came from writer {writer:x} while {self._writer:x} is obeyed'
        return ''

    def obeyed(self, writer: int, sequence: int, steady: float) -> None:
        """Note that a command was sent to the robot."""
        self._writer, self._sequence, self._obeyed_at = writer, sequence, steady


def stands(measured: State | None) -> bool:
    """Tell whether a robot stands, as measured."""
    return measured is not None and float(np.abs(measured.velocity).max()) < STANDS


def too_far(position: FloatArray, measured: State | None) -> str:
    """Say why a first command is not obeyed: it does not begin where the robot is. A wrong shape
    is left to the robot, which says what it expects."""
    if measured is None:
        return 'a command came before the robot said where it is'
    if position.shape != measured.position.shape:
        return ''
    gap = float(np.abs(position - measured.position).max())
    if gap <= FARTHEST:
        return ''
    return f'a first command came {gap:.2f} rad away from where the robot is'
