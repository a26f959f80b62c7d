"""`visuomotor up`: start the whole graph, watch it, and sum it up."""
from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

import typer
from visuomotor.graph import command_line, environment
from visuomotor.graph.description import Choices, describe
from visuomotor.specs.errors import BadInput


def said(field: str) -> str:
    """Return the sentence of one choice, as it stands in the graph."""
    return str(Choices.__dataclass_fields__[field].metadata['sentence'])


def option(field: str, *names: str) -> Any:
    return typer.Option(*names, help=said(field))


def switch(field: str) -> str:
    no, yes = command_line.SWITCHES[field]
    return f'{yes}/{no}'


DEFAULT = Choices()


def add(app: typer.Typer) -> None:
    app.command()(up)


def up(
    robot: Annotated[str, option('robot')] = DEFAULT.robot,
    task: Annotated[str, option('task')] = DEFAULT.task,
    policy: Annotated[str, option('policy')] = DEFAULT.policy,
    world: Annotated[str, option('world')] = DEFAULT.world,
    lockstep: Annotated[bool, option('lockstep', switch('lockstep'))] = DEFAULT.lockstep,
    episodes: Annotated[int, option('episodes')] = DEFAULT.episodes,
    seed: Annotated[int, option('seed')] = DEFAULT.seed,
    horizon: Annotated[float, option('horizon')] = DEFAULT.horizon,
    scene: Annotated[str, option('scene')] = DEFAULT.scene,
    namespace: Annotated[str, option('namespace')] = DEFAULT.namespace,
    data: Annotated[str, option('data')] = DEFAULT.data,
    run: Annotated[str, typer.Option(help=said('run') + '; empty: the moment of starting')] = '',
    record: Annotated[bool, option('record', switch('record'))] = DEFAULT.record,
    teleop: Annotated[str, option('teleop')] = DEFAULT.teleop,
    randomise: Annotated[bool, option('randomise', switch('randomise'))] = DEFAULT.randomise,
    processes: Annotated[bool, typer.Option('--processes', help='one process for each node, not one for all')] = False,
    rate_limit: Annotated[str, typer.Option(help='fastest lock-step, in times real time; none: no limit')] = 'none',
    quiet: Annotated[bool, typer.Option('--quiet', help='only the summary')] = False,
) -> None:
    """Start the graph, watch it run its episodes, and sum them up. Ctrl-C stops and keeps what was recorded.

    Example: [bold]visuomotor up --robot iiwa7 --task grasp --policy scripted --lockstep --episodes 10[/bold]
    """
    given = {name: value for name, value in locals().items() if name in Choices.__dataclass_fields__}
    choices = dataclasses.replace(Choices(**given), run=run or datetime.now().strftime('%Y%m%d-%H%M%S'))
    graph = describe(choices)
    limit = fastest(rate_limit)
    if lockstep and processes:
        raise BadInput('Lock-step needs one process, so that nothing overtakes; leave out --lockstep or --processes.')
    if limit and not lockstep:
        raise BadInput('--rate-limit is of lock-step alone, because real time has its own rate; leave one of them out.')
    environment.prepare()
    from visuomotor.cli import session
    raise typer.Exit(session.run(session.make(graph, processes, limit), graph, quiet))


def fastest(text: str) -> float:
    """Read a limit of speed; 0: none."""
    try:
        limit = 0.0 if text == 'none' else float(text)
    except ValueError:
        limit = -1.0
    if limit < 0 or limit == float('inf') or limit != limit:
        raise BadInput(f"--rate-limit should be none or a number above 0 such as 1.0, but is '{text}'.")
    return limit
