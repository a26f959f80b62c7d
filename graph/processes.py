"""The graph as programs of their own: one process for each group of nodes that has to share one."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from visuomotor.graph import command_line, compose
from visuomotor.graph.description import Graph, console_entry
from visuomotor.graph.entry import NodeEntry
from visuomotor.graph.in_process import LOOK
from visuomotor.nodes._ros.environment import STARTER
from visuomotor.nodes._ros.run import USAGE
from visuomotor.nodes._ros.stopping import end_with
from visuomotor.nodes.console.statistics import GraphStatistics
from visuomotor.specs.errors import BadInput

READY = 60.0    # s, longest wait until a node is active
PARTING = 15.0  # s, longest wait until a program that was asked to stop has stopped


class ProgramEnded(RuntimeError):
    """One program of the graph is gone; the sentence says which, and its last words."""


class Child:
    """One program and its log."""

    def __init__(self, name: str, entries: tuple[NodeEntry, ...], ros: Sequence[str],
                 folder: Path) -> None:
        self.name = name
        self.entries = entries
        self.log = folder / f'{name}.log'
        words = [sys.executable, '-m', 'visuomotor.cli.main', *command_line.arguments(entries),
                 *ros]
        # A teleop program reads the keys of this terminal, so it stays in this session; others hear
        # of Ctrl-C from us.
        keys = any(entry.room == 'teleop' for entry in entries)
        with self.log.open('w') as log:
            self.process = subprocess.Popen(
                words, stdin=None if keys else subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, STARTER: str(os.getpid())}, start_new_session=not keys,
                preexec_fn=partial(end_with, os.getpid()))

    def check(self) -> None:
        """Complain when the program has ended by itself, in its own words."""
        code = self.process.poll()
        if code is None:
            return
        last = (self.log.read_text().strip().splitlines() or ['it said nothing'])[-1]
        if code == USAGE:
            raise BadInput(last.removeprefix('error: '))
        raise ProgramEnded(f'The {self.name} program ended by itself with code {code}: {last} '
                           f'(whole log: {self.log})')

    def end(self) -> None:
        """Ask to stop; insist when that is not heard."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PARTING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Spawned:
    """The programs, and a console here that hears them all."""

    def __init__(self, graph: Graph, ros: Sequence[str] = (), secure: bool = False) -> None:
        compose.refuse_second(graph.choices.namespace)
        self.graph = graph
        self.ros = [*command_line.in_namespace(graph.choices.namespace), *ros]
        self.secure = secure   # each program has keys of its own
        self.children: list[Child] = []
        self.context = compose.new_context(ros=self.arguments('console'))
        entry = console_entry(graph)
        self.console: Any = compose.make(entry.class_path, self.context, name=entry.name,
                                         parameters=entry.parameters,
                                         namespace=graph.choices.namespace)
        self.threads = compose.Threads(self.context, [[self.console]])
        self.folder = graph.folder / 'log'

    def arguments(self, process: str) -> list[str]:
        """Return the ROS arguments of one program."""
        return [*self.ros, *(command_line.enclave(process) if self.secure else ())]

    @property
    def statistics(self) -> GraphStatistics:
        statistics: GraphStatistics = self.console.statistics
        return statistics

    @property
    def seconds(self) -> float:
        return float(self.console.now)

    def start(self) -> None:
        """Start everybody; when one refuses, nobody stays."""
        self.graph.lay_out()
        self.folder.mkdir(parents=True, exist_ok=True)
        compose.bring_up([self.console])
        self.threads.start()
        try:
            self.start_programs()
        except BaseException:
            self.stop()
            raise

    def start_programs(self) -> None:
        """Start them all, each waiting for what it needs, and wait until every node is active."""
        for name, entries in self.graph.processes.items():
            self.children.append(Child(name, entries, self.arguments(name), self.folder))
        for entry in self.graph.nodes:
            self.await_active(entry)

    def await_active(self, entry: NodeEntry) -> None:
        client = self.console.create_client(GetState, f'{entry.name}/get_state')
        until = time.monotonic() + READY
        while not self.is_active(client):
            for child in self.children:
                child.check()
            if time.monotonic() > until:
                raise BadInput(f'{entry.name} was not active after {READY:.0f} s; its log is in '
                               f'{self.folder}.')
        # by the thread that asks it for answers, which must not find it gone meanwhile
        self.console.executor.create_task(self.console.destroy_client, client)

    def is_active(self, client: Any) -> bool:
        if not client.wait_for_service(timeout_sec=LOOK):
            return False
        future = client.call_async(GetState.Request())
        until = time.monotonic() + 1.0
        while not future.done() and time.monotonic() < until:
            self.threads.wait(LOOK / 10)
        return bool(future.done()
                    and future.result().current_state.id == State.PRIMARY_STATE_ACTIVE)

    def step(self) -> None:
        self.threads.wait(LOOK)
        for child in self.children:
            child.check()

    def stop(self) -> None:
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.end()

    def close(self) -> None:
        self.threads.stop()
        compose.take_down([self.console])
        self.console.destroy_node()
        self.context.try_shutdown()
