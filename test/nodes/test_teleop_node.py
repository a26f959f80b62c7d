"""The teleop node: speaks while the dead-man switch is held, once more when it is let go, and never
otherwise."""
from __future__ import annotations

import io
import os
import pty
import sys

import numpy as np
import pytest
from rclpy.lifecycle import TransitionCallbackReturn
from sensor_msgs.msg import Joy
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.robot import load_robot
from visuomotor.srv import Arm, Stop

PUSH, IDLE = [0.0, 1.0, 0.0, 0.0, 0.0], [0.0] * 5


class Person(Node):
    """Holds the joystick, and stands in for the safety node."""

    def open(self):
        self.heard, self.asked = [], []
        self.joy = self.publisher(Joy, 'joy', qos.STATE)
        self.subscription(Proposal, 'action/teleop', self.heard.append, qos.COMMAND)
        self.service(Stop, 'safety/stop', self.on_ask)
        self.service(Arm, 'safety/arm', self.on_ask)

    def on_ask(self, request, response):
        self.asked.append((type(response).__name__, request.reason))
        return response

    def hold(self, axes, *buttons):
        self.joy.publish(Joy(axes=axes, buttons=[int(number in buttons) for number in range(8)]))


@pytest.fixture
def held(rig):
    person = rig.add(Person, name='person')
    rig.make('teleop', robot='iiwa7', device='joy')
    rig.up()
    return person, rig


def test_it_speaks_at_twenty_hertz_while_held_and_once_more_when_let_go(held):
    person, rig = held
    rig.beats(50, lambda: person.hold(PUSH))
    assert person.heard == []
    rig.beats(100, lambda: person.hold(PUSH, 4))
    assert len(person.heard) == 20
    assert {(m.source, m.mode, m.dead_man, tuple(m.targets)) for m in person.heard} == {
        (Proposal.SOURCE_TELEOP, Proposal.MODE_CARTESIAN_TWIST, True,
         (0.1, 0.0, 0.0, 0.0, 0.0, 0.0))}
    rig.beats(100, lambda: person.hold(PUSH))
    assert len(person.heard) == 21
    assert (person.heard[-1].dead_man, tuple(person.heard[-1].targets)) == (False, (0.0,) * 6)


def test_a_joystick_that_falls_silent_lets_go(held):
    person, rig = held
    rig.beats(20, lambda: person.hold(PUSH, 4))
    rig.beats(100)
    assert not person.heard[-1].dead_man
    assert 4 + 5 <= len(person.heard) <= 4 + 8


def test_stop_and_arm_are_asked_for_once_for_each_press(held):
    person, rig = held
    rig.beats(30, lambda: person.hold(IDLE, 1))
    rig.beats(30, lambda: person.hold(IDLE, 7))
    assert person.asked == [('Stop_Response', 'operator, by joy'),
                            ('Arm_Response', 'operator, by joy')]


def test_the_keyboard_needs_a_terminal(rig, monkeypatch):
    monkeypatch.setattr(sys, 'stdin', io.StringIO())
    node = rig.make('teleop', robot='iiwa7', device='keyboard')
    assert node.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert node.failure == ('teleop: the keyboard needs a terminal, but standard input is none; '
                            'start it from a terminal, or use device joy.')


def test_keys_move_the_arm_through_safety_until_x_stops_it(rig, monkeypatch):
    ours, theirs = pty.openpty()
    monkeypatch.setattr(sys, 'stdin', os.fdopen(theirs))
    driver = rig.make('driver', robot='iiwa7', world='fake')
    rig.make('safety', robot='iiwa7', armed_at_start=True)
    rig.make('teleop', robot='iiwa7', device='keyboard')
    rig.up()
    kinematics = Kinematics(load_robot('iiwa7'))

    def tip():
        return kinematics.pose(driver.robot.read().position)

    rig.beats(10)
    before = tip()
    rig.beats(100, lambda: os.write(ours, b'w'))
    moved = tip() - before
    assert 0.05 < moved[0] < 0.1
    assert np.abs(moved[1:3]).max() < 0.005
    os.write(ours, b'x')
    rig.beats(50)
    stopped = tip()
    rig.beats(100, lambda: os.write(ours, b'w'))
    assert np.abs(tip() - stopped).max() < 1e-6
    os.write(ours, b'\n')
    rig.beats(50)
    rig.beats(100, lambda: os.write(ours, b'w'))
    assert tip()[0] - stopped[0] > 0.05
    rig.nodes[-1].trigger_deactivate()
    os.close(ours)
