"""The command line that starts some nodes of a graph as one program; launch files and `--processes` use the same."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import yaml
from visuomotor.graph.description import Choices, NodeEntry

# What `visuomotor up` calls each choice of yes and no: its no, then its yes.
SWITCHES = {'lockstep': ('--realtime', '--lockstep'), 'randomise': ('--nominal', '--randomise'),
            'record': ('--no-record', '--record')}


def arguments(entries: Iterable[NodeEntry], namespace: str) -> list[str]:
    """Return what follows `visuomotor`: each node with its own parameters, then what holds for all."""
    words = ['node']
    for entry in entries:
        words.append(word(entry))
        for key, value in entry.parameters.items():
            words += ['-p', f'{key}:={text(value)}']
    return words + (['--ros-args', '-r', f'__ns:=/{namespace.strip("/")}'] if namespace else [])


def up(choices: Choices) -> list[str]:
    """Return what follows `visuomotor` to run the whole graph in one process."""
    words = ['up']
    for field in dataclasses.fields(Choices):
        value = getattr(choices, field.name)
        words += [SWITCHES[field.name][value]] if isinstance(value, bool) else [f'--{field.name}', str(value)]
    return words


def word(entry: NodeEntry) -> str:
    """Name one node: its room, and its name where that differs."""
    return entry.room if entry.name == entry.room else f'{entry.room}={entry.name}'


def text(value: Any) -> str:
    """Write a value in the YAML that ROS reads; strings always in quotes, so that '1' stays a string."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True).split('\n...')[0].strip()
