"""A driver of a real wire comes first on its machine: real-time priority, memory that stays."""
from __future__ import annotations

import ctypes
import os
import resource

PRIORITY = 20          # of SCHED_FIFO, below the threads of the kernel
CURRENT, FUTURE = 1, 2   # MCL_ constants of Linux


def come_first() -> str:
    """Ask for both, for this thread and its process; say in one sentence what is not permitted."""
    missing = [what for what, granted in (('real-time priority (SCHED_FIFO)', _priority()),
                                          ('memory that is never paged out', _memory()))
               if not granted]
    if not missing:
        return ''
    return (f'no {" and no ".join(missing)}: a busy machine may delay the robot; grant '
            'rtprio and memlock in /etc/security/limits.conf.')


def _priority() -> bool:
    """Only for this thread: programs that it starts are as urgent as any other."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK,
                              os.sched_param(PRIORITY))
    except OSError:
        return False
    return True


def _memory() -> bool:
    """Under a limit it is not tried: what is allocated later would fail."""
    if os.geteuid() and resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY:
        return False
    return bool(ctypes.CDLL(None).mlockall(CURRENT | FUTURE) == 0)
