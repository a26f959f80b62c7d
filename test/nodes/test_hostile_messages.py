"""Every subscription and every service of every node is sent what nobody should send. Whatever it
holds, nobody ends, nobody stops doing his work, and each refusal is a sentence."""
from __future__ import annotations

import contextlib
import copy
import itertools
import math
import re

import pytest
from geometry_msgs.msg import Pose
from rclpy.action import ActionClient
from rclpy.node import Node as PlainNode
from sensor_msgs.msg import Image, Joy
from std_msgs.msg import String
from visuomotor.action import Reset, RunEpisode
from visuomotor.graph import compose
from visuomotor.graph.description import Choices, console_entry, describe
from visuomotor.msg import WorldTruth
from visuomotor.nodes._ros import qos
from visuomotor.nodes.supervisor.machine import AT_REST
from visuomotor.specs.codes import Phase
from visuomotor.srv import Arm

LONG = 'x' * 1_000_000
TEXTS = ('', LONG, 'ärger\u202e\x00\n%s{0}', '../../../etc/passwd', '/nowhere/' + 'y' * 300)
DOUBLES = (math.nan, math.inf, -math.inf, 1e308, -1.0)
WHOLE = {'uint8': (0, 9, 255), 'int8': (-128, 127), 'uint16': (0, 2**16 - 1),
         'int16': (-2**15, 2**15 - 1), 'uint32': (0, 2**32 - 1), 'int32': (-2**31, -1, 2**31 - 1),
         'uint64': (0, 2**64 - 1), 'int64': (-2**63, 2**63 - 1)}
REPEATED = re.compile(r'sequence<(.+?)(?:, \d+)?>$|(.+)\[\d+\]$')
LENGTHS = (0, 3, 20_000)
NONSENSE = (b'', b'\0', b'\0\1\0\0', b'\0\1\0\0' + b'\xff' * 40, b'\0\1\0\0' + b'\1\0\0\0' * 300)
# what nobody says in this graph: something that would be taken
EXAMPLES = {Joy: Joy(axes=[0.5] * 6, buttons=[0, 0, 0, 0, 1]),
            Image: Image(height=2, width=2, encoding='rgb8', step=6, data=[7] * 12),
            String: String(data='a stranger'),
            WorldTruth: WorldTruth(names=['cup'], poses=[Pose()], values=[1.0], value_names=['h'])}


def values(kind, base):
    """Return what is hostile in one field of this type; `base` is what stands there now."""
    if kind in WHOLE:
        return WHOLE[kind]
    if kind in ('double', 'float'):
        return [v for v in DOUBLES if kind == 'double' or abs(v) != 1e308]
    if kind == 'string':
        return TEXTS
    if kind in ('boolean', 'octet'):
        return (True, False) if kind == 'boolean' else (b'\xff',)
    if found := REPEATED.match(kind):
        return sequences(found.group(1) or found.group(2), base, fixed=found.group(1) is None)
    return mutated(base)


def sequences(kind, base, fixed):
    """Empty, short and huge ones, and those that hold one hostile value."""
    example = base[0] if len(base) else fresh(kind)
    lengths = (len(base),) if fixed else LENGTHS
    for length in lengths:
        yield [example] * length
    for value in values(kind, example):
        yield [value, *list(base)[1:]]


def fresh(kind):
    if kind in WHOLE:
        return 0
    if '/' not in kind:
        return {'string': '', 'boolean': False, 'octet': b'\0'}.get(kind, 0.0)
    package, _, name = kind.partition('/')
    return getattr(__import__(f'{package}.msg', fromlist=[name]), name)()


def mutated(base):
    """Return copies of a message, each with one field that is hostile."""
    for name, kind in base.get_fields_and_field_types().items():
        for value in values(kind, getattr(base, name)):
            other = copy.copy(base)
            for field in base.get_fields_and_field_types():
                setattr(other, field, getattr(base, field))
            setattr(other, name, value)
            yield other


