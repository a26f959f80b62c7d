"""The safety node answers and arms the robot whose limits it keeps, and no other of the same joint
names."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sensor_msgs.msg import JointState
from visuomotor.msg import Command, DriverStatus, SafetyStatus
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.environment import EXECUTOR
from visuomotor.nodes.safety.identity import Identity
from visuomotor.robots.model import fingerprint
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State
from visuomotor.srv import Arm

IIWA7, IIWA14 = load_robot('iiwa7'), load_robot('iiwa14')
SHOULD = f'driver/status should name robot iiwa7 with the description {fingerprint(IIWA7)}'
OTHER = (f"{SHOULD}, but names 'iiwa14' with '{fingerprint(IIWA14)}'; start driver and safety for "
         'the same robot, with the same files.')
HEARS = {'commands': (Command, 'command', qos.COMMAND),
         'status': (SafetyStatus, 'safety/status', qos.LATCHED_EACH)}


class Bare:
    """A safety node of an iiwa7, and a probe that stands at its home in place of a driver."""

    def __init__(self, rig, *, named='', armed=True):
        self.rig = rig
        self.ear = rig.probe(hears=HEARS, asks={'arming': (Arm, 'safety/arm')},
                             says={'joints': (JointState, 'joint_states', qos.STATE),
                                   'driver': (DriverStatus, 'driver/status', qos.LATCHED)})
        self.plate = rig.nameplate(named) if named else None
        self.safety = rig.make('safety', robot='iiwa7', armed_at_start=armed)
        rig.up()

    def beats(self, count):
        still = np.zeros(7)

        def stand():
            state = State(self.ear.now, np.array(IIWA7.home), still, still)
            self.ear.joints.publish(convert.joint_state(state, IIWA7))
        self.rig.beats(count, stand)

    def arm(self):
        return self.rig.ask(self.ear.arming, Arm.Request(reason='grace: again'))


@pytest.fixture(params=['ours', 'public'])
def start(request, rig, monkeypatch):
    monkeypatch.setenv(EXECUTOR, request.param)
    return partial(Bare, rig)


def test_the_two_arms_have_the_same_joint_names_and_other_fingerprints():
    assert IIWA7.names == IIWA14.names
    assert fingerprint(IIWA7) != fingerprint(IIWA14)


def test_nothing_is_commanded_or_armed_until_the_driver_says_which_robot_it_drives(start):
    here = start()
    here.beats(30)
    missing = f'{SHOULD}, but has not come; start the driver.'
    assert here.ear.commands == []
    assert here.ear.status[-1].reasons == [missing]
    assert (here.arm().armed, here.arm().message) == (False, missing)
    here.ear.driver.publish(DriverStatus(robot='iiwa7', description=fingerprint(IIWA7)))
    here.beats(30)
    assert len(here.ear.commands) == 30
    assert here.ear.commands[-1].verdict == Command.PASS


def test_another_robot_with_the_same_joint_names_is_neither_commanded_nor_armed(start):
    here = start(named='iiwa14', armed=False)
    here.beats(30)
    assert here.ear.commands == []
    assert (here.arm().armed, here.arm().message) == (False, OTHER)
    assert here.ear.status[-1].stop_reason == OTHER


def test_a_robot_that_becomes_another_one_is_stopped_and_has_to_be_armed(start):
    here = start(named='iiwa7')
    here.beats(30)
    assert here.ear.commands[-1].verdict == Command.PASS
    here.plate.name('iiwa14')
    here.beats(2)
    assert here.ear.commands[-1].reasons == [f'stopped: {OTHER}']
    assert here.arm().message == OTHER
    here.plate.name('iiwa7')
    here.beats(30)
    assert here.ear.commands[-1].verdict == Command.STOP
    assert here.arm().armed
    here.beats(2)
    assert here.ear.commands[-1].verdict == Command.PASS


@pytest.mark.parametrize(('robot', 'description', 'wrong'), [
    ('iiwa7', 'abc', ''), ('left arm', 'abc', ''), ('', '', "but names '' with ''"),
    ('iiwa7', 'ABC', "but names 'iiwa7' with 'ABC'"), ('x' * 100_000, 'y' * 100_000, 'x…')])
def test_only_the_description_tells_robots_apart(robot, description, wrong):
    identity = Identity('iiwa7', 'abc')
    identity.hear('iiwa7', 'abc')
    identity.hear(robot, description)
    assert wrong in identity.wrong
    assert bool(identity.wrong) == bool(wrong)
    assert identity.other == identity.wrong
    assert identity.unmet == ''
    assert len(identity.wrong) < 400
