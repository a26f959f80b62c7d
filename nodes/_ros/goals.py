"""Actions without waiting: a server that answers its one goal when the node says so, and a client
with one request. An action callback that awaits something is stepped again and again by rclpy's
executors, which never rest meanwhile. Here the goal is only remembered, and executed in the moment
in which its result is known."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rclpy.action import ActionClient, ActionServer, CancelResponse, GoalResponse
from visuomotor.nodes._ros.node import Node

Answer = Callable[[Any], None]  # gets the result message, or None when the goal was refused


class GoalServer:
    """An action server with at most one goal at a time."""

    def __init__(self, node: Node, kind: Any, name: str, *, refuse: Callable[[Any], str],
                 begin: Callable[[Any], object], cancel: Callable[[], None]) -> None:
        """`refuse` says why a goal cannot begin now, or ''; `begin` gets the goal's request."""
        self._node = node
        self._name = name
        self._refuse = refuse
        self._begin = begin
        self._cancel = cancel
        self._handle: Any = None
        server = ActionServer(node, kind, name, lambda handle: kind.Result(),
                              goal_callback=self._asked, cancel_callback=self._cancelled,
                              handle_accepted_callback=self._accepted)
        node.also_undo(server.destroy)

    def feedback(self, message: Any) -> None:
        if self._handle is not None:
            self._handle.publish_feedback(message)

    def finish(self, succeeded: bool, result: Any) -> None:
        """Answer the goal, if there is one."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.execute(partial(_close, succeeded, result))

    def _asked(self, request: Any) -> GoalResponse:
        why = (f'{self._node.get_name()} is not active' if not self._node.active
               else self._refuse(request))
        if not why and self._handle is not None:
            why = 'one goal is under way already; cancel it first'
        if why:
            self._node.get_logger().warning(f'{self._name} refused: {why}')
        return GoalResponse.REJECT if why else GoalResponse.ACCEPT

    def _accepted(self, handle: Any) -> None:
        self._handle = handle
        self._begin(handle.request)

    def _cancelled(self, handle: Any) -> CancelResponse:
        self._cancel()
        return CancelResponse.ACCEPT


def _close(succeeded: bool, result: Any, handle: Any) -> Any:
    if handle.is_cancel_requested:
        handle.canceled()
    elif succeeded:
        handle.succeed()
    else:
        handle.abort()
    return result


class GoalClient:
    """An action client with one request at a time; answers to older ones are dropped."""

    def __init__(self, node: Node, kind: Any, name: str) -> None:
        self.name = node.resolve_topic_name(name)
        self._client = ActionClient(node, kind, name)
        node.goal_clients.append(self)
        self._serial = 0
        self._handle: Any = None
        node.also_undo(self._client.destroy)

    @property
    def ready(self) -> bool:
        return bool(self._client.server_is_ready())

    def ask(self, goal: Any, answer: Answer) -> None:
        """Send a goal; `answer` is called once, unless another goal or `withdraw` comes first."""
        self.withdraw()
        serial = self._serial
        sent = self._client.send_goal_async(goal)
        sent.add_done_callback(lambda future: self._taken(serial, future.result(), answer))

    def withdraw(self) -> None:
        """Cancel the goal under way, if there is one, and forget it."""
        self._serial += 1
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.cancel_goal_async()

    def _taken(self, serial: int, handle: Any, answer: Answer) -> None:
        if serial != self._serial:
            if handle.accepted:
                handle.cancel_goal_async()
        elif not handle.accepted:
            answer(None)
        else:
            self._handle = handle
            result = handle.get_result_async()
            result.add_done_callback(lambda future: self._answered(serial, future.result(), answer))

    def _answered(self, serial: int, response: Any, answer: Answer) -> None:
        if serial == self._serial:
            self._handle = None
            answer(response.result)
