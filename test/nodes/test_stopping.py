"""Programs end when they are asked to, and with the program that started them."""
from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from visuomotor.nodes._ros.environment import STARTER
from visuomotor.nodes._ros.stopping import ENDED, Asked

CHILD = """
import os, sys, time
from visuomotor.nodes._ros.stopping import Asked
asked = Asked()
print('ready', flush=True)
while not asked.to_stop:
    time.sleep(0.01)
print('stopped', flush=True)
"""
STARTING = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=sys.stdout, env={**os.environ, sys.argv[2]: str(os.getpid())})
child.wait()
"""  # noqa: E501
THROUGH_OTHERS = STARTING.replace("'-c', sys.argv[1]]", """'-c',
    'import subprocess, sys; subprocess.run([sys.executable, "-c", sys.argv[1]])', sys.argv[1]]""")


@pytest.fixture
def handlers():
    kept = {number: signal.getsignal(number)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, ENDED)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)   # whoever runs the tests may use nohup
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_and_the_second_insists(handlers, number):
    asked = Asked()
    assert not asked.to_stop
    signal.raise_signal(number)
    assert asked.to_stop
    with pytest.raises(SystemExit) as left:
        signal.raise_signal(number)
    assert left.value.code == 128 + number


def test_nohup_stays_in_force(handlers):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    asked = Asked()
    signal.raise_signal(signal.SIGHUP)
    assert not asked.to_stop


@pytest.mark.parametrize('first', [signal.SIGHUP, signal.SIGINT, ENDED])
@pytest.mark.parametrize('number', [signal.SIGHUP, ENDED])
def test_a_terminal_that_closes_and_a_starter_that_ends_never_insist(handlers, first, number):
    """The kernel, the shell and the launcher each say it: what is being stored is still stored."""
    asked = Asked()
    signal.raise_signal(first)
    signal.raise_signal(number)
    assert asked.to_stop


@pytest.mark.parametrize('starting', [STARTING, THROUGH_OTHERS], ids=['itself', 'through others'])
def test_a_killed_starter_takes_its_programs_along(starting):
    started = subprocess.Popen([sys.executable, '-c', starting, CHILD, STARTER],
                               stdout=subprocess.PIPE, text=True)
    assert started.stdout.readline() == 'ready\n'
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    assert started.stdout.readline() == 'stopped\n'   # the program writes into the same pipe
    started.stdout.close()


def test_a_program_ends_with_its_starter_before_it_has_heard_of_it():
    code = """
import os, subprocess
from functools import partial
from visuomotor.nodes._ros.stopping import end_with
subprocess.Popen(['cat'], stdin=0, preexec_fn=partial(end_with, os.getpid()))
os.kill(os.getpid(), 9)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, '-c', code], stdin=pipe, stdout=pipe) as started:
        assert started.stdout.read() == b''   # until the last who may write, cat, is gone


def test_a_starter_that_is_gone_already_is_noticed(handlers, monkeypatch):
    gone = subprocess.Popen([sys.executable, '-c', ''])
    gone.wait()
    monkeypatch.setenv(STARTER, str(gone.pid))
    assert Asked().to_stop
