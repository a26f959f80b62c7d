"""How a program is asked to stop: by a signal, a terminal that closes or the end of its starter."""
from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Any

from visuomotor.nodes._ros.environment import STARTER

PR_SET_PDEATHSIG = 1             # linux/prctl.h


class Asked:
    """Remembers that somebody asked the program to stop; the second time insists."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):   # of nohup
                signal.signal(number, self._hear)
        self._end_with(os.environ.get(STARTER, ''))

    def _hear(self, number: int, frame: Any) -> None:
        if self.to_stop:
            sys.exit(128 + number)
        self.to_stop = True

    def _end_with(self, starter: str) -> None:
        """Let the kernel send SIGTERM when the program that started this one is gone."""
        if not starter.isdecimal() or not sys.platform.startswith('linux'):
            return
        if os.getppid() == int(starter):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        self.to_stop = not alive(int(starter))   # it may be gone already


def alive(process: int) -> bool:
    """Tell whether there is a process with this id."""
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
