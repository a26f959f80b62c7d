"""`visuomotor bench …`: speed, each figure as a ratio to a floor measured in the same run."""
from __future__ import annotations

import typer
from typer import Option
from visuomotor.benchmarks import safety_command
from visuomotor.benchmarks.figures import show
from visuomotor.nodes._ros import environment

DOMAIN = 88  # of the bench's own graphs, so that they meet nobody else's


def add(app: typer.Typer) -> None:
    benches = typer.Typer(no_args_is_help=True, help='Measure speed against bare floors. Example: '
                                                     '[bold]visuomotor bench graph[/bold]')
    benches.callback()(lambda: None)  # typer takes a lone command for the whole program otherwise
    benches.command()(graph)
    safety_command.add(benches)
    app.add_typer(benches, name='bench')


def graph(
    pictures: int = Option(500, help='through the picture-to-driver chain'),
    actions: int = Option(600, help='of the lock-step graph and the gymnasium face'),
    frames: int = Option(900, help='between two processes; 0 leaves this part out'),
    write: str = Option('', help='put the table into this file, such as docs/benchmarks.md'),
) -> None:
    """Measure the graph: the picture-to-driver chain, lock-step speed, and pictures between
    processes.

    Example: [bold]visuomotor bench graph --write docs/benchmarks.md[/bold]
    """
    environment.prepare()
    from visuomotor.benchmarks import graph as bench
    figures = [*bench.chain(pictures, DOMAIN), *bench.speed(actions)]
    if frames:
        figures.append(bench.arrivals(frames, DOMAIN + 2))
    show(figures, 'graph', write)
    raise typer.Exit(0 if all(figure.holds for figure in figures) else 1)
