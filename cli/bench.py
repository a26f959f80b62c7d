"""`visuomotor bench …`: speed, each figure as a ratio to a floor measured in the same run."""
from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table
from visuomotor.cli import environment
from visuomotor.cli.benches.figures import HEADINGS, Figure, markdown, percentiles
from visuomotor.robots import settings

DOMAIN = 88  # of the bench's own graphs, so that they meet nobody else's
TURN = 50    # actions between two looks at the floor


def add(app: typer.Typer) -> None:
    benches = typer.Typer(no_args_is_help=True, help='Measure speed against bare floors. Example: '
                                                     '[bold]visuomotor bench graph[/bold]')
    benches.callback()(lambda: None)  # typer takes a lone command for the whole program otherwise
    benches.command()(graph)
    benches.command()(safety)
    app.add_typer(benches, name='bench')


def graph(
    pictures: Annotated[int, typer.Option(help='through the picture-to-driver chain')] = 500,
    actions: Annotated[int, typer.Option(help='of the lock-step graph and the gymnasium face')] = 600,
    frames: Annotated[int, typer.Option(help='between two processes; 0 leaves this part out')] = 900,
    write: Annotated[str, typer.Option(help='put the table into this file, such as docs/benchmarks.md')] = '',
) -> None:
    """Measure the graph: the picture-to-driver chain, lock-step speed, and pictures between processes.

    Example: [bold]visuomotor bench graph --write docs/benchmarks.md[/bold]
    """
    environment.prepare()
    figures = [*chain(pictures), *speed(actions)]
    if frames:
        figures.append(arrivals(frames))
    show(figures)
    if write:
        put(Path(write), 'graph', markdown(figures))
    raise typer.Exit(0 if all(figure.holds for figure in figures) else 1)


def safety(
    robots: Annotated[str, typer.Option(help='which, with commas between')] = 'iiwa7,j2n6s300,minitaur',
    long: Annotated[bool, typer.Option('--long', help='a million cycles for each robot; goes on where it was ended')] = False,
    cycles: Annotated[int, typer.Option(help='for each robot; 0: 5,000, or a million with --long')] = 0,
    folder: Annotated[str, typer.Option(help='where the tallies are kept')] = 'data/bench',
    write: Annotated[str, typer.Option(help='put the tables into this file, such as docs/benchmarks.md')] = '',
) -> None:
    """Measure the safety filter: hostile proposals, judged by PyBullet and by differences, and what a cycle costs.

    Example: [bold]visuomotor bench safety --long --write docs/benchmarks.md[/bold]
    """
    from visuomotor.cli.benches import safety as bench
    console, wanted = Console(soft_wrap=True), cycles or (bench.LONG if long else bench.SHORT)
    names = [settings.choose('robot', name, bench.ROBOTS) for name in robots.split(',')]
    tallies = bench.fuzz(names, wanted, Path(folder), lambda tally: console.print('  '.join(bench.row(tally)), markup=False))
    figures = [figure for name in names if name != 'minitaur' for figure in bench.cost(name, 6000)]
    show(figures)
    if write:
        put(Path(write), 'safety', f'{bench.markdown(tallies)}\n\n{markdown(figures)}')
    holds = all(figure.holds for figure in figures) and not any(tally.violations for tally in tallies)
    raise typer.Exit(0 if holds else 1)


def chain(pictures: int) -> list[Figure]:
    """(a) In turns of fifty, so that a busy moment hits both."""
    from visuomotor.cli.benches import chain as ours_of
    from visuomotor.cli.benches.bare_chain import BareChain
    with tempfile.TemporaryDirectory() as folder:
        ours = ours_of.Chain(ours_of.make_video(Path(folder) / 'noise.avi', ours_of.SIZE, ours_of.SIZE, 40), DOMAIN)
        ours.run(50)
        bare = BareChain(*ours_of.messages_of(ours), DOMAIN + 1)
        taken, floor = interleave(lambda: ours.run(50), lambda: [bare.once() for _ in range(50)], max(1, pictures // 50))
        ours.close()
        bare.close()
    return percentiles('picture → proposal → command → driver', np.ravel(taken).tolist(), np.ravel(floor).tolist(), 1.5)


def speed(actions: int) -> list[Figure]:
    """(b) The graph and the gymnasium face, each in turns with a replay of its own PyBullet calls."""
    return [*graph_speed(max(1, actions // TURN)), *face_speed(max(1, actions // TURN))]


def graph_speed(turns: int) -> list[Figure]:
    from visuomotor.cli.benches.lockstep_graph import GraphSpeed
    from visuomotor.cli.benches.steps import paired
    with tempfile.TemporaryDirectory() as folder:
        running = GraphSpeed(Path(folder), seed=1)
        rates = []
        for _ in range(turns):
            running.to_next_episode()
            rates.append(paired(running.world, running.run, 1, TURN))
        running.close()
    return [rate('lock-step graph, actions a second', rates, 0.5)]


def face_speed(turns: int) -> list[Figure]:
    import gymnasium
    from visuomotor.cli.benches.steps import Face, paired
    from visuomotor.worlds import gym_face
    gym_face.register()
    environment = gymnasium.make('visuomotor/Grasp-v0', robot='iiwa7')
    rates = []
    for _ in range(turns):
        face = Face(environment)
        rates.append(paired(environment.unwrapped.world, face.run, 1, TURN))
    environment.close()
    return [rate('gymnasium face, actions a second', rates, 0.95)]


def rate(name: str, pairs: list[tuple[list[float], list[float]]], bound: float) -> Figure:
    """Actions of all turns by the seconds of all turns."""
    ours, floor = (float(1 / np.mean(1 / np.ravel([pair[side] for pair in pairs]))) for side in (0, 1))
    return Figure(name, ours, floor, '/s', bound, at_most=False)


def arrivals(frames: int) -> Figure:
    """(c) Every picture of a stretch has to arrive."""
    from visuomotor.cli.benches.frames import listen
    heard = listen(frames, DOMAIN + 2)
    return Figure('640×480 RGB at 30 Hz between processes, arrived', heard.count, heard.count + heard.missing, 'pictures', 1.0,
                  at_most=False)


def interleave(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[list[object], list[object]]:
    pairs = [(first(), second()) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def show(figures: list[Figure]) -> None:
    table = Table(*HEADINGS)
    for figure in figures:
        table.add_row(*figure.row(), style='green' if figure.holds else 'bold red')
    Console().print(table)


def put(file: Path, section: str, text: str) -> None:
    """Replace what stands between the section's two marks."""
    begin, end = f'<!-- bench {section} -->\n', f'<!-- end of bench {section} -->\n'
    before, _, rest = file.read_text().partition(begin)
    _, _, after = rest.partition(end)
    file.write_text(f'{before}{begin}{text}\n{end}{after}')
