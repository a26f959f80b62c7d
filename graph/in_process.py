"""The graph in this process: in lock-step on one thread, or in real time on several."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from visuomotor.graph import compose
from visuomotor.graph.description import Graph, console_entry
from visuomotor.graph.lockstep import Lockstep
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.nodes.console.statistics import GraphStatistics

LOOK = 0.1  # s of wall time between two looks at the live view
SHOWN = {'supervisor': {'log_episodes': False}}   # what whoever composes the graph shows by itself


class Composed:
    """Every node of the graph, and the console, made here."""

    def __init__(self, graph: Graph, ros: Sequence[str] = ()) -> None:
        self.graph = graph
        self.context = compose.new_context(ros=ros)
        self.nodes: list[Any] = []
        # The console hears first, so that nothing is said before it listens.
        self.entries = (console_entry(graph), *graph.nodes)

    def start(self) -> None:
        self.graph.lay_out()
        choices = self.graph.choices
        for entry in self.entries:
            parameters = {**entry.parameters, **SHOWN.get(entry.room, {})}
            self.nodes.append(compose.make(
                entry.class_path, self.context, name=entry.name, parameters=parameters,
                namespace=choices.namespace, simulated_time=choices.lockstep))

    @property
    def statistics(self) -> GraphStatistics:
        statistics: GraphStatistics = self.nodes[0].statistics
        return statistics

    @property
    def seconds(self) -> float:
        """ROS time."""
        return float(self.nodes[0].now)

    def part(self, deliver: Callable[[], object]) -> None:
        """Let everybody's last words be heard, the supervisor's first and the console's last."""
        for node in reversed(self.nodes):
            node.trigger_deactivate()
            deliver()
        compose.take_down(self.nodes)

    def close(self) -> None:
        for node in self.nodes:
            node.destroy_node()
        self.context.try_shutdown()


class InLockstep(Composed):
    """Beat by beat, as fast as the machine allows or as the limit says."""

    def __init__(self, graph: Graph, limit: float, ros: Sequence[str] = ()) -> None:
        super().__init__(graph, ros)
        self.limit = limit

    def start(self) -> None:
        super().start()
        period = 1.0 / self.graph.spec.control_hz
        self.conductor = Lockstep(self.context, self.nodes, period)
        compose.bring_up(self.nodes)
        self.conductor.settle()
        self.pause = period / self.limit if self.limit else 0.0

    def step(self) -> None:
        """Beat until it is time to look again."""
        until = time.monotonic() + LOOK
        due = time.monotonic()
        while time.monotonic() < until and not self.statistics.over:
            self.conductor.beat()
            due += self.pause
            if self.pause:
                time.sleep(max(0.0, due - time.monotonic()))

    def stop(self) -> None:
        self.part(self.conductor.settle)
        self.conductor.close()


class InThreads(Composed):
    """Real time: a slow policy does not hold up the safety node."""

    def start(self) -> None:
        super().start()
        groups: dict[str, list[Any]] = {}
        for entry, node in zip(self.entries, self.nodes, strict=True):
            groups.setdefault(entry.thread, []).append(node)
        self.threads = compose.Threads(self.context, list(groups.values()))
        compose.bring_up(self.nodes)
        self.threads.start()

    def step(self) -> None:
        self.threads.wait(LOOK)

    def stop(self) -> None:
        self.threads.stop()
        last = make_executor(self.context)
        for node in self.nodes:
            last.add_node(node)
        self.part(last.drain)
        last.shutdown()
