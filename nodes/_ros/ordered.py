"""An executor whose nodes keep their order, and one made of public names alone: it asks the same by
wait sets, node by node."""
from __future__ import annotations

from typing import Any

from rclpy.executors import Executor, SingleThreadedExecutor, TimeoutException
from rclpy.node import Node

IDLE = 0.01     # s, longest wait, so that services and actions are asked often enough
PASSES = 100    # of rclpy's executor in one poll, for the same reason
ALL = 100_000   # messages of one subscription in one beat of lock-step; no graph says so many


class Ordered(Executor):
    """Keeps its nodes in the order in which they came."""

    def __init__(self, **kwargs: Any) -> None:
        self._order: list[Node] = []
        super().__init__(**kwargs)

    def add_node(self, node: Node) -> bool:
        if node not in self._order:  # the node, told of its executor, adds itself once more
            self._order.append(node)
        added = bool(super().add_node(node))
        self.wake()
        return added

    def remove_node(self, node: Node) -> None:
        if node in self._order:
            self._order.remove(node)
        super().remove_node(node)
        self.wake()

    def get_nodes(self) -> list[Node]:
        return list(self._order)


class Public(Ordered, SingleThreadedExecutor):
    """The same interface from public names alone: deliveries node by node, through wait sets."""

    told = False   # that it is in use

    def poll(self) -> int:
        """Deliver what is pending and all that this causes; return how many callbacks ran."""
        total = 0
        for _ in range(PASSES):
            ran = self._pass()
            total += ran
            if not ran:
                break
        return total

    drain = poll

    def _pass(self) -> int:
        """Deliver what is pending now."""
        ran = 0
        try:
            while ran < ALL:
                task, _, _ = self.wait_for_ready_callbacks(timeout_sec=0)
                task()
                if task.done():   # else it waits for something, and would be offered for ever
                    task.result()
                    ran += 1
        except TimeoutException:
            pass
        return ran

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Deliver what is pending; with nothing pending, wait for it at most the time-out."""
        super().spin_once(IDLE if timeout_sec is None else min(timeout_sec, IDLE))
