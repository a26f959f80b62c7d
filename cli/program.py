"""The command line that starts some nodes of a graph as one program; launch files and `--processes` use the same."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml
from visuomotor.nodes.graph import NodeEntry


def arguments(entries: Iterable[NodeEntry], namespace: str) -> list[str]:
    """Return what follows `visuomotor`: the nodes, then their parameters, each addressed to its own node."""
    entries = tuple(entries)
    words = ['node', *(word(entry) for entry in entries), '--ros-args']
    if namespace:
        words += ['-r', f'__ns:=/{namespace.strip("/")}']
    for entry in entries:
        for key, value in entry.parameters.items():
            words += ['-p', f'{entry.name}:{key}:={text(value)}']
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
