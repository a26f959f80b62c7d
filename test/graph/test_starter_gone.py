"""A graph never outlives whoever started it: killed, or with a terminal that closed. What was
recorded is stored."""
from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest

GIVE_UP = 60.0   # s
WORDS = [sys.executable, '-m', 'visuomotor.cli.main', 'up', '--robot', 'minitaur', '--world',
         'fake', '--policy', 'random', '--episodes', '0', '--run', 'one', '--data']


def own_terminal() -> None:
    """Make standard input the controlling terminal of a new session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def children(process: int) -> list[int]:
    """Return the programs that a process started, by all of its threads."""
    tasks = Path(f'/proc/{process}/task').glob('*/children')
    return [int(word) for task in tasks for word in task.read_text().split()]


class Started:
    """`visuomotor up` in a terminal of its own, once it records an episode."""

    def __init__(self, folder: Path, domain: int, *more: str) -> None:
        self.folder = folder / 'minitaur-walk' / 'one'
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen(
            [*WORDS, str(folder), *more], stdin=end, stdout=end, stderr=end, start_new_session=True,
            env={**os.environ, 'ROS_DOMAIN_ID': str(domain)}, preexec_fn=own_terminal)
        os.close(end)
        self.programs: list[int] = []
        try:
            self.await_episode()
            started = [self.process.pid, *children(self.process.pid)]
            self.programs = [os.pidfd_open(one) for one in started]
        except BaseException:
            self.process.kill()   # its programs with it
            raise

    def await_episode(self) -> None:
        until, said = time.monotonic() + GIVE_UP, b''
        while not list(self.folder.glob('episode_00001.mcap.part')):
            assert time.monotonic() < until, f'no episode began: {said!r}'
            assert self.process.poll() is None, f'it ended by itself: {said!r}'
            if select.select([self.terminal], [], [], 0.05)[0]:
                with suppress(OSError):   # nobody holds the terminal any more
                    said += os.read(self.terminal, 65536)

    def close_terminal(self) -> None:
        os.close(self.terminal)
        self.terminal = -1

    def everybody_ended(self) -> bool:
        self.process.wait(GIVE_UP)
        return all(select.select([one], [], [], GIVE_UP)[0] for one in self.programs)

    def close(self) -> None:
        for one in self.programs:
            if not select.select([one], [], [], 0.0)[0]:
                signal.pidfd_send_signal(one, signal.SIGKILL)
            os.close(one)
        self.process.wait(GIVE_UP)
        if self.terminal >= 0:
            os.close(self.terminal)


@pytest.fixture
def up(tmp_path, domain):
    started = []

    def start(*more):
        started.append(Started(tmp_path, domain, *more))
        return started[-1]
    yield start
    for one in started:
        one.close()


@pytest.mark.parametrize(('how', 'more'), [
    ('killed', ['--processes']), ('terminal', ['--processes']), ('terminal', [])])
def test_nobody_drives_on_when_the_starter_is_gone(up, how, more):
    graph = up(*more)
    assert len(graph.programs) == (8 if more else 1)
    if how == 'killed':
        graph.process.kill()
    else:
        graph.close_terminal()
    assert graph.everybody_ended()
    stored = [file.name for file in graph.folder.glob('episode*')]
    assert stored == ['episode_00001.mcap']
