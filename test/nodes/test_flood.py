"""A flood, and a timer that takes longer than its period: one turn of the executor is bounded, so
that the next command, services and Ctrl-C wait for a turn and never for ever."""
from __future__ import annotations

import math

import numpy as np
import pytest
from rclpy.node import Node as PlainNode
from sensor_msgs.msg import JointState
from visuomotor.graph.lockstep import START
from visuomotor.msg import Command, Proposal
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.environment import EXECUTOR
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.wires import Traffic
from visuomotor.nodes.console import statistics
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State
from visuomotor.srv import Arm

PERIOD = 10_000_000   # ns


class Echoing(PlainNode):
    """Says again whatever it hears on some topics: they never fall silent."""

    def __init__(self, context, topics):
        super().__init__('flood', context=context, namespace='left', use_global_arguments=False)
        for kind, topic in topics:
            for word in [kind()] * 10:
                self.voice(kind, topic).publish(word)

    def voice(self, kind, topic):
        publisher = self.create_publisher(kind, topic, qos.COMMAND)
        self.create_subscription(kind, topic, publisher.publish, qos.COMMAND)
        return publisher


class Slow(Node):
    """A timer every 10 ms whose callback takes 12 ms."""

    def open(self):
        self.rang = 0
        self.timer(0.01, self.tick)

    def tick(self):
        self.rang += 1
        self.take(12_000_000)


def state(nanoseconds):
    robot = load_robot('iiwa7')
    still = np.zeros(7)
    return convert.joint_state(State(nanoseconds * 1e-9, np.array(robot.home), still, still), robot)


# spins within which everybody has had two turns; rclpy's own executor serves one entity at each
SPINS = {'ours': 2, 'public': 80}


@pytest.fixture(params=SPINS)
def flooded(request, rig, monkeypatch):
    monkeypatch.setenv(EXECUTOR, request.param)
    rig.namespace = 'left'
    rig.nameplate('iiwa7')
    safety = rig.make('safety', robot='iiwa7', armed_at_start=True)
    slow = rig.add(Slow, name='slow')
    person = rig.probe(hears={'commands': (Command, 'command', qos.COMMAND)},
                       says={'joints': (JointState, 'joint_states', qos.STATE)},
                       asks={'arm': (Arm, 'safety/arm')})
    rig.up()
    rig.spins = SPINS[request.param]
    slow.take = lambda more: rig.conductor._set(slow.nanoseconds + more)
    flood = Echoing(rig.context, [(Proposal, 'action/policy'), (Proposal, 'action/teleop'),
                                  (Proposal, 'action/reset')])
    rig.conductor._executor.add_node(flood)
    yield rig, safety, slow, person
    flood.destroy_node()


@pytest.mark.timeout(20)
def test_commands_and_services_come_through_a_flood_and_a_slow_timer(flooded):
    rig, safety, slow, person = flooded
    executor = rig.conductor._executor
    rig.conductor._set(START + PERIOD)
    executor.spin_once(0.0)
    for turn in range(20):
        person.joints.publish(state(slow.nanoseconds))
        before = len(person.commands)
        for _ in range(rig.spins):
            executor.spin_once(0.0)
        assert len(person.commands) == before + 1, turn
    asked = person.arm.call_async(Arm.Request(reason='test'))
    for _ in range(rig.spins + 1):
        executor.spin_once(0.0)
    assert asked.done()
    assert safety.filter.sources.refused > 100
    assert slow.rang > 40


@pytest.mark.timeout(20)
@pytest.mark.parametrize('flooded', ['ours'], indirect=True)
def test_beats_that_a_slow_timer_missed_are_skipped_and_counted(flooded):
    rig, _, slow, _ = flooded
    rig.conductor._set(START + PERIOD)
    for _ in range(50):
        rig.conductor._executor.spin_once(0.0)
    assert slow.rang == 50
    assert slow.traffic.skipped == 9   # the 50th rang at 0.598 s, when the 59th beat was due


def test_a_number_that_is_not_finite_is_not_published(rig, capfd):
    speaker = rig.probe(says={'joints': (JointState, 'joint_states', qos.STATE)})
    ear = rig.probe(hears={'joints': (JointState, 'joint_states', qos.STATE)})
    rig.up()
    for place in (0.0, math.nan, 1.0, math.inf):
        speaker.joints.publish(JointState(position=[place]))
        rig.beats(1)
    assert [message.position[0] for message in ear.joints] == [0.0, 1.0]
    assert sum(speaker.traffic.refused.values()) == 2
    assert 'a number of it is not finite: not said' in capfd.readouterr().err


def test_what_became_of_the_wires_is_told_once_and_counted_for_ever():
    traffic = Traffic()
    traffic.rang(0.002, 0.01)
    traffic.rang(0.035, 0.01)
    traffic.refuse('joy', 'x' * 5000)
    complaints, numbers = traffic.told()
    assert complaints[0].startswith('1 more refused, the last: refused on joy: xxx')
    assert len(complaints[0]) < 1100
    assert complaints[1] == '3 more beats of timers skipped: too busy'
    assert numbers == {'refused': 1, 'faults': 0, 'overtaken': 0, 'beats skipped': 3,
                       'latest timer (ms)': 35.0}
    assert traffic.told() == (['', ''], {**numbers, 'latest timer (ms)': 0.0})


def test_a_console_forgets_the_oldest_of_endless_episodes(monkeypatch):
    monkeypatch.setattr(statistics, 'KEPT', 3)
    known = statistics.GraphStatistics()
    for number in range(1, 11):
        known.note_ended(statistics.ended(number, 1, 0, 0.0, 1.0, 'r' * 5000))
        known.note_file(number, 'f' * 5000)
    assert sorted(known.ended) == sorted(known.files) == [8, 9, 10]
    assert known.results() == {'success': 10}
    assert len(known.ended[10].reason) == 1000
