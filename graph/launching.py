"""What launch files are made of: the choices as launch arguments, and the programs of a graph as launch actions."""
from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Mapping
from typing import Any

from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    OpaqueFunction,
    RegisterEventHandler,
    SetEnvironmentVariable,
    Shutdown,
)
from launch.event_handlers import OnProcessIO
from launch_ros.actions import LifecycleNode, Node
from launch_ros.substitutions import ExecutableInPackage
from visuomotor.graph import command_line
from visuomotor.graph import environment as surroundings
from visuomotor.graph.description import Choices, Graph, NodeEntry
from visuomotor.graph.free import refuse_second_driver
from visuomotor.nodes._ros.run import ACTIVE
from visuomotor.robots import registry
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import robot_names
from visuomotor.specs.task import task_names

from launch import LaunchContext

BY_HAND = ('driver', 'camera', 'safety', 'teleop')  # rooms that a person at the joystick needs
WORDS = {True: 'true', False: 'false'}


def arguments(**defaults: Any) -> list[DeclareLaunchArgument]:
    """Declare each choice of the graph once, with its sentence and, where it can be listed, what there is."""
    declared = []
    for field in dataclasses.fields(Choices):
        default = defaults.get(field.name, field.default)
        declared.append(DeclareLaunchArgument(
            field.name, default_value=WORDS.get(default, str(default)) if isinstance(default, bool) else str(default),
            description=field.metadata['sentence'], choices=known(field.name)))
    return declared


def known(name: str) -> list[str] | None:
    """List what there is to choose from; None: anything, checked by the graph. Launch hands no keys to its programs."""
    if isinstance(getattr(Choices(), name), bool):
        return ['true', 'false']
    lists = {'robot': robot_names, 'task': lambda: ['', *task_names()],
             'world': lambda: list(registry.WORLDS), 'teleop': lambda: ['none', 'joy']}
    return lists[name]() if name in lists else None


def choices(given: Mapping[str, str]) -> Choices:
    """Read the launch arguments back into choices."""
    fields = dataclasses.fields(Choices)
    return Choices(**{field.name: parse(field.name, field.default, given[field.name]) for field in fields})


def parse(name: str, default: Any, text: str) -> Any:
    if isinstance(default, bool):
        return text == WORDS[True]
    try:
        return type(default)(text)
    except ValueError:
        raise BadInput(f"{name} should be a number such as {default}, but is '{text}'.") from None


def environment() -> list[SetEnvironmentVariable]:
    """Set for every program what the user has not set."""
    return [SetEnvironmentVariable(name, value) for name, value in surroundings.missing(os.environ).items()]


def programs(graph: Graph, rooms: Collection[str] = ()) -> list[Any]:
    """One program for each process of the graph; when one ends, all do. The supervisor begins when all others act."""
    refuse_second_driver(graph.choices.namespace)
    chosen = [entries for entries in graph.processes.values() if not rooms or entries[0].room in rooms]
    supervisor = [launch(entries, graph) for entries in chosen if entries[0].room == 'supervisor']
    others = [launch(entries, graph) for entries in chosen if entries[0].room != 'supervisor']
    return [*after(others, supervisor), *others]


def after(first: list[Node], then: list[Node]) -> list[RegisterEventHandler]:
    """Start `then` once each of the first programs has said that its nodes are active."""
    silent = set(map(id, first))

    def heard(event: Any) -> list[Node]:
        before = len(silent)
        if ACTIVE.encode() in event.text:
            silent.discard(id(event.action))
        return then if before and not silent else []

    return [RegisterEventHandler(OnProcessIO(target_action=program, on_stdout=heard)) for program in first if then]


def launch(entries: tuple[NodeEntry, ...], graph: Graph) -> Node:
    """Start one node as a lifecycle node that launch knows by name, or several in one program."""
    namespace = graph.choices.namespace
    if len(entries) > 1:
        return Node(package='visuomotor', executable='visuomotor', arguments=command_line.arguments(entries, namespace),
                    output='both', on_exit=[OpaqueFunction(function=end)])
    entry, = entries
    return LifecycleNode(package=entry.package, executable=entry.room, name=entry.name, namespace=namespace,
                         parameters=[dict(entry.parameters)], output='both', on_exit=[OpaqueFunction(function=end)])


def end(context: LaunchContext) -> list[Shutdown]:
    """A graph with a program missing is stopped, once; one that failed makes `ros2 launch` fail too."""
    if context.is_shutdown:
        return []
    event = context.locals.event
    if event.returncode:
        raise RuntimeError(f'{event.process_name} ended with code {event.returncode}; its last lines above say why.')
    return [Shutdown(reason=f'{event.process_name} has finished')]


def in_lockstep(graph: Graph) -> list[ExecuteProcess]:
    """Lock-step is one program: `visuomotor up` with the same choices."""
    words = [ExecutableInPackage(package='visuomotor', executable='visuomotor'), *command_line.up(graph.choices)]
    return [ExecuteProcess(cmd=words, output='both', on_exit=[OpaqueFunction(function=end)])]
