"""`visuomotor node <name>`: one node, or several in one process, with the usual ROS arguments."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from visuomotor.cli import environment
from visuomotor.nodes import graph
from visuomotor.nodes.graph import NodeEntry
from visuomotor.robots import settings
from visuomotor.robots.settings import BadInput


def add(app: typer.Typer) -> None:
    app.command(context_settings={'allow_extra_args': True, 'ignore_unknown_options': True})(node)


def node(context: typer.Context) -> None:
    """Start nodes by their folder names; what follows --ros-args goes to ROS.

    Example: [bold]visuomotor node safety --ros-args -p robot:=iiwa7[/bold]

    Two in one process, the second with a name of its own:
    [bold]visuomotor node driver camera=camera_front --ros-args --params-file parameters.yaml[/bold]
    """
    names, ros = split(context.args)
    if not names:
        raise BadInput(f'Which node? Give one of {", ".join(graph.rooms())}, as in: visuomotor node safety')
    for name in names:
        settings.choose('node', name.partition('=')[0], graph.rooms())
    environment.prepare()
    from visuomotor.nodes._ros.run import serve  # ROS reads the environment when it is imported
    raise typer.Exit(serve([maker(name) for name in names], ['visuomotor', *ros]))


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """Part the names of nodes from what is meant for ROS."""
    cut = words.index('--ros-args') if '--ros-args' in words else len(words)
    return words[:cut], words[cut:]


def maker(word: str) -> Callable[..., Any]:
    """Return what makes the node of a word such as 'safety' or 'camera=camera_front'."""
    room, _, name = word.partition('=')
    module, _, attribute = NodeEntry(name or room, room, {}, process='', thread='').class_path.partition(':')
    cls: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return partial(cls, cli_args=['--ros-args', '-r', f'__node:={name}']) if name else cls
