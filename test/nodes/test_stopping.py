"""Programs end when they are asked to, and with the program that started them."""
from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from visuomotor.nodes._ros.environment import STARTER
from visuomotor.nodes._ros.stopping import Asked

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


@pytest.fixture
def handlers():
    kept = {number: signal.getsignal(number)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)   # whoever runs the tests may use nohup
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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


def test_a_killed_starter_takes_its_programs_along():
    started = subprocess.Popen([sys.executable, '-c', STARTING, CHILD, STARTER],
                               stdout=subprocess.PIPE, text=True)
    assert started.stdout.readline() == 'ready\n'
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    assert started.stdout.readline() == 'stopped\n'   # the program writes into the same pipe
    started.stdout.close()


def test_a_starter_that_is_gone_already_is_noticed(handlers, monkeypatch):
    gone = subprocess.Popen([sys.executable, '-c', ''])
    gone.wait()
    monkeypatch.setenv(STARTER, str(gone.pid))
    assert Asked().to_stop
