"""The executor that asks: messages, timers, services and actions, in one order every time."""
from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from geometry_msgs.msg import PointStamped
from rclpy.action import ActionClient, ActionServer
from rclpy.task import Future
from visuomotor.action import Reset
from visuomotor.graph import compose
from visuomotor.graph.lockstep import Lockstep
from visuomotor.nodes._ros import private, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.publisher import counts
from visuomotor.specs.errors import BadInput
from visuomotor.srv import Arm


class Speaker(Node):
    """Says its beat every 10 ms, and hears the echo."""

    def __init__(self, **kwargs):
        super().__init__('speaker', **kwargs)
        self.heard = []

    def open(self):
        self.voice = self.publisher(PointStamped, 'voice', qos.STATE)
        self.subscription(PointStamped, 'echo', lambda message: self.heard.append((message.point.x, self.now)), qos.STATE)
        self.timer(0.01, self.tick)
        self.arm = self.client(Arm, 'arm')
        self.reset = ActionClient(self, Reset, 'reset')
        self.also_undo(self.reset.destroy)

    def tick(self):
        message = PointStamped()
        message.point.x = round(self.now, 9)
        self.voice.publish(message)


class Echo(Node):
    """Repeats, arms on request, and finishes a reset when told."""

    def __init__(self, **kwargs):
        super().__init__('echo', **kwargs)
        self.opened = 0

    def open(self):
        self.opened += 1
        self.voice = self.publisher(PointStamped, 'echo', qos.STATE)
        self.subscription(PointStamped, 'voice', self.voice_heard, qos.STATE)
        self.service(Arm, 'arm', self.on_arm)
        server = ActionServer(self, Reset, 'reset', execute_callback=self.on_reset)
        self.also_undo(server.destroy)
        self.finish = Future()

    def voice_heard(self, message):
        self.voice.publish(message)

    def on_arm(self, request, response):
        response.armed = request.reason == 'test'
        return response

    async def on_reset(self, goal):
        await self.finish
        goal.succeed()
        return Reset.Result(ready=True, message=f'seed {goal.request.seed}')


@pytest.fixture
def stage():
    context = compose.new_context(os.getpid() % 100 + 1)
    nodes = [cls(context=context, namespace='robot', use_global_arguments=False) for cls in (Speaker, Echo)]
    conductor = Lockstep(context, nodes, 0.01)
    compose.bring_up(nodes)
    assert nodes[0].reset.wait_for_server(10.0)
    yield nodes, conductor
    compose.take_down(nodes)
    conductor.close()
    context.try_shutdown()


def beats(conductor, count):
    for _ in range(count):
        conductor.beat()


def test_every_beat_is_heard_within_the_same_beat(stage):
    (speaker, _), conductor = stage
    beats(conductor, 100)
    assert len(speaker.heard) == 100
    assert speaker.heard[0] == pytest.approx((1.01, 1.01))
    assert speaker.heard[-1] == pytest.approx((2.0, 2.0))


def test_nothing_is_heard_while_inactive(stage):
    (speaker, echo), conductor = stage
    beats(conductor, 3)
    echo.trigger_deactivate()
    beats(conductor, 3)
    assert len(speaker.heard) == 3
    echo.trigger_activate()
    beats(conductor, 3)
    assert len(speaker.heard) == 6


def test_configuring_twice_gives_one_answer(stage):
    (speaker, echo), conductor = stage
    for step in (echo.trigger_deactivate, echo.trigger_cleanup, echo.trigger_configure, echo.trigger_activate):
        step()
    compose.await_wires([speaker, echo])
    beats(conductor, 5)
    assert echo.opened == 2
    assert len(speaker.heard) == 5


def test_services_answer_after_the_same_number_of_beats_each_time(stage):
    (speaker, _), conductor = stage
    arrived = []
    for _ in range(2):
        asked = speaker.arm.call_async(Arm.Request(reason='test'))
        start = conductor.beats
        while not asked.done() and conductor.beats < start + 20:
            conductor.beat()
        assert asked.result().armed
        arrived.append(conductor.beats % 10)
    assert arrived[0] == arrived[1]


def test_an_action_runs_over_many_beats(stage):
    (speaker, echo), conductor = stage
    accepted = speaker.reset.send_goal_async(Reset.Goal(seed=7))
    beats(conductor, 15)
    result = accepted.result().get_result_async()
    beats(conductor, 15)
    assert not result.done()
    echo.finish.set_result(None)
    beats(conductor, 15)
    assert result.result().result.message == 'seed 7'


def test_an_error_in_a_callback_is_not_swallowed(stage):
    (speaker, _), conductor = stage
    speaker.subscription(PointStamped, 'voice', lambda _: 1 / 0, qos.STATE)
    compose.await_wires(stage[0])
    with pytest.raises(ZeroDivisionError):
        beats(conductor, 5)


