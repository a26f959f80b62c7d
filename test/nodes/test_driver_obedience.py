"""A robot led by hand while it is stopped, and a driver that comes first: facts in literals."""
from __future__ import annotations

import ctypes
import dataclasses
import os
import resource
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from visuomotor.nodes._ros import urgent
from visuomotor.nodes.driver.obedience import Asked, Obedience
from visuomotor.specs.codes import Verdict
from visuomotor.specs.robot import DriverChoice, Joint, RobotSpec
from visuomotor.specs.values import State, Target

SPEC = RobotSpec('two', home=(0.0, 0.0), joints=(Joint('a', -1.0, 1.0, 2.0, 10.0, 100.0, 1.0),
                                                 Joint('b', -1.0, 1.0, 2.0, 5.0, 50.0, 1.0)))
LED = State(0.0, np.array([0.05, 0.0]), np.zeros(2), np.zeros(2))


def obey(verdict, speed=0.0, back_drivable=True):
    spec = dataclasses.replace(SPEC, driver=DriverChoice(back_drivable=back_drivable))
    line = Obedience(spec, lambda target: target)
    line.watchdog.told((5, 0), 5.0)
    asked = Asked(Target(np.zeros(2), np.array([speed, 0.0])), (5, 0), 1, 1, verdict)
    return line.obey(asked, LED, 5.0).position.tolist(), line.figures(LED)


def test_a_back_drivable_robot_follows_the_hand_while_it_is_stopped_at_rest():
    assert obey(Verdict.STOP)[0] == [0.05, 0.0]
    assert obey(Verdict.STOP, speed=0.1)[0] == [0.0, 0.0]   # it brakes
    assert obey(Verdict.PASS)[0] == [0.0, 0.0]


def test_another_robot_holds_and_the_gap_is_told():
    held, figures = obey(Verdict.STOP, back_drivable=False)
    assert held == [0.0, 0.0]
    assert figures == {'refused': 0, 'gap': 0.05, 'braking': False}


@pytest.fixture
def machine(monkeypatch):
    """A machine that permits nothing, and notes what was asked of it."""
    asked = []

    def refuse(pid, policy, param):
        asked.append((policy, param.sched_priority))
        raise PermissionError
    monkeypatch.setattr(os, 'sched_setscheduler', refuse)
    monkeypatch.setattr(os, 'geteuid', lambda: 1000)
    monkeypatch.setattr(resource, 'getrlimit', lambda which: (65536, 65536))
    return asked


def test_a_program_that_comes_first_asks_for_all_of_its_threads(monkeypatch):
    asked, ends = {}, threading.Event()
    other = threading.Thread(target=ends.wait)
    other.start()
    monkeypatch.setattr(os, 'sched_setscheduler',
                        lambda pid, policy, param: asked.update(
                            {pid: (policy, param.sched_priority)}))
    monkeypatch.setattr(ctypes, 'CDLL', lambda name: SimpleNamespace(mlockall=lambda flags: 0))
    said = urgent.come_first(20, program=True)
    ends.set()
    other.join()
    # threads that they begin inherit it; the one that asks comes before all others
    assert asked[threading.get_native_id()] == (os.SCHED_FIFO, 25)
    assert asked[other.native_id] == (os.SCHED_FIFO, 20)
    assert said == ''


def test_what_a_machine_does_not_permit_is_said_in_one_sentence(machine):
    said = urgent.come_first(20)
    assert machine == [(os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, 20)]
    assert said.startswith('no real-time priority (SCHED_FIFO) and no memory that is never paged')
    assert '\n' not in said
