"""`visuomotor list …`: which robots, tasks, policies and nodes there are."""
from __future__ import annotations

import ast
from collections.abc import Sequence

import typer
import yaml
from rich.console import Console
from rich.table import Table
from visuomotor.graph import description
from visuomotor.specs import paths
from visuomotor.specs.robot import load_robot, robot_names
from visuomotor.specs.task import load_task, task_names


def add(app: typer.Typer) -> None:
    listing = typer.Typer(no_args_is_help=True, help='List robots, tasks, policies or nodes. Example: '
                                                     '[bold]visuomotor list robots[/bold]')
    for command in (robots, tasks, policies, nodes):
        listing.command()(command)
    app.add_typer(listing, name='list')


def robots() -> None:
    """Robots, and what each can do. Example: [bold]visuomotor list robots[/bold]."""
    rows = []
    for name in robot_names():
        robot = load_robot(name)
        able = ', '.join(description.tasks_of(name))
        rows.append((name, robot.title, f'{len(robot.joints)}', f'{robot.control_hz:g} Hz', able))
    show(('robot', 'what it is', 'joints', 'control', 'tasks'), rows)


def tasks() -> None:
    """Tasks, and who can do them. Example: [bold]visuomotor list tasks[/bold]."""
    found = [load_task(name) for name in task_names()]
    show(('task', 'what it is', 'longest', 'judged by', 'robots'),
         [(t.name, t.title, f'{t.horizon:g} s', t.detector.name, ', '.join(t.robots)) for t in found])


def policies() -> None:
    """Policies that have a name; a checkpoint folder serves as well. Example: [bold]visuomotor list policies[/bold]."""
    show(('policy', 'what it is'), [(name, title(name)) for name in description.policies()])


def title(policy: str) -> str:
    content = yaml.safe_load((paths.CONFIG / 'policies' / f'{policy}.yaml').read_text()) or {}
    return str(content.get('title', ''))


def nodes() -> None:
    """ROS nodes that `visuomotor node` can start. Example: [bold]visuomotor list nodes[/bold]."""
    show(('node', 'what it does'), [(room, first_line(room)) for room in description.rooms()])


def first_line(room: str) -> str:
    """Read what a node says of itself, without starting it."""
    said = ast.get_docstring(ast.parse((description.NODES / room / 'node.py').read_text())) or ''
    return said.splitlines()[0] if said else ''


def show(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table; without a terminal, lines that other programs can read: columns between tabs."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            print('\t'.join(row))
        return
    table = Table(*header, box=None, header_style='bold')
    for row in rows:
        table.add_row(*row)
    console.print(table)
