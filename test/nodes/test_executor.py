"""The executor that asks: messages, timers, services and actions, in one order every time."""
from __future__ import annotations

import threading
from functools import partial
from types import SimpleNamespace

import pytest
from geometry_msgs.msg import PointStamped
from rclpy.action import ActionClient, ActionServer
from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.task import Future
from visuomotor.action import Reset
from visuomotor.graph import compose
from visuomotor.nodes._ros import goals, private, qos
from visuomotor.nodes._ros.environment import EXECUTOR
from visuomotor.nodes._ros.executor import Public, make_executor
from visuomotor.nodes._ros.goals import GoalServer
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.publisher import counts
from visuomotor.specs.errors import BadInput
from visuomotor.srv import Arm


class Speaker(Node):
    """Says its beat every 10 ms, and hears the echo."""

    def open(self):
        self.heard = []
        self.voice = self.publisher(PointStamped, 'voice', qos.STATE)
        self.subscription(PointStamped, 'echo',
                          lambda message: self.heard.append((message.point.x, self.now)), qos.STATE)
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

    opened = 0

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


@pytest.fixture(params=['ours', 'public'])
def rig(request, rig, monkeypatch):
    """Every test here holds for our executor and for rclpy's behind the same interface."""
    monkeypatch.setenv(EXECUTOR, request.param)
    return rig


ours = pytest.mark.parametrize('rig', ['ours'], indirect=True)


@pytest.fixture
def pair(rig):
    rig.namespace = 'robot'
    nodes = [rig.add(Speaker, name='speaker'), rig.add(Echo, name='echo')]
    rig.up()
    assert nodes[0].reset.wait_for_server(10.0)
    return nodes, rig


def test_every_beat_is_heard_within_the_same_beat(pair):
    (speaker, _), rig = pair
    rig.beats(100)
    assert len(speaker.heard) == 100
    assert speaker.heard[0] == pytest.approx((1.01, 1.01))
    assert speaker.heard[-1] == pytest.approx((2.0, 2.0))


def test_nothing_is_heard_while_inactive(pair):
    (speaker, echo), rig = pair
    rig.beats(3)
    echo.trigger_deactivate()
    rig.beats(3)
    assert len(speaker.heard) == 3
    echo.trigger_activate()
    rig.beats(3)
    assert len(speaker.heard) == 6


def test_configuring_twice_gives_one_answer(pair):
    (speaker, echo), rig = pair
    rig.again(echo)
    compose.await_wires([speaker, echo])
    rig.beats(5)
    assert echo.opened == 2
    assert len(speaker.heard) == 5


@ours
def test_services_answer_after_the_same_number_of_beats_each_time(pair):
    (speaker, _), rig = pair
    arrived = []
    for _ in range(2):
        asked = speaker.arm.call_async(Arm.Request(reason='test'))
        start = rig.conductor.beats
        while not asked.done() and rig.conductor.beats < start + 20:
            rig.conductor.beat()
        assert asked.result().armed
        arrived.append(rig.conductor.beats % 10)
    assert arrived[0] == arrived[1]


def test_an_action_runs_over_many_beats(pair):
    (speaker, echo), rig = pair
    accepted = speaker.reset.send_goal_async(Reset.Goal(seed=7))
    rig.beats(15)
    result = accepted.result().get_result_async()
    rig.beats(15)
    assert not result.done()
    rig.conductor.settle()
    assert rig.conductor._executor.poll() == 0   # what waits is not stepped for ever
    echo.finish.set_result(None)
    rig.beats(15)
    assert result.result().result.message == 'seed 7'


class Doer(Node):
    """Has a goal under way as long as it is told to; results are forgotten after 9 s."""

    def open(self):
        self.goals = GoalServer(self, Reset, 'reset', refuse=lambda request: '', begin=lambda request: None,  # noqa: E501
                                cancel=lambda: None)


