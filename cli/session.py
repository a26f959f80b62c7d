"""One run of the graph, from the first node to the summary."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from json import dumps
from pathlib import Path
from typing import Protocol

import cv2
from rich.console import Console
from visuomotor.cli import summary
from visuomotor.cli.live import Moment, View
from visuomotor.cli.summary import Effort
from visuomotor.episodes import naming
from visuomotor.episodes.contact_sheet import contact_sheet
from visuomotor.graph.description import Graph
from visuomotor.graph.in_process import InLockstep, InThreads
from visuomotor.graph.processes import ProgramEnded, Spawned
from visuomotor.nodes._ros.stopping import Asked
from visuomotor.nodes.console.statistics import GraphStatistics

FAULT, INTERRUPTED = 1, 130  # exit codes


class Running(Protocol):
    """A graph that was started somehow. `step` takes about a tenth of a second. Only what started
    is stopped."""

    def start(self) -> None: ...

    def step(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...

    @property
    def statistics(self) -> GraphStatistics: ...

    @property
    def seconds(self) -> float: ...


def make(graph: Graph, processes: bool, limit: float, ros: Sequence[str] = (),
         secure: bool = False) -> Running:
    """Choose how the graph runs; ROS arguments hold for every node."""
    if processes:
        return Spawned(graph, ros, secure)
    return InLockstep(graph, limit, ros) if graph.choices.lockstep else InThreads(graph, ros)


def run(running: Running, graph: Graph, quiet: bool, as_json: bool = False) -> int:
    """Start, watch, stop, sum up. Return the exit code."""
    console = Console(soft_wrap=True)
    asked, fault = Asked(), ''
    rate = 0.0 if graph.choices.lockstep else graph.spec.control_hz
    try:
        running.start()
        if graph.choices.record:
            naming.mark_latest(graph.folder)
        began, steps = time.monotonic(), running.statistics.messages['command']
        try:
            watch(running, View(title(graph), running.statistics, console, quiet or as_json),
                  lambda: asked.to_stop)
        except ProgramEnded as error:
            fault = str(error)
        finally:
            effort = Effort(time.monotonic() - began, running.statistics.messages['command']
                            - steps, rate)
            fault = fault or broken(running.statistics)  # before the nodes say goodbye
            running.stop()
    finally:
        running.close()
    if as_json:
        print(dumps({**summary.facts(title(graph), running.statistics, effort), 'fault': fault},
                    ensure_ascii=False))
    else:
        console.print(summary.table(title(graph), running.statistics, effort))
        show_files(running.statistics, console)
    return verdict(fault, asked.to_stop)


def broken(statistics: GraphStatistics) -> str:
    """Say why the supervisor gave up; empty: it did not."""
    return f'The run stopped: {statistics.message}' if statistics.state == 'fault' else ''


def verdict(fault: str, interrupted: bool) -> int:
    """Return the exit code: failed episodes are a result, a graph that broke is not."""
    if fault:
        Console(stderr=True, soft_wrap=True).print(fault, style='bold red', markup=False,
                                                   highlight=False)
        return FAULT
    return INTERRUPTED if interrupted else 0


def watch(running: Running, view: View, asked_to_stop: Callable[[], bool]) -> None:
    """Let the graph run until its episodes are over or somebody asks to stop."""
    with view:
        while not running.statistics.over and not asked_to_stop():
            running.step()
            view.update(Moment(running.seconds, time.monotonic()))


def title(graph: Graph) -> str:
    choices = graph.choices
    how = 'lock-step' if choices.lockstep else 'real time'
    return (f'{graph.spec.name} · {graph.task.name} · {choices.policy} · {choices.world} · {how} · '
            f'seed {choices.seed}')


def show_files(statistics: GraphStatistics, console: Console) -> None:
    """Say where the episodes lie, and draw their last pictures on one sheet."""
    files = [Path(file) for _, file in sorted(statistics.files.items())]
    if not files:
        return
    console.print(f'episodes       {files[0].parent}')
    try:
        sheet = contact_sheet(files, files[0].parent / 'contact_sheet.png')
    except (OSError, cv2.error) as error:
        console.print(f'contact sheet  could not be written: {error}; the episodes are not touched '
                      'by that')
        return
    if sheet:
        console.print(f'contact sheet  {sheet}')
