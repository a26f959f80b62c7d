"""`visuomotor list …`: which robots, tasks, policies and nodes there are."""
from __future__ import annotations

import ast
from collections.abc import Sequence
from json import dumps
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Table
from visuomotor.graph import description
from visuomotor.graph.description import Choices, console_entry
from visuomotor.graph.entry import rows
from visuomotor.policies.make import names as policy_names
from visuomotor.robots import registry
from visuomotor.specs import paths
from visuomotor.specs.robot import load_robot, robot_names
from visuomotor.specs.settings import choose
from visuomotor.specs.task import load_task, task_names

AsJson = Annotated[bool, typer.Option('--json', help='one JSON list, for other programs')]


def add(app: typer.Typer) -> None:
    listing = typer.Typer(no_args_is_help=True,
                          help='List robots, tasks, policies or nodes. Example: '
                                                     '[bold]visuomotor list robots[/bold]')
    for command in (robots, tasks, policies, nodes):
        listing.command()(command)
    app.add_typer(listing, name='list')


def robots(json: AsJson = False) -> None:
    """Robots, and what each can do. Example: [bold]visuomotor list robots[/bold]."""
    rows = []
    for name in robot_names():
        robot = load_robot(name)
        able = ', '.join(description.tasks_of(name))
        worlds = ', '.join(registry.worlds_of(robot))
        rows.append((name, robot.title, f'{len(robot.joints)}', f'{robot.control_hz:g} Hz', able,
                     worlds))
    show(('robot', 'what it is', 'joints', 'control', 'tasks', 'worlds'), rows, json)


def tasks(json: AsJson = False) -> None:
    """Tasks, and who can do them. Example: [bold]visuomotor list tasks[/bold]."""
    found = [load_task(name) for name in task_names()]
    show(('task', 'what it is', 'longest', 'judged by', 'robots'),
         [(t.name, t.title, f'{t.horizon:g} s', t.detector.name, ', '.join(t.robots))
          for t in found], json)


def policies(json: AsJson = False) -> None:
    """Policies that have a name; a checkpoint folder serves as well.

    Example: [bold]visuomotor list policies[/bold].
    """
    show(('policy', 'what it is'), [(name, title(name)) for name in policy_names()], json)


def title(policy: str) -> str:
    content = yaml.safe_load((paths.CONFIG / 'policies' / f'{policy}.yaml').read_text()) or {}
    return str(content.get('title', ''))


def nodes(
    node: Annotated[str, typer.Argument(help='a node, with --settings; empty: all')] = '',
    settings: Annotated[bool,
                        typer.Option('--settings',
                                     help='every number that a node can be set to')] = False,
    robot: Annotated[str,
                     typer.Option(help='whose numbers; visuomotor list robots')] = Choices().robot,
    set: Annotated[list[str], typer.Option(help='as in visuomotor up')] = [],  # noqa: A002, B006
    json: AsJson = False,
) -> None:
    """ROS nodes that `visuomotor node` can start. Example: [bold]visuomotor list nodes[/bold].

    What they can be set to, and where each value comes from:
    [bold]visuomotor list nodes --settings safety --robot minitaur[/bold]
    """
    if not settings:
        show(('node', 'what it does'), [(room, first_line(room)) for room in description.rooms()],
             json)
        return
    chosen = description.describe(Choices(robot=robot, teleop='joy', set=tuple(set)))
    entries = [*chosen.nodes, console_entry(chosen)]
    known = {word for entry in entries for word in (entry.name, entry.room)}
    wanted = choose('node', node, known) if node else ''
    show(('node', 'setting', 'value', 'unit', 'range', 'default', 'set by', 'what it is'),
         [row for entry in entries if wanted in ('', entry.name, entry.room)
          for row in rows(entry)], json)


def first_line(room: str) -> str:
    """Read what a node says of itself, without starting it."""
    said = ast.get_docstring(ast.parse((description.NODES / room / 'node.py').read_text())) or ''
    return said.splitlines()[0] if said else ''


def show(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], as_json: bool = False) -> None:
    """Print a table; without a terminal, lines that other programs can read. Columns between
    tabs."""
    console = Console()
    if as_json:
        print(dumps([dict(zip(header, row, strict=True)) for row in rows], indent=1,
                    ensure_ascii=False))
        return
    if not console.is_terminal:
        for row in rows:
            print('\t'.join(row))
        return
    table = Table(*header, box=None, header_style='bold')
    for row in rows:
        table.add_row(*row)
    console.print(table)
