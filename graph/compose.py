"""Starts the nodes of a graph in this process, and stops them in the opposite order."""
from __future__ import annotations

import importlib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import rclpy
from rclpy.action import get_action_server_names_and_types_by_node
from rclpy.context import Context
from rclpy.executors import Executor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from visuomotor.nodes._ros import claim, environment
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.run import understood
from visuomotor.specs.errors import BadInput

MATCH = 10.0  # s, longest wait until the wires of this process have found each other


def make(class_path: str, context: Context, *, name: str = '', namespace: str = '',
         parameters: dict[str, Any] | None = None, simulated_time: bool = False) -> Node:
    """Make one node from 'module:Class', named and placed as asked."""
    module, _, attribute = class_path.partition(':')
    cls = getattr(importlib.import_module(module), attribute)
    values = {**(parameters or {}), 'use_sim_time': simulated_time}
    overrides = [Parameter(key, value=list(value) if isinstance(value, tuple) else value)
                 for key, value in values.items()]
    rename = ['--ros-args', '-r', f'__node:={name}'] if name else None
    with understood():
        node: Node = cls(context=context, namespace=namespace, parameter_overrides=overrides,
                         cli_args=rename)
    return node


def bring_up(nodes: Sequence[Node]) -> None:
    """Configure all, let their wires meet, activate in order. Nothing moves if one refuses."""
    for index, node in enumerate(nodes):
        node.watched = True
        if node.trigger_configure() != TransitionCallbackReturn.SUCCESS:
            raise _refused(node, 'configured', nodes[:index])
    await_wires(nodes)
    for node in nodes:
        if node.trigger_activate() != TransitionCallbackReturn.SUCCESS:
            raise _refused(node, 'activated', nodes)


def _refused(node: Node, what: str, up: Sequence[Node]) -> BadInput:
    """Take down what is up and return what the node says."""
    take_down(up)
    return BadInput(f'{node.get_name()}: '
                    f'{node.failure or f"could not be {what}; its log says why."}')


def take_down(nodes: Sequence[Node]) -> None:
    """Bring every node to the end of its life, last first."""
    for node in reversed(nodes):
        node.trigger_shutdown()


def await_wires(nodes: Sequence[Node]) -> None:
    """Wait until the publishers, subscriptions, clients and action clients of these nodes have
    found each other."""
    publishers = [one for node in nodes for one in node.publishers]
    subscriptions = [one for node in nodes for one in node.subscriptions]
    speakers = Counter(one.topic_name for one in publishers)
    listeners = Counter(one.topic_name for one in subscriptions)
    services = {service.srv_name for node in nodes for service in node.services}
    clients = [client for node in nodes for client in node.clients if client.srv_name in services]
    actions = _action_clients(nodes)

    def lonely() -> set[str]:
        return {*(one.topic_name for one in publishers
                  if one.get_subscription_count() < listeners[one.topic_name]),
                *(one.topic_name for one in subscriptions
                  if one.get_publisher_count() < speakers[one.topic_name]),
                *(client.srv_name for client in clients if not client.service_is_ready()),
                *(action.name for action in actions if not action.ready)}
    pause = threading.Event()
    until = time.monotonic() + MATCH
    while alone := lonely():
        if time.monotonic() > until:
            raise BadInput(f'The nodes of this process did not find each other within {MATCH:.0f} '
                           f's, on {", ".join(sorted(alone))}; is another program using the same '
                           'ROS_DOMAIN_ID with another security, quality of service or network '
                           'setting?')
        pause.wait(0.005)


def _action_clients(nodes: Sequence[Node]) -> list[Any]:
    """Return the action clients whose server is among these nodes."""
    served = {name for node in nodes
              for name, _ in get_action_server_names_and_types_by_node(
                  node, node.get_name(), node.get_namespace())}
    return [action for node in nodes for action in getattr(node, 'goal_clients', ())
            if action.name in served]


class Threads:
    """Real time: each group of nodes has a thread, so that no policy holds up the safety node."""

    def __init__(self, context: Context, groups: Sequence[Sequence[Node]]) -> None:
        self.failure: BaseException | None = None
        self._context = context
        self._stop = threading.Event()
        self._executors = [make_executor(context) for _ in groups]
        for executor, nodes in zip(self._executors, groups, strict=True):
            for node in nodes:
                executor.add_node(node)
        self._threads = [threading.Thread(target=self._spin, args=(executor,), daemon=True)
                         for executor in self._executors]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def _spin(self, executor: Executor) -> None:
        try:
            while not self._stop.is_set() and self._context.ok():
                executor.spin_once()
        # a thread that dies takes the graph down; the main thread reports it
        except BaseException as error:
            self.failure = error
            self._stop.set()

    def wait(self, timeout: float) -> None:
        """Wait a while; raise what a thread has died of."""
        if self._stop.wait(timeout) and self.failure:
            raise self.failure

    def stop(self) -> None:
        self._stop.set()
        for thread, executor in zip(self._threads, self._executors, strict=True):
            executor.wake()
            if thread.is_alive():
                thread.join(timeout=5.0)
            executor.shutdown()


def new_context(domain: int | None = None, ros: Sequence[str] = ()) -> Context:
    """Begin ROS for this program alone, with ROS arguments for all nodes; signals stay with it."""
    context = Context()
    with understood():
        rclpy.init(context=context, domain_id=environment.domain() if domain is None else domain,
                   args=list(ros), signal_handler_options=rclpy.SignalHandlerOptions.NO)
    return context


def refuse_second(namespace: str) -> None:
    """Refuse a namespace whose robot is driven already; its nodes claim it by themselves."""
    for what in ('driver', 'safety'):
        claim.refuse_second(what, environment.domain(), f'/{namespace.strip("/")}')
