"""`visuomotor node <name>`: one node, or several in one process, with the usual ROS arguments."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from visuomotor.graph import description, environment
from visuomotor.graph.description import NodeEntry
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput

OWN = ('-p', '--param', '-r', '--remap')  # ROS arguments that may follow a node's name


def add(app: typer.Typer) -> None:
    app.command(context_settings={'allow_extra_args': True, 'ignore_unknown_options': True})(node)


def node(context: typer.Context) -> None:
    """Start nodes by their folder names. -p after a name is that node's own; what follows --ros-args holds for all.

    Example: [bold]visuomotor node safety -p robot:=iiwa7 --ros-args -r __ns:=/left[/bold]

    Two in one process, the second with a name of its own:
    [bold]visuomotor node driver -p task:=grasp camera=camera_wrist -p camera:=wrist[/bold]
    """
    wanted, ros = split(context.args)
    if not wanted:
        raise BadInput(f'Which node? Give one of {", ".join(description.rooms())}, as in: visuomotor node safety')
    for word, _ in wanted:
        settings.choose('node', word.partition('=')[0], description.rooms())
    environment.prepare()
    from visuomotor.nodes._ros.run import serve
    raise typer.Exit(serve([maker(word, own) for word, own in wanted], ['visuomotor', *ros]))


def split(words: list[str]) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Part the nodes, each with its own ROS arguments, from what is meant for all of them."""
    cut = words.index('--ros-args') if '--ros-args' in words else len(words)
    wanted: list[tuple[str, list[str]]] = []
    rest = iter(words[:cut])
    for word in rest:
        if not word.startswith('-'):
            wanted.append((word, []))
        elif word not in OWN or not wanted or (value := next(rest, None)) is None:
            raise BadInput(f"After a node's name come -p name:=value or -r from:=to, but '{word}' stands there alone.")
        else:
            wanted[-1][1].extend((word, value))
    return wanted, words[cut:]


def maker(word: str, own: list[str]) -> Callable[..., Any]:
    """Return what makes the node of a word such as 'safety' or 'camera=camera_wrist', with its own ROS arguments."""
    room, _, name = word.partition('=')
    module, _, attribute = NodeEntry(name or room, room, {}, process='', thread='').class_path.partition(':')
    cls: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    arguments = [*own, *(('-r', f'__node:={name}') if name else ())]
    return partial(cls, cli_args=['--ros-args', *arguments]) if arguments else cls
