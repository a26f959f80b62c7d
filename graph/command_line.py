"""Words that start a graph or its nodes, for `visuomotor up`, launch files and programs."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import yaml
from visuomotor.graph.description import Choices
from visuomotor.graph.entry import NodeEntry
from visuomotor.specs import settings


def sentence(field: dataclasses.Field[Any]) -> str:
    """Say what a choice means, in which unit and range, and which words are known."""
    about = field.metadata
    unit = f', in {about["unit"]}' if about['unit'] else ''
    known = f'; one of {", ".join(about["known"]())}' if 'known' in about else ''
    limits = settings.words({key: value for key, value in about.items() if key != 'below'})
    return str(about['sentence']) + unit + (f'; {limits}' if limits else '') + known


def arguments(entries: Iterable[NodeEntry]) -> list[str]:
    """Return what follows `visuomotor` to start nodes in one program with their parameters."""
    words = ['node']
    for entry in entries:
        words.append(entry.room if entry.name == entry.room else f'{entry.room}={entry.name}')
        for key, value in entry.parameters.items():
            words += ['-p', f'{key}:={text(value)}']
    return words


def in_namespace(namespace: str) -> list[str]:
    """Return the ROS arguments that put a whole program into a namespace."""
    return ['--ros-args', '-r', f'__ns:=/{namespace.strip("/")}'] if namespace else []


def enclave(process: str) -> list[str]:
    """Return the ROS arguments that give a whole program its keys."""
    return ['--ros-args', '--enclave', f'/{process}']


def up(choices: Choices) -> list[str]:
    """Return what follows `visuomotor` to run the whole graph in one process."""
    words = ['up']
    for field in dataclasses.fields(Choices):
        value = getattr(choices, field.name)
        if isinstance(value, bool):
            yes, _, no = field.metadata['switch'].partition('/')
            words.append(yes if value else no)
        else:
            for word in value if isinstance(value, tuple) else (value,):
                words += [f'--{field.name}', str(word)]
    return words


def text(value: Any) -> str:
    """Write a value in the YAML that ROS reads; strings in quotes, so that '1' stays a string."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True).split('\n...')[0].strip()