@ours
@pytest.mark.timeout(20)
def test_results_that_expire_on_the_beat_itself_do_not_hold_up_the_graph(rig, monkeypatch):
    """Time stands still within a beat, so such a server says for ever that something is about to expire."""  # noqa: E501
    monkeypatch.setattr(goals, 'ActionServer', partial(ActionServer, result_timeout=9))
    speaker, doer = rig.add(Speaker, name='speaker'), rig.add(Doer, name='doer')
    rig.up()
    assert speaker.reset.wait_for_server(10.0)
    for number in range(20):
        speaker.reset.send_goal_async(Reset.Goal(seed=number))
        rig.beats(35 + (number * number) % 43)
        doer.goals.finish(True, Reset.Result(ready=True))
        rig.beats((number * 7) % 31)
    assert rig.conductor.beats > 1200


def test_a_fault_in_a_timer_ends_the_program(guard):
    """A timer heard nothing from anybody: what it raises is ours to mend, and not to live with."""
    node, rig = guard
    node.trouble = ZeroDivisionError('of ours')
    with pytest.raises(ZeroDivisionError):
        rig.beats(5)


def test_a_fault_that_a_message_meets_is_told_and_counted(pair, capfd):
    (speaker, _), rig = pair
    speaker.subscription(PointStamped, 'voice', lambda _: 1 / 0, qos.STATE)
    compose.await_wires(pair[0])
    rig.beats(5)
    assert (speaker.traffic.faults, speaker.traffic.refused) == (5, {'voice': 5})
    told = capfd.readouterr().err
    assert 'refused on voice: a fault of ours, ZeroDivisionError in test_executor.py' in told
    assert 'Traceback' not in told


class Refuses(Echo):
    """Cannot be configured."""

    def open(self):
        raise BadInput('The switch is missing; plug it in.')


def test_a_node_that_refuses_takes_the_graph_down_with_its_sentence(rig):
    speaker, _ = rig.add(Speaker, name='speaker'), rig.add(Refuses, name='refuses')
    with pytest.raises(BadInput, match='The switch is missing; plug it in'):
        rig.up()
    assert not speaker.active


@ours
def test_a_node_is_asked_once_even_though_rclpy_adds_it_twice(pair):
    _, rig = pair
    rig.beats(1)
    ears = rig.conductor._executor._asked
    assert len(ears) == len({id(ear[0].__self__) for ear in ears})


def test_a_plain_publisher_is_heard_within_the_same_beat_too(pair):
    (speaker, echo), rig = pair
    plain = echo.create_publisher(PointStamped, 'aside', qos.STATE)
    late = []
    echo.subscription(PointStamped, 'voice', plain.publish, qos.STATE)
    speaker.subscription(PointStamped, 'aside',
                         lambda message: late.append(speaker.now - message.point.x), qos.STATE)
    compose.await_wires(pair[0])
    rig.beats(10)
    assert late == pytest.approx([0.0] * 10, abs=1e-9)


@ours
def test_a_message_is_decoded_once_for_all_who_hear_it(pair):
    (speaker, echo), rig = pair
    heard = []
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    speaker.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    compose.await_wires(pair[0])
    rig.beats(2)
    assert len(heard) == 4
    assert len({id(message) for message in heard}) == 2


def test_whoever_listens_raw_hears_bytes_and_the_others_messages(pair):
    (_, echo), rig = pair
    heard = []
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE, raw=True)
    echo.subscription(PointStamped, 'voice', heard.append, qos.STATE)
    compose.await_wires(pair[0])
    rig.conductor.beat()
    assert [type(message) for message in heard] == [bytes, PointStamped]


class Guard(Node):
    """Offers one service that is asked at each poll, and one that is not. Its timer may meet
    trouble."""

    def open(self):
        self.calls = []
        self.trouble = None
        self.rang = 0
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
def guard(rig):
    node = rig.add(Guard, name='guard')
    rig.up()
    return node, rig


def test_an_urgent_service_is_answered_in_the_beat_after_the_call(guard):
    node, rig = guard
    for beat in range(3, 16):   # whatever the beat, one of them is where others are asked as well
        rig.beats(1)
        node.now_client.call_async(Arm.Request(reason=f'{beat}'))
        rig.beats(1)
        assert node.calls.pop() == (f'{beat}', round(1.0 + rig.conductor.beats * 0.01, 9))