class Stranger:
    """Hears what is said, and says it again with something in it that is hostile."""

    def __init__(self, rig):
        self.rig = rig
        self.node = PlainNode('stranger', context=rig.context, use_global_arguments=False,
                              namespace=rig.namespace)
        rig.conductor._executor.add_node(self.node)
        ears = [ear for node in rig.nodes for ear in node.subscriptions]
        self.heard = {ear.topic_name: EXAMPLES.get(ear.msg_type, ear.msg_type()) for ear in ears
                      if ear.topic_name != '/clock'}
        self.ears = [self.node.create_subscription(type(base), topic, self.keep(topic), qos.STATE)
                     for topic, base in self.heard.items()]

    def keep(self, topic):
        return lambda message: self.heard.__setitem__(topic, message)

    def speak(self, wanted):
        for ear in self.ears:
            self.node.destroy_subscription(ear)
        topics = {topic: base for topic, base in self.heard.items() if wanted(topic)}
        voices = {topic: self.node.create_publisher(type(base), topic, qos.LATCHED)
                  for topic, base in topics.items()}
        self.rig.until(lambda: all(voice.get_subscription_count() for voice in voices.values()))
        for topic, voice in voices.items():
            for number, word in enumerate(itertools.chain(mutated(topics[topic]), NONSENSE)):
                with contextlib.suppress(Exception):   # some bytes do not even leave
                    voice.publish(word)
                self.rig.conductor.settle()
                if number % 50 == 0:
                    self.rig.beats(1)
        for voice in voices.values():   # with a second one of joint_states nobody arms
            self.node.destroy_publisher(voice)

    def call(self):
        """Ask every service everything; return how many requests nobody answered."""
        asked = []
        own = {service.srv_name: service.srv_type for node in self.rig.nodes
               for service in node.services if service.srv_type.__module__.startswith('visuomotor')}
        rclpys = {service.srv_name: service.srv_type for service in self.rig.nodes[0].services}
        for name, kind in {**own, **rclpys}.items():
            client = self.node.create_client(kind, name)
            self.rig.until(client.service_is_ready)
            for request in mutated(kind.Request()):
                asked.append(client.call_async(request))
                self.rig.conductor.settle()
        self.rig.beats(20)
        return sum(not answer.done() for answer in asked)

    def order(self):
        """Send goals to every action."""
        for kind, name in ((Reset, 'reset'), (RunEpisode, 'run_episodes')):
            client = ActionClient(self.node, kind, name)
            self.rig.until(client.server_is_ready)
            for goal in mutated(kind.Goal()):
                client.send_goal_async(goal)
                self.rig.beats(2)
            self.rig.beats(50)
            client.destroy()


# An arm that is thrown about by whoever speaks `command` chatters for ever in its wrist, and cannot
# be armed again; the legged one comes to rest, and has an attitude. The rest is alike.
LEGGED = ('/left/command', '/left/imu', '/left/joint_states')
ROBOTS = {'iiwa7': ('grasp', lambda topic: topic != '/left/command'),
          'minitaur': ('walk', lambda topic: topic in LEGGED)}


@pytest.fixture(params=ROBOTS)
def graph(request, rig, tmp_path):
    """A whole graph in lock-step, with a joystick and a camera that hears pictures beside it."""
    robot, (task, wanted) = request.param, ROBOTS[request.param]
    rig.namespace = 'left'
    graph = describe(Choices(robot=robot, task=task, lockstep=True, episodes=0, horizon=1.0,
                             namespace='left', data=str(tmp_path), run='hostile',
                             set=('supervisor.store_timeout=1',)))
    for entry in (console_entry(graph), *graph.nodes):
        rig._keep(compose.make(entry.class_path, rig.context, name=entry.name, namespace='left',
                               parameters=entry.parameters, simulated_time=True))
    rig.make('teleop', robot=robot, device='joy')
    rig.make('camera', camera='extra', source='topic', address='raw', robot=robot, task=task)
    asks = rig.probe(asks={'arm': (Arm, 'safety/arm')})
    rig.up(1.0 / graph.spec.control_hz)
    stranger = Stranger(rig)
    yield rig, stranger, asks, wanted
    stranger.node.destroy_node()


def works_again(rig, asks, machine):
    """Arm, and have two episodes run and stored; say who is not there any more, or met a fault."""
    for _ in range(20):
        machine.stop('enough of that')
        rig.until(lambda: machine.phase in AT_REST, beats=3000)
        rig.beats(30)   # until it stands
        if (answer := rig.ask(asks.arm, Arm.Request(reason='test'), beats=50)).armed:
            break
    assert answer.armed, answer.message
    assert machine.run(2, 1)
    rig.until(lambda: machine.phase == Phase.FINISHED and machine.number == 2, beats=3000)
    assert len({outcome.file for outcome in machine.outcomes.outcomes.values()} - {''}) == 2
    return {node.get_name(): (node.active, node.traffic.faults) for node in rig.nodes
            if not node.active or node.traffic.faults}


@pytest.mark.timeout(120)
@pytest.mark.filterwarnings('ignore:overflow encountered')
def test_no_message_and_no_request_ends_a_node(graph, capfd):
    rig, stranger, asks, wanted = graph
    nodes = {node.get_name(): node for node in rig.nodes}
    machine = nodes['supervisor'].machine
    rig.until(lambda: machine.phase == Phase.RUNNING)
    rig.beats(30)
    stranger.speak(wanted)
    assert works_again(rig, asks, machine) == {}
    deaf = [name for name, node in nodes.items() if not sum(node.traffic.refused.values())]
    if 'driver' not in deaf:   # of the legged one, where fewer listen
        return
    assert deaf == ['driver', 'camera_shoulder', 'probe']   # what they hear was not sent
    assert stranger.call() == 0
    stranger.order()
    assert works_again(rig, asks, machine) == {}
    told = capfd.readouterr().err
    assert 'Traceback' not in told
    ours = [line for line in told.splitlines() if '[left.' in line[:60]]   # and not rcl's
    assert max(map(len, ours)) < 1200
