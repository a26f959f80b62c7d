"""How a program is asked to stop: by a signal, a terminal that closes or the end of its starter."""
from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import threading
from typing import Any

from visuomotor.nodes._ros.environment import STARTER

PR_SET_PDEATHSIG = 1      # linux/prctl.h
LIBC = ctypes.CDLL(None)  # loaded here: a program that was just forked should load nothing
ENDED = signal.SIGUSR1    # the starter is gone; unlike SIGTERM nobody else sends it


class Asked:
    """Remembers that somebody asked the program to stop; a person or a launcher that asks again
    insists. A terminal that closes says so more than once, and so does what ends with it."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, ENDED):
            if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):   # of nohup
                signal.signal(number, self._hear)
        starter = os.environ.get(STARTER, '')
        if starter.isdecimal() and sys.platform.startswith('linux'):
            self._end_with(int(starter))

    def _hear(self, number: int, frame: Any) -> None:
        if self.to_stop and number in (signal.SIGINT, signal.SIGTERM):
            sys.exit(128 + number)
        self.to_stop = True

    def _end_with(self, starter: int) -> None:
        """Hear of the end of the program that started this one, directly or through others."""
        if os.getppid() == starter:
            LIBC.prctl(PR_SET_PDEATHSIG, ENDED)
        else:
            threading.Thread(target=self._outlive, args=(starter,), daemon=True).start()
        self.to_stop = self.to_stop or not alive(starter)   # it may be gone already

    def _outlive(self, starter: int) -> None:
        try:
            file = os.pidfd_open(starter)
        except OSError:   # gone, or a kernel without them
            return
        select.select([file], [], [])
        os.close(file)
        os.kill(os.getpid(), ENDED)


def end_with(starter: int) -> None:
    """Have a program killed with its starter from its first moment on; between fork and exec."""
    LIBC.prctl(PR_SET_PDEATHSIG, ENDED)
    if os.getppid() != starter:
        os.kill(os.getpid(), signal.SIGKILL)   # it is gone already


def alive(process: int) -> bool:
    """Tell whether there is a process with this id."""
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
