"""The floor of the picture-to-driver chain. Plain rclpy nodes, the same hops and message sizes, no
logic at all."""
from __future__ import annotations

import time
from typing import Any

from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import Image
from visuomotor.graph import compose
from visuomotor.msg import Command, Proposal
from visuomotor.nodes._ros import qos


class BareChain:
    """camera → policy → safety → driver, each passing on a ready-made message."""

    def __init__(self, picture: Image, proposal: Proposal, command: Command, domain: int) -> None:
        self.context: Context = compose.new_context(domain)
        camera, policy, safety, driver = (Node(f'bare_{name}', context=self.context,
                                               use_global_arguments=False)
                                          for name in ('camera', 'policy', 'safety', 'driver'))
        self._picture = picture
        self._arrived = 0
        self._camera = camera.create_publisher(Image, 'bare/image', qos.IMAGE)
        self._pass_on(policy, Image, 'bare/image', qos.IMAGE, 'bare/proposal', proposal)
        self._pass_on(safety, Proposal, 'bare/proposal', qos.COMMAND, 'bare/command', command)
        driver.create_subscription(Command, 'bare/command', self._arrive, qos.COMMAND)
        self._nodes = (camera, policy, safety, driver)
        self._executor = SingleThreadedExecutor(context=self.context)
        for node in self._nodes:
            self._executor.add_node(node)
        self._await_wires()

    def _pass_on(self, node: Node, kind: Any, heard: str, profile: Any, said: str,
                 message: Any) -> None:
        publisher: Publisher = node.create_publisher(type(message), said, qos.COMMAND)
        node.create_subscription(kind, heard, lambda _: publisher.publish(message), profile)

    def _arrive(self, _: Command) -> None:
        self._arrived += 1

    def _await_wires(self) -> None:
        publishers = [p for node in self._nodes for p in node.publishers if 'bare/' in p.topic_name]
        while not all(p.get_subscription_count() for p in publishers):
            self._executor.spin_once(timeout_sec=0.01)

    def once(self) -> float:
        """Return the seconds from publishing one picture to the driver holding the command."""
        wanted = self._arrived + 1
        began = time.perf_counter()
        self._camera.publish(self._picture)
        while self._arrived < wanted:
            self._executor.spin_once(timeout_sec=0.1)
        return time.perf_counter() - began

    def close(self) -> None:
        self._executor.shutdown()
        for node in self._nodes:
            node.destroy_node()
        self.context.try_shutdown()