def test_bad_input_in_a_callback_is_logged_and_the_graph_goes_on(guard, capfd):
    node, rig = guard
    node.trouble = BadInput('The cable is loose; push it in.')
    rig.beats(3)
    node.trouble = ConnectionResetError('the peer is gone')
    rig.beats(3)
    assert node.rang == 6
    assert 'The cable is loose; push it in.' in capfd.readouterr().err


def test_a_timer_that_is_always_due_again_leaves_services_their_turn(guard):
    node, rig = guard
    rig.beats(4)   # not where others are asked anyway
    node.create_timer(1e-9, lambda: rig.conductor._set(node.nanoseconds + 1))
    answer = node.later_client.call_async(Arm.Request(reason='stop'))
    rig.beats(3)
    assert answer.done()


def test_a_count_belongs_to_its_context(pair):
    (speaker, _), rig = pair
    rig.beats(2)
    assert counts(speaker.context)['/robot/voice'] == 2
    assert counts(Context())['/robot/voice'] == 0


def test_what_rclpy_lacks_is_named_and_makes_us_use_its_own_executor(rig, monkeypatch, capfd):
    assert private.missing() == []
    assert 'Timer.is_timer_ready' in private.missing(SimpleNamespace())
    monkeypatch.delenv(EXECUTOR)
    monkeypatch.setattr(private, 'missing', lambda: ['Timer.call_timer'])
    monkeypatch.setattr(Public, 'told', False)
    for _ in range(2):
        executor = make_executor(rig.context)
        assert isinstance(executor, Public)
        executor.shutdown()
    assert capfd.readouterr().err == ('warning: slower executor: this rclpy lacks '
                                      'Timer.call_timer.\n')


def test_real_time_on_two_threads(rig):
    speaker, echo = rig.add(Speaker, name='speaker'), rig.add(Echo, name='echo')
    compose.bring_up(rig.nodes)
    threads = compose.Threads(rig.context, [[speaker], [echo]])
    threads.start()
    seen = threading.Event()
    speaker.subscription(PointStamped, 'echo', lambda _: seen.set(), qos.STATE)
    assert seen.wait(10.0)
    threads.stop()
    assert threads.failure is None


def test_wires_that_cannot_meet_are_named(rig, monkeypatch):
    monkeypatch.setattr(compose, 'MATCH', 0.02)
    rig.probe(hears={'early': (PointStamped, 'word', qos.LATCHED)},
              says={'late': (PointStamped, 'word', qos.STATE)})
    with pytest.raises(BadInput,
                       match='did not find each other within 0 s, on /word; is another program '
                             'using'):
        rig.up()


class Owner(Node):
    """Has one entity of each kind."""

    def open(self):
        self.ear = self.subscription(PointStamped, 'voice', lambda _: None, qos.STATE)
        self.clock = self.timer(0.01, lambda: None)
        self.server = self.service(Arm, 'arm', lambda _, response: response)
        self.asker = self.client(Arm, 'elsewhere')


@pytest.mark.parametrize('what', ['ear', 'clock', 'server', 'asker'])
def test_what_another_thread_destroys_while_it_is_asked_is_asked_no_more(rig, monkeypatch, what):
    owner = rig.add(Owner, name='owner')
    rig.up()
    executor = rig.conductor._executor
    executor.spin_once(0.0)
    kinds = {'ear': 'subscription', 'clock': 'timer', 'server': 'service', 'asker': 'client'}
    with monkeypatch.context() as before_it_wakes_us:
        before_it_wakes_us.setattr(executor, 'wake', lambda: None)
        getattr(owner, f'destroy_{kinds[what]}')(getattr(owner, what))
        for _ in range(12):   # services and clients are asked every tenth time
            executor.spin_once(0.0)
    rig.beats(3)


def test_a_callback_that_uses_what_was_destroyed_is_at_fault(guard):
    node, rig = guard
    voice = node.publisher(PointStamped, 'gone', qos.STATE)
    node.create_timer(0.01, lambda: voice.publish(PointStamped()))
    node.destroy_publisher(voice)
    rig.conductor._set(rig.conductor.nanoseconds + 20_000_000)

    def spin():
        for _ in range(20):   # rclpy's own serves one entity at each
            rig.conductor._executor.spin_once(0.0)
    with pytest.raises(InvalidHandle):
        spin()
