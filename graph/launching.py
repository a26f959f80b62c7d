"""What launch files are made of: the choices as launch arguments, and the programs of a graph as
launch actions. Everything is started at once by plain Node actions, so that a group's namespace,
parameters, remaps and environment reach every program; a node waits for what it needs."""
from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from launch.actions import (
    DeclareLaunchArgument,
    LogInfo,
    OpaqueFunction,
    SetEnvironmentVariable,
    Shutdown,
)
from launch_ros.actions import LifecycleNode, Node
from launch_ros.parameter_descriptions import ParameterValue
from visuomotor.episodes import naming
from visuomotor.graph import command_line, compose
from visuomotor.graph.description import Choices, Graph, describe
from visuomotor.graph.entry import NodeEntry
from visuomotor.nodes._ros import environment as surroundings
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput

from launch import LaunchContext, LaunchDescription

BY_HAND = ('driver', 'camera', 'safety', 'teleop')  # rooms that a person at the joystick needs
FLAGS = {**dict.fromkeys(('true', '1', 'yes', 'on'), True),
         **dict.fromkeys(('false', '0', 'no', 'off'), False)}
LEVELS = ('debug', 'info', 'warn', 'error', 'fatal')
OF_ROS = {'params_file': 'YAML file of ROS parameters, under those that follow from the other '
                         'arguments',
          'log_level': 'least severe message that programs log; one of ' + ', '.join(LEVELS)}


def description(rooms: Collection[str] = (), **defaults: Any) -> LaunchDescription:
    """Return a launch file's content: arguments, environment, and programs of all rooms or some."""
    offered = [field for field in dataclasses.fields(Choices)
               if not rooms or field.metadata.get('hand', True)]
    sentences = {**{field.name: command_line.sentence(field) for field in offered}, **OF_ROS}
    values = {**{field.name: field.default for field in offered}, **defaults}
    declared = [DeclareLaunchArgument(name, default_value=written(values.get(name, '')),
                                      description=said) for name, said in sentences.items()]
    return LaunchDescription([*declared, *environment(),
                              OpaqueFunction(function=partial(start, list(sentences), rooms))])


def start(names: Collection[str], rooms: Collection[str], context: LaunchContext) -> list[Any]:
    """Read the arguments and start what they ask for."""
    given = context.launch_configurations
    pushed = given.get('ros_namespace', '')
    graph = describe(choices({name: given[name] for name in names}), pushed)
    ros = Ros(given['params_file'], given['log_level'])
    compose.refuse_second(f'{pushed}/{graph.choices.namespace}')
    if not graph.choices.lockstep:   # whose program does it
        graph.lay_out()
    if graph.choices.record and not rooms:
        naming.mark_latest(graph.folder)
    return [*misspelt(given, names),
            *(in_lockstep(graph, ros) if graph.choices.lockstep else programs(graph, ros, rooms))]


def written(value: Any) -> str:
    """Write a default as launch arguments are written."""
    if isinstance(value, tuple):
        return ', '.join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def choices(given: Mapping[str, str]) -> Choices:
    """Read the launch arguments back into choices; one that was not offered keeps its default."""
    return Choices(**{field.name: read(field.name, field.default, given[field.name])
                      for field in dataclasses.fields(Choices) if field.name in given})


def read(name: str, default: Any, text: str) -> Any:
    """Read one launch argument in the type of its default."""
    if isinstance(default, tuple):
        return (text,) if text.strip() else ()
    if isinstance(default, bool) and text.lower() not in FLAGS:
        raise BadInput(f"{name} should be true or false, but is '{text}'.")
    try:
        return FLAGS[text.lower()] if isinstance(default, bool) else type(default)(text)
    except ValueError:
        raise BadInput(f"{name} should be a number such as {default}, but is '{text}'.") from None


def misspelt(given: Collection[str], names: Collection[str]) -> list[LogInfo]:
    """Warn of arguments that are nearly one of ours: launch itself takes any name."""
    warnings = []
    for word in given:
        near = difflib.get_close_matches(word, names, n=1, cutoff=0.7)
        # launch_ros keeps its own under ros_
        if near and word not in names and not word.startswith('ros_'):
            warnings.append(LogInfo(msg=f"WARNING: there is no launch argument '{word}'; did you "
                                        f"mean {near[0]}? It has its default now."))
    return warnings


def environment() -> list[Any]:
    """Set for every program what the user has not set, and with whom it ends. Say it aloud when
    others than this host may reach them."""
    values = {**surroundings.missing(os.environ), surroundings.STARTER: str(os.getpid())}
    exposed = surroundings.exposure({**os.environ, **values})
    return [*(SetEnvironmentVariable(name, value) for name, value in values.items()),
            *([LogInfo(msg=exposed)] if exposed else [])]


@dataclasses.dataclass(frozen=True)
class Ros:
    """What every program is given beside its own arguments."""

    params_file: str
    log_level: str

    def __post_init__(self) -> None:
        if self.log_level:
            settings.choose('log level', self.log_level, LEVELS)
        if self.params_file and not Path(self.params_file).is_file():
            raise BadInput(f"There is no parameter file '{self.params_file}'; give one that is "
                           "there, or none.")

    def arguments(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """Return a launch action's arguments for a ROS program; own parameters over the file."""
        texts = {name: ParameterValue(value, value_type=str) if isinstance(value, str) else value
                 for name, value in own.items()}
        return {'output': 'both', 'on_exit': [OpaqueFunction(function=end)],
                'parameters': [one for one in (self.params_file, texts) if one],
                'ros_arguments': ['--log-level', self.log_level] if self.log_level else []}


def programs(graph: Graph, ros: Ros, rooms: Collection[str] = ()) -> list[Node]:
    """One program for each process of the graph; when one ends, all do."""
    if graph.choices.teleop == 'keyboard':
        raise BadInput('Launch gives its programs no keys; choose teleop:=joy, or run `visuomotor '
                       'node teleop` in a terminal.')
    return [program(entries, graph.choices.namespace, ros) for entries in graph.processes.values()
            if not rooms or entries[0].room in rooms]


def program(entries: tuple[NodeEntry, ...], namespace: str, ros: Ros) -> Node:
    """Start one node as a lifecycle node that launch knows by name, or several in one program."""
    if len(entries) > 1:
        return several(command_line.arguments(entries), namespace, ros)
    entry, = entries
    own = {**entry.parameters, 'ends': True} if entry.room == 'supervisor' else entry.parameters
    return LifecycleNode(package=entry.package, executable=entry.room, name=entry.name,
                         namespace=namespace, **ros.arguments(own))


def several(words: list[str], namespace: str, ros: Ros) -> Node:
    """Start `visuomotor` with these words."""
    return Node(package='visuomotor', executable='visuomotor', arguments=words,
                namespace=namespace, **ros.arguments({}))


def in_lockstep(graph: Graph, ros: Ros) -> list[Node]:
    """Lock-step is one program: `visuomotor up`, in the namespace that launch gives it."""
    words = command_line.up(dataclasses.replace(graph.choices, namespace=''))
    return [several(words, graph.choices.namespace, ros)]


def end(context: LaunchContext) -> list[Shutdown]:
    """Stop a graph with a program missing, once; one that failed makes `ros2 launch` fail too."""
    if context.is_shutdown:
        return []
    event = context.locals.event
    if event.returncode:
        raise RuntimeError(f'{event.process_name} ended with code {event.returncode}; its last '
                           'lines above say why.')
    return [Shutdown(reason=f'{event.process_name} has finished')]
