"""The console in a graph of two: what it hears, it counts."""
from __future__ import annotations

import pytest
from rclpy.lifecycle import TransitionCallbackReturn
from sensor_msgs.msg import Image, JointState
from visuomotor.graph import compose
from visuomotor.msg import Command, EpisodeOutcome, EpisodeStatus, EpisodeStored, PolicyStatus, Reward
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.nodes.console.node import ConsoleNode


@pytest.fixture
def pair():
    """A console, somebody who speaks, and what delivers between them."""
    context = compose.new_context(domain=97)
    console = compose.make('visuomotor.nodes.console.node:ConsoleNode', context, parameters={'cameras': ('wrist',)})
    speaker = context_node(context)
    executor = make_executor(context)
    executor.add_node(console)
    yield console, speaker, executor
    executor.shutdown()
    console.destroy_node()
    speaker.destroy_node()
    context.try_shutdown()


def context_node(context):
    from rclpy.node import Node
    return Node('speaker', context=context)


def say(speaker, executor, kind, topic, profile, *messages):
    publisher = speaker.create_publisher(kind, topic, profile)
    for _ in range(200):
        if publisher.get_subscription_count():
            break
        executor.spin_once(0.01)
    for message in messages:
        publisher.publish(message)
        executor.spin_once(0.01)


def test_everything_heard_is_counted(pair):
    console, speaker, executor = pair
    assert console.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert console.trigger_activate() == TransitionCallbackReturn.SUCCESS
    say(speaker, executor, JointState, 'joint_states', qos.STATE, JointState(), JointState())
    say(speaker, executor, Image, 'camera/wrist/image', qos.IMAGE, Image())
    say(speaker, executor, Command, 'command', qos.COMMAND, Command(verdict=Command.STOP, reasons=['too close']))
    say(speaker, executor, Reward, 'reward', qos.EVENT, Reward(value=0.5, evidence='seen'))
    say(speaker, executor, PolicyStatus, 'policy/status', qos.EVENT, PolicyStatus(inference=0.004))
    outcome = EpisodeOutcome(number=1, result=EpisodeOutcome.SUCCESS, truth=EpisodeOutcome.FAILURE, return_value=2.0)
    say(speaker, executor, EpisodeStatus, 'episode', qos.LATCHED,
        EpisodeStatus(state=EpisodeStatus.FINISHED, number=1, planned=1, outcome=outcome))
    say(speaker, executor, EpisodeStored, 'episode/stored', qos.EVENT,
        EpisodeStored(number=1, stored=True, file='/data/1.mcap'), EpisodeStored(number=2, stored=False))
    statistics = console.statistics
    assert dict(statistics.messages) == {'state': 2, 'camera': 1, 'command': 1, 'reward': 1}
    assert dict(statistics.verdicts) == {'stop': 1}
    assert statistics.reasons == ('too close',)
    assert (statistics.reward, statistics.evidence, statistics.inference) == (0.5, 'seen', 0.004)
    assert statistics.over
    assert (statistics.ended[1].result, statistics.ended[1].truth, statistics.ended[1].return_value) == ('success', 'failure', 2.0)
    assert statistics.files == {1: '/data/1.mcap'}


def test_it_is_a_node_like_any_other():
    assert issubclass(ConsoleNode, compose.Node)
