"""`visuomotor node <name>`: one node, or several in one process, with the usual ROS arguments."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from typer import Option
from typer.core import TyperCommand
from visuomotor.graph import command_line, description
from visuomotor.graph.entry import NodeEntry, overridden
from visuomotor.nodes._ros import environment
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput

OWN = ('-p', '--param', '-r', '--remap')  # ROS arguments that may follow a node's name


class RosCommand(TyperCommand):
    """A command that ROS starts too: what follows `--ros-args` is kept in `context.obj`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        cut = args.index('--ros-args') if '--ros-args' in args else len(args)
        ctx.obj = args[cut:]
        return super().parse_args(ctx, args[:cut])


def add(app: typer.Typer) -> None:
    app.command(cls=RosCommand,
                context_settings={'allow_extra_args': True, 'ignore_unknown_options': True})(node)


def node(
    context: typer.Context,
    set: list[str] = Option([], help='settings, such as safety.speed_share=0.3'),  # noqa: A002
) -> None:
    """Start nodes by their folder names. -p after a name is that node's own; what follows
    --ros-args holds for all.

    Example: [bold]visuomotor node safety -p robot:=iiwa7 --ros-args -r __ns:=/left[/bold]

    Two in one process, the second with a name of its own:
    [bold]visuomotor node driver -p task:=grasp camera=camera_wrist -p camera:=wrist[/bold]
    """
    environment.prepare()
    wanted = split(context.args)
    if not wanted:
        raise BadInput(f'Which node? Give one of {", ".join(description.rooms())}, as in: '
                       'visuomotor node safety')
    entries = [entry(word) for word, _ in wanted]
    chosen = overridden(entries, set)
    from visuomotor.nodes._ros.run import serve
    makers = [maker(one, own) for one, (_, own) in zip(chosen, wanted, strict=True)]
    raise typer.Exit(serve(makers, ['visuomotor', *(context.obj or [])]))


def entry(word: str) -> NodeEntry:
    """Read a word such as 'safety' or 'camera=camera_wrist'."""
    room, _, name = word.partition('=')
    settings.choose('node', room, description.rooms())
    return NodeEntry(name or room, room, {}, process='', thread='')


def split(words: list[str]) -> list[tuple[str, list[str]]]:
    """Part the nodes, each with its own ROS arguments."""
    wanted: list[tuple[str, list[str]]] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith('-'):
            wanted.append((word, []))
        elif word not in OWN or not wanted or (value := next(rest, None)) is None:
            raise BadInput(f"After a node's name come -p name:=value or -r from:=to, but '{word}' "
                           "stands there alone.")
        else:
            wanted[-1][1].extend((word, value))
    return wanted


def maker(entry: NodeEntry, own: list[str]) -> Callable[..., Any]:
    """Return what makes a node, with its own ROS arguments."""
    module, _, attribute = entry.class_path.partition(':')
    cls: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    arguments = [*own, *(('-r', f'__node:={entry.name}') if entry.name != entry.room else ())]
    for name, value in entry.overrides.items():
        arguments += ['-p', f'{name}:={command_line.text(value)}']
    return partial(cls, cli_args=['--ros-args', *arguments]) if arguments else cls
