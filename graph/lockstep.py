"""Lock-step time: every node's clock jumps to the next beat, and the beat ends when nobody has
anything left to say. In one process and thread Fast DDS delivers inside `publish`, so the order of
everything is the same each time."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rclpy.clock import ROSClock
from rclpy.context import Context
from rclpy.node import Node as PlainNode
from rclpy.parameter import Parameter
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.nodes._ros.node import Node

START = 1_000_000_000  # ns; zero means "no time yet" to ROS


class Lockstep:
    """Conducts the nodes of one process: `beat` moves time on and lets everything happen."""

    def __init__(self, context: Context, nodes: Sequence[Node], period: float) -> None:
        self.period = round(period * 1e9)
        self.beats = 0
        self._executor = make_executor(context)
        self._own = PlainNode('conductor', context=context, use_global_arguments=False,
                              start_parameter_services=False)
        self._topic = self._own.create_publisher(Clock, '/clock', qos.STATE)
        self._clocks = [take_over_clock(node) for node in nodes]
        for node in nodes:
            self._executor.add_node(node)
        self._set(START)

    @property
    def nanoseconds(self) -> int:
        return START + self.beats * self.period

    def _set(self, nanoseconds: int) -> None:
        now = Time(nanoseconds=nanoseconds, clock_type=self._clocks[0].clock_type)
        for clock in self._clocks:
            clock.set_ros_time_override(now)
        self._topic.publish(Clock(clock=now.to_msg()))

    def settle(self) -> None:
        """Let everything pending happen, without moving time on."""
        self._executor.drain()

    def beat(self) -> None:
        """Move time on by one period and deliver everything."""
        self.beats += 1
        self._set(self.nanoseconds)
        self._executor.poll()

    def close(self) -> None:
        self._executor.shutdown()
        self._own.destroy_node()


def take_over_clock(node: Any) -> ROSClock:
    """Set this node's clock by hand. Its own subscription to /clock would only tell it the same
    again, more slowly."""
    node.set_parameters([Parameter('use_sim_time', value=True)])
    for subscription in [s for s in node.subscriptions if s.topic_name == '/clock']:
        node.destroy_subscription(subscription)
    clock: ROSClock = node.get_clock()
    return clock
