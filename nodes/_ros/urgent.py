"""Safety and the driver come first on their machine: real-time priority, memory that stays."""
from __future__ import annotations

import ctypes
import os
import resource
import threading
from pathlib import Path

SAFETY, DRIVER = 20, 30   # of SCHED_FIFO, below the threads of the kernel
# By which the thread of the nodes comes before the middleware's: what floods in waits in its queue.
LEADS = 5
CURRENT, FUTURE = 1, 2   # MCL_ constants of Linux


def come_first(priority: int, program: bool = False) -> str:
    """Ask for both, for this thread or for all that a program has and will have; say in one
    sentence what is not permitted."""
    urgent = _priority_of_all(priority) if program else _priority(priority)
    missing = [what for what, granted in (('real-time priority (SCHED_FIFO)', urgent),
                                          ('memory that is never paged out', _memory()))
               if not granted]
    if not missing:
        return ''
    return (f'no {" and no ".join(missing)}: a busy machine may delay the robot; grant '
            'rtprio and memlock in /etc/security/limits.conf.')


def _priority(priority: int) -> bool:
    """Only for this thread: programs that it starts are as urgent as any other."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK,
                              os.sched_param(priority))
    except OSError:
        return False
    return True


def _priority_of_all(priority: int) -> bool:
    """The threads of the middleware too: what they bring late is late."""
    try:
        for thread in Path('/proc/self/task').iterdir():
            first = LEADS * (int(thread.name) == threading.get_native_id())
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO,
                                  os.sched_param(priority + first))
    except OSError:
        return False
    return True


def _memory() -> bool:
    """Under a limit it is not tried: what is allocated later would fail."""
    if os.geteuid() and resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY:
        return False
    return bool(ctypes.CDLL(None).mlockall(CURRENT | FUTURE) == 0)
