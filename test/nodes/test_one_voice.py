"""A second publisher of joint_states is a latched stop at once; the successor of one that was
killed is not."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from sensor_msgs.msg import JointState
from visuomotor.msg import Command, SafetyStatus
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes.safety.one_voice import OneVoice
from visuomotor.srv import Arm

TWO = ('joint_states should come from one publisher, but /left/driver and /left/rogue publish '
       'them; end all but one')


class Rogue(Node):
    """Could say where the joints are."""

    def open(self):
        self.publisher(JointState, 'joint_states', qos.STATE)


@pytest.mark.timeout(30)
def test_a_second_publisher_is_a_latched_stop_that_names_both(rig):
    rig.namespace = 'left'
    ear = rig.probe(hears={'commands': (Command, 'command', qos.COMMAND),
                           'status': (SafetyStatus, 'safety/status', qos.LATCHED_EACH),
                           'joints': (JointState, 'joint_states', qos.STATE)},
                    asks={'arming': (Arm, 'safety/arm')})
    driver = rig.make('driver', robot='iiwa7', world='fake')
    rig.make('safety', robot='iiwa7', armed_at_start=True)
    rig.up()
    rig.beats(50)
    assert ear.commands[-1].verdict == Command.PASS
    rogue = rig.add(Rogue, name='rogue')
    rogue.trigger_configure()
    rig.until(lambda: ear.status[-1].stopped, beats=100)
    assert ear.status[-1].stop_reason == TWO
    assert ear.commands[-1].reasons == [f'stopped: {TWO}']
    assert rig.ask(ear.arming, Arm.Request(reason='grace: never mind')).message == TWO
    rogue.trigger_cleanup()
    rig.beats(30)
    assert ear.status[-1].stopped
    assert rig.ask(ear.arming, Arm.Request(reason='grace: one is gone')).armed
    rig.beats(30)
    assert ear.commands[-1].verdict == Command.PASS
    assert driver.active


def test_a_publisher_whose_name_has_not_come_yet_is_said_to_have_none(rig, monkeypatch):
    node = rig.add(Rogue, name='rogue')
    listed = [SimpleNamespace(node_namespace='/left', node_name='driver'),
              SimpleNamespace(node_namespace='_NODE_NAMESPACE_UNKNOWN_',
                              node_name='_NODE_NAME_UNKNOWN_')]
    monkeypatch.setattr(node, 'get_publishers_info_by_topic', lambda topic: listed)
    assert node.speakers('joint_states') == ['/left/driver', 'a node without a name']


def looks(*seen):
    """Look ten times a second at how many are listed, and whether any message came since; return at
    which looks there were two voices."""
    heard, wrong = 0, []
    counts = iter(listed for listed, _ in seen)
    voice = OneVoice(lambda: next(counts), lambda: ['/a', '/b'])
    for number, (_, speaks) in enumerate(seen):
        heard += speaks
        voice.look(heard, 0.1 * number)
        if voice.wrong:
            wrong.append(number)
    return wrong


SILENT, SPEAKS = 0, 10


@pytest.mark.parametrize(('seen', 'wrong'), [
    ([(0, SILENT)] * 3 + [(1, SILENT)] * 3 + [(1, SPEAKS)] * 50, []),
    ([(1, SPEAKS)] * 3 + [(2, SPEAKS)] * 3 + [(1, SPEAKS)] * 3, [3, 4, 5]),
    ([(0, SILENT)] * 3 + [(2, SPEAKS)] * 2, [3, 4]),
    ([(1, SILENT)] * 3 + [(1, SPEAKS)] * 2 + [(2, SPEAKS)] * 2, [5, 6])])
def test_two_that_are_listed_while_somebody_speaks_are_two_voices(seen, wrong):
    assert looks(*seen) == wrong


KILLED = [(1, SPEAKS)] * 5 + [(1, SILENT)] * 20   # and its successor comes


@pytest.mark.parametrize(('after', 'wrong'), [
    ([(2, SPEAKS)] * 150 + [(1, SPEAKS)] * 200, []),
    ([(2, SILENT)] * 3 + [(2, SPEAKS)] * 150 + [(1, SPEAKS)] * 3 + [(2, SPEAKS)], [181]),
    ([(2, SPEAKS)] * 5 + [(3, SPEAKS)] * 2, [30, 31]),
    ([(2, SPEAKS)] * 5 + [(2, SILENT)] * 20 + [(3, SPEAKS)] * 100, []),
    ([(2, SPEAKS)] * 253, [276, 277])])
def test_one_that_was_killed_is_no_second_voice_until_it_should_be_given_up(after, wrong):
    assert looks(*KILLED, *after) == wrong