class Refuses(Echo):
    """Cannot be configured."""

    def open(self):
        raise BadInput('The switch is missing; plug it in.')


def test_a_node_that_refuses_takes_the_graph_down_with_its_sentence():
    context = compose.new_context(os.getpid() % 100 + 1)
    nodes = [Speaker(context=context, use_global_arguments=False), Refuses(context=context, use_global_arguments=False)]
    with pytest.raises(BadInput, match='The switch is missing; plug it in'):
        compose.bring_up(nodes)
    assert not nodes[0].active
    context.try_shutdown()


def test_a_node_is_asked_once_even_though_rclpy_adds_it_twice(stage):
    _, conductor = stage
    beats(conductor, 1)
    ears = conductor._executor._asked
    assert len(ears) == len({id(ear[0].__self__) for ear in ears})


def test_a_plain_publisher_is_heard_within_the_same_beat_too(stage):
    (speaker, echo), conductor = stage
    plain = echo.create_publisher(PointStamped, 'aside', qos.STATE)
    late = []
    echo.subscription(PointStamped, 'voice', plain.publish, qos.STATE)
    speaker.subscription(PointStamped, 'aside', lambda message: late.append(speaker.now - message.point.x), qos.STATE)
    compose.await_wires(stage[0])
    beats(conductor, 10)
    assert late == pytest.approx([0.0] * 10, abs=1e-9)


def test_a_message_is_decoded_once_for_all_who_hear_it(stage):
    (speaker, echo), conductor = stage
    heard = []
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    speaker.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    compose.await_wires(stage[0])
    beats(conductor, 2)
    assert len(heard) == 4
    assert len({id(message) for message in heard}) == 2


def test_whoever_listens_raw_hears_bytes_and_the_others_messages(stage):
    (_, echo), conductor = stage
    heard = []
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE, raw=True)
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    compose.await_wires(stage[0])
    conductor.beat()
    assert [type(message) for message in heard] == [bytes, PointStamped]


class Guard(Node):
    """Offers one service that is asked at each poll, and one that is not; its timer may meet trouble."""

    def __init__(self, **kwargs):
        super().__init__('guard', **kwargs)
        self.calls, self.trouble, self.rang = [], None, 0

    def open(self):
        self.service(Arm, 'now', self.on_call, urgent=True)
        self.service(Arm, 'later', self.on_call)
        self.now_client, self.later_client = self.client(Arm, 'now'), self.client(Arm, 'later')
        self.timer(0.01, self.tick)

    def on_call(self, request, response):
        self.calls.append((request.reason, round(self.now, 9)))
        return response

    def tick(self):
        self.rang += 1
        if self.trouble:
            raise self.trouble


@pytest.fixture
def guard():
    context = compose.new_context(os.getpid() % 100 + 1)
    node = Guard(context=context, use_global_arguments=False)
    conductor = Lockstep(context, [node], 0.01)
    compose.bring_up([node])
    yield node, conductor
    compose.take_down([node])
    conductor.close()
    context.try_shutdown()


def test_an_urgent_service_is_answered_in_the_beat_after_the_call(guard):
    node, conductor = guard
    for beat in range(3, 16):   # whatever the beat, one of them is where others are asked as well
        beats(conductor, 1)
        node.now_client.call_async(Arm.Request(reason=f'{beat}'))
        beats(conductor, 1)
        assert node.calls.pop() == (f'{beat}', round(1.0 + conductor.beats * 0.01, 9))


def test_bad_input_in_a_callback_is_logged_and_the_graph_goes_on(guard, capfd):
    node, conductor = guard
    node.trouble = BadInput('The cable is loose; push it in.')
    beats(conductor, 3)
    node.trouble = ConnectionResetError('the peer is gone')
    beats(conductor, 3)
    assert node.rang == 6
    assert 'The cable is loose; push it in.' in capfd.readouterr().err


def test_a_timer_that_is_always_due_again_leaves_services_their_turn(guard):
    node, conductor = guard
    node.create_timer(1e-9, lambda: conductor._set(node.nanoseconds + 1))
    answer = node.later_client.call_async(Arm.Request(reason='stop'))
    beats(conductor, 3)
    assert answer.done()


def test_a_count_belongs_to_its_context(stage):
    (speaker, _), conductor = stage
    beats(conductor, 2)
    other = compose.new_context(102)
    assert counts(speaker.context)['/robot/voice'] == 2
    assert counts(other)['/robot/voice'] == 0
    other.try_shutdown()


def test_what_rclpy_lacks_is_named():
    assert private.missing() == []
    assert 'Timer.is_timer_ready' in private.missing(SimpleNamespace())
