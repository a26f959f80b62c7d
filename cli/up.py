"""`visuomotor up`: start the whole graph, watch it, and sum it up."""
from __future__ import annotations

import dataclasses
import inspect
import math
import os
from typing import Annotated, Any, get_type_hints

import typer
from typer import Option
from visuomotor.cli.node import RosCommand
from visuomotor.graph import command_line, security
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes._ros import environment
from visuomotor.specs.errors import BadInput

# typer calls an option that may be given again a list
MANY: dict[Any, Any] = {tuple[str, ...]: list[str]}


def add(app: typer.Typer) -> None:
    app.command(cls=RosCommand)(up)


def with_choices(command: Any) -> Any:
    """Give a command one option for each choice of the graph, before its own."""
    kinds = get_type_hints(Choices)
    offered = [_option(field, kinds[field.name]) for field in dataclasses.fields(Choices)]
    own = [p for p in inspect.signature(command, eval_str=True).parameters.values()
           if p.kind is not p.VAR_KEYWORD]
    command.__signature__ = inspect.Signature([own[0], *offered, *own[1:]])
    return command


def _option(field: dataclasses.Field[Any], kind: Any) -> inspect.Parameter:
    names = [field.metadata['switch']] if 'switch' in field.metadata else []
    offered = Option(*names, help=command_line.sentence(field))
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default,
                             annotation=Annotated[MANY.get(kind, kind), offered])


@with_choices
def up(
    context: typer.Context,
    *,
    processes: bool = Option(
        False, '--processes', help='one process for each node, not one for all'),
    secure: bool = Option(
        False, '--secure', help='keys for each process, and nobody says what is not theirs'),
    rate_limit: str = Option(
        'none', help='fastest lock-step, in times real time; none: no limit'),
    quiet: bool = Option(False, '--quiet', help='only the summary'),
    json: bool = Option(False, '--json', help='only the summary, as one line of JSON'),
    **chosen: Any,
) -> None:
    """Start the graph, watch it run its episodes, and sum them up. Ctrl-C stops and keeps what was
    recorded.

    Example: [bold]visuomotor up --robot iiwa7 --task grasp --policy scripted --lockstep --episodes
    10[/bold]
    """
    os.environ.update(security.ENFORCED if secure else {})
    environment.prepare()
    if secure:
        security.require()
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                             for name, value in chosen.items()}
    graph, limit = describe(Choices(**words)), fastest(rate_limit)
    if graph.choices.lockstep and (processes or secure):
        raise BadInput('Lock-step needs one process, so that nothing overtakes; leave out '
                       '--lockstep or --processes and --secure.')
    if limit and not graph.choices.lockstep:
        raise BadInput('--rate-limit is of lock-step alone, because real time has its own rate; '
                       'leave one of them out.')
    from visuomotor.cli import session
    if secure:
        os.environ[security.KEYSTORE] = str(security.make_keys(graph))
    running = session.make(graph, processes or secure, limit, context.obj or [], secure)
    raise typer.Exit(session.run(running, graph, quiet, json))


def fastest(text: str) -> float:
    """Read a limit of speed; 0: none."""
    try:
        limit = 0.0 if text == 'none' else float(text)
    except ValueError:
        limit = -1.0
    if not 0 <= limit < math.inf:
        raise BadInput("--rate-limit should be none or a number above 0 such as 1.0, but is "
                       f"'{text}'.")
    return limit
