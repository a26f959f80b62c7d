"""`visuomotor list …`: which robots, tasks, policies and nodes there are."""
from __future__ import annotations

import ast
from collections.abc import Sequence
from json import dumps

import typer
import yaml
from rich.console import Console
from rich.table import Table
from typer import Argument, Option
from visuomotor.graph import description
from visuomotor.graph.description import Choices, console_entry
from visuomotor.graph.entry import rows
from visuomotor.nodes._ros import environment
from visuomotor.policies.make import names as policy_names
from visuomotor.robots import registry
from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot, robot_names
from visuomotor.specs.settings import choose
from visuomotor.specs.task import load_task, task_names

AS_JSON = Option(False, '--json', help='one JSON list, for other programs')


def add(app: typer.Typer) -> None:
    listing = typer.Typer(no_args_is_help=True, help='List robots, tasks, policies or nodes. '
                                                     'Example: [bold]visuomotor list robots[/bold]')
    for command in (robots, tasks, policies, nodes):
        listing.command()(command)
    app.add_typer(listing, name='list')


def robots(json: bool = AS_JSON) -> None:
    """Robots, and what each can do. Example: [bold]visuomotor list robots[/bold]."""
    rows = [(robot.name, robot.title, f'{len(robot.joints)}', f'{robot.control_hz:g} Hz',
             ', '.join(description.tasks_of(robot.name)), ', '.join(registry.worlds_of(robot)))
            for robot in map(load_robot, robot_names())]
    show(('robot', 'what it is', 'joints', 'control', 'tasks', 'worlds'), rows, json)


def tasks(json: bool = AS_JSON) -> None:
    """Tasks, and who can do them. Example: [bold]visuomotor list tasks[/bold]."""
    show(('task', 'what it is', 'longest', 'judged by', 'robots'),
         [(t.name, t.title, f'{t.horizon:g} s', t.detector.name, ', '.join(t.robots))
          for t in map(load_task, task_names())], json)


def policies(json: bool = AS_JSON) -> None:
    """Policies that have a name; a checkpoint folder serves as well.

    Example: [bold]visuomotor list policies[/bold].
    """
    show(('policy', 'what it is'), [(name, title(name)) for name in policy_names()], json)


def title(policy: str) -> str:
    content = yaml.safe_load((paths.CONFIG / 'policies' / f'{policy}.yaml').read_text()) or {}
    return str(content.get('title', ''))


def nodes(
    node: str = Argument('', help='a node, with --settings; empty: all'),
    settings: bool = Option(
        False, '--settings', help='every number that a node can be set to'),
    robot: str = Option(Choices().robot, help='whose numbers; visuomotor list robots'),
    set: list[str] = Option([], help='as in visuomotor up'),  # noqa: A002
    json: bool = AS_JSON,
) -> None:
    """ROS nodes that `visuomotor node` can start. Example: [bold]visuomotor list nodes[/bold].

    What they can be set to, and where each value comes from:
    [bold]visuomotor list nodes --settings safety --robot minitaur[/bold]
    """
    if not settings:
        if node or set or robot != Choices().robot:
            raise BadInput('A node, --robot and --set say whose settings to list; give --settings '
                           'too, or leave them out.')
        show(('node', 'what it does'), [(room, first_line(room)) for room in description.rooms()],
             json)
        return
    environment.prepare()
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
    """Print a table; without a terminal, lines that other programs can read, with tabs between."""
    console = Console()
    if as_json:
        content = [dict(zip(header, row, strict=True)) for row in rows]
        print(dumps(content, indent=1, ensure_ascii=False))
        return
    if not console.is_terminal:
        for row in rows:
            print('\t'.join(row))
        return
    table = Table(*header, box=None, header_style='bold')
    for row in rows:
        table.add_row(*row)
    console.print(table)
