"""`visuomotor bench …`: speed, each figure as a ratio to a floor measured in the same run."""
from __future__ import annotations

from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from typer import Option
from visuomotor.benchmarks.figures import HEADINGS, Figure, markdown
from visuomotor.nodes._ros import environment
from visuomotor.specs import settings

DOMAIN = 88  # of the bench's own graphs, so that they meet nobody else's


def add(app: typer.Typer) -> None:
    benches = typer.Typer(no_args_is_help=True, help='Measure speed against bare floors. Example: '
                                                     '[bold]visuomotor bench graph[/bold]')
    benches.callback()(lambda: None)  # typer takes a lone command for the whole program otherwise
    benches.command()(graph)
    benches.command()(safety)
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
    show(figures)
    if write:
        put(Path(write), 'graph', markdown([figure.row() for figure in figures]))
    raise typer.Exit(0 if all(figure.holds for figure in figures) else 1)


def safety(
    robots: str = Option('iiwa7,j2n6s300,minitaur', help='which, with commas between'),
    long: bool = Option(False, '--long', help='a million cycles a robot; goes on where it ended'),
    cycles: int = Option(0, help='for each robot; 0: 5,000, or a million with --long'),
    folder: str = Option('data/bench', help='where the tallies are kept'),
    write: str = Option('', help='put the tables into this file, such as docs/benchmarks.md'),
) -> None:
    """Measure the safety filter: hostile proposals, judged by PyBullet and by differences, and what
    a cycle costs.

    Example: [bold]visuomotor bench safety --long --write docs/benchmarks.md[/bold]
    """
    environment.prepare()
    from visuomotor.benchmarks import safety as bench
    from visuomotor.benchmarks import safety_kill
    console = Console(soft_wrap=True)
    wanted = cycles or (bench.LONG if long else bench.SHORT)
    names = [settings.choose('robot', name, bench.ROBOTS) for name in robots.split(',')]
    tell = partial(console.print, markup=False)
    tallies = bench.fuzz(names, wanted, Path(folder),
                         lambda statistics: tell('  '.join(bench.row(statistics))))
    figures = [figure for name in names if name != 'minitaur' for figure in bench.cost(name, 6000)]
    show(figures)
    seen = bench.moments(names, *((1000, 200) if long else (50, 20)))
    killed = safety_kill.kills(50 if long else 3, DOMAIN + 3)
    parts = [bench.fuzz_markdown(tallies), bench.moments_markdown(seen),
             bench.kills_markdown(killed), markdown([figure.row() for figure in figures])]
    console.print('\n\n'.join(parts[1:3]), markup=False)
    if write:
        put(Path(write), 'safety', '\n\n'.join(parts))
    holds = all(figure.holds for figure in figures)
    clean = not any(statistics.violations for statistics in tallies)
    calm = not any(one.restless or one.broken.total() for all_ in seen.values() for one in all_)
    obeyed = not (killed.late or killed.forgotten)
    raise typer.Exit(0 if holds and clean and calm and obeyed else 1)


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
