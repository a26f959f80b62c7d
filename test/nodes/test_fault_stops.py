"""A fault of ours inside what moves a robot ends in a stop that is told, and nothing goes on until
a person begins anew."""
from __future__ import annotations

import numpy as np
import pytest
from sensor_msgs.msg import JointState
from visuomotor.msg import Command, DriverStatus, SafetyStatus
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.specs.codes import Mode
from visuomotor.specs.values import Proposal
from visuomotor.srv import Arm, Stop

HEARS = {'states': (JointState, 'joint_states', qos.STATE),
         'commands': (Command, 'command', qos.COMMAND),
         'status': (SafetyStatus, 'safety/status', qos.LATCHED_EACH),
         'drivers': (DriverStatus, 'driver/status', qos.LATCHED_EACH)}


class Swinging:
    """Driver and safety node of a fake iiwa that was set in motion by a probe."""

    def __init__(self, rig):
        self.rig = rig
        self.ear = rig.probe(hears=HEARS, asks={'arm': (Arm, 'safety/arm'),
                                                'stop': (Stop, 'safety/stop')},
                             says={'voice': (ProposalMessage, 'action/policy', qos.COMMAND)})
        self.driver = rig.make('driver', robot='iiwa7', world='fake')
        self.safety = rig.make('safety', robot='iiwa7', armed_at_start=True)
        rig.up()
        self.swing(40)
        assert self.speed == pytest.approx(0.4, abs=0.02)

    def swing(self, beats):
        def propose():
            if self.ear.states:
                seen = convert.seconds(self.ear.states[-1].header.stamp)
                wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), np.array([[0.4, *[0.0] * 6]]),
                                np.zeros(0), seen, 1)
                self.ear.voice.publish(convert.proposal_message(wish, seen))
        self.rig.beats(beats, propose)

    @property
    def speed(self):
        return self.ear.states[-1].velocity[0]

    def arm(self):
        return self.rig.ask(self.ear.arm, Arm.Request(reason='grace: looked at it'))


@pytest.fixture
def swinging(rig):
    return Swinging(rig)


def once(monkeypatch, thing, name):
    """Let a method raise what nobody expects, the first time that it is called."""
    usual, calls = getattr(thing, name), []

    def method(*values, **named):
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError('of ours')
        return usual(*values, **named)
    monkeypatch.setattr(thing, name, method)


@pytest.mark.parametrize('inside', ['_decide', '_go_on', '_answer'])
def test_a_fault_inside_the_filter_is_a_latched_stop_and_nothing_is_commanded(
        swinging, monkeypatch, inside):
    here = swinging
    once(monkeypatch, here.safety.filter, inside)
    before = len(here.ear.commands)
    here.swing(60)
    assert len(here.ear.commands) == before
    assert here.speed == pytest.approx(0.0, abs=1e-6)   # the driver braked
    told = here.ear.status[-1]
    assert told.stopped
    assert told.stop_reason.startswith(
        'a fault of ours, ZeroDivisionError in test_fault_stops.py')
    assert here.arm().armed
    here.swing(40)
    assert here.speed == pytest.approx(0.4, abs=0.02)


def test_a_fault_while_a_stop_is_asked_for_is_a_stop(swinging, monkeypatch):
    here = swinging
    once(monkeypatch, here.safety.filter, 'stop')
    answer = here.rig.ask(here.ear.stop, Stop.Request(reason='grace: enough'))
    assert not answer.stopped
    here.swing(40)
    assert here.ear.status[-1].stopped
    assert here.speed == pytest.approx(0.0, abs=1e-6)


def test_a_fault_while_the_robot_is_sent_its_target_brakes_it_and_nobody_is_obeyed(
        swinging, monkeypatch):
    here = swinging
    once(monkeypatch, here.driver.robot, 'send')
    here.swing(1)
    assert here.driver.watchdog.obeying
    here.swing(1)
    assert here.driver.watchdog.braking   # it does not wait until commands are too old
    here.swing(100)
    assert here.ear.commands[-1].verdict != Command.STOP   # and would be obeyed
    assert here.speed == pytest.approx(0.0, abs=1e-6)
    alarm = here.ear.drivers[-1].alarms[0]
    assert alarm.startswith('a fault of ours, ZeroDivisionError in test_fault_stops.py')
    assert alarm.endswith('; activate the driver anew')
    here.driver.trigger_deactivate()
    here.driver.trigger_activate()
    here.rig.beats(30)
    here.swing(60)
    assert here.speed == pytest.approx(0.4, abs=0.02)
