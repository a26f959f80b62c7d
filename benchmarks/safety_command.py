"""`visuomotor bench safety …`: one command a question, and without one all of them."""
from __future__ import annotations

from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from typer import Option
from visuomotor.benchmarks.figures import put, show
from visuomotor.nodes._ros import environment
from visuomotor.specs import settings

DOMAIN = 91  # of these benches' own graphs, so that they meet nobody else's
LONG = Option(False, '--long', help='as many as for docs/benchmarks.md, instead of a few')
WRITE = Option('', help='put the tables into this file, such as docs/benchmarks.md')
SEED = Option(0, help='of what is drawn', min=0)


def add(benches: typer.Typer) -> None:
    safety = typer.Typer(help='Measure the safety filter, judged by other code than its own. '
                              'Without a command: all of them. Example: '
                              '[bold]visuomotor bench safety fuzz --long[/bold]')
    safety.callback(invoke_without_command=True)(everything)
    for command in (fuzz, moments, kill, latency, contact, cost):
        safety.command()(command)
    benches.add_typer(safety, name='safety')


def everything(context: typer.Context, long: bool = LONG, write: str = WRITE) -> None:
    """Ask every question in turn; the exit status is 1 when a line does not hold."""
    if context.invoked_subcommand:
        return
    held = [_fuzz(long=long, write=write), _moments(long, write), _latency(long, write),
            _kill(200 if long else 2, write), _contact(write), _cost(long, write)]
    raise typer.Exit(0 if all(held) else 1)


def fuzz(
    robots: str = Option('', help='which, with commas between; none: all five'),
    followers: str = Option('', help='which, with commas between; none: all'),
    long: bool = Option(False, '--long', help='a million cycles a robot, shared by its followers; '
                                              'goes on where it ended'),
    cycles: int = Option(0, help='for each robot and follower, instead', min=0),
    folder: str = Option('data/bench', help='where the counts are kept'),
    write: str = WRITE,
) -> None:
    """Hostile proposals, behind followers that are perfect, late, off, noisy, or lie.

    Example: [bold]visuomotor bench safety fuzz --robots iiwa7 --followers jitter,clock[/bold]
    """
    raise typer.Exit(0 if _fuzz(robots, followers, long, cycles, folder, write) else 1)


def _fuzz(robots: str = '', followers: str = '', long: bool = False, cycles: int = 0,
          folder: str = 'data/bench', write: str = '') -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety as bench
    from visuomotor.benchmarks.safety_fuzz import TELLINGS
    names = [settings.choose('robot', name, bench.ROBOTS) for name in words(robots, bench.ROBOTS)]
    ways = [settings.choose('follower', name, TELLINGS) for name in words(followers, TELLINGS)]
    wanted = cycles or (bench.LONG if long else bench.SHORT) // len(TELLINGS)
    console = Console(soft_wrap=True)
    try:
        seen = bench.fuzz(names, ways, wanted, Path(folder), lambda one: console.print(
            '  '.join(bench.row(one)), markup=False))
    except KeyboardInterrupt:
        console.print(f'Ended; the counts so far are in {folder}, and the next run goes on there.')
        raise typer.Exit(130) from None
    tell(bench.fuzz_markdown(seen), 'safety', write)
    return not any(one.violations for one in seen)


def words(given: str, every: object) -> list[str]:
    """Return the words between commas, or all that there are."""
    return given.split(',') if given else list(every)  # type: ignore[call-overload]


def moments(long: bool = LONG, write: str = WRITE) -> None:
    """Brakes and take-overs at random moments."""
    raise typer.Exit(0 if _moments(long, write) else 1)


def _moments(long: bool, write: str) -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety as bench
    seen = bench.moments(bench.ROBOTS, *((1000, 200) if long else (30, 10)))
    tell(bench.moments_markdown(seen), 'safety moments', write)
    return not any(one.restless or one.broken.total() for all_ in seen.values() for one in all_)


def kill(
    times: int = Option(2, help='of SIGKILL and of SIGSTOP, for each program', min=1),
    programs: str = Option('safety,driver', help='which, with a comma between'),
    signals: str = Option('SIGKILL,SIGSTOP', help='which, with a comma between'),
    folder: str = Option('', help='where the counts are kept, and gone on from; none: anew'),
    seconds: float = Option(0.0, help='after which it ends and tells what it has; 0: never', min=0),
    seed: int = SEED,
    write: str = WRITE,
) -> None:
    """Kill and freeze the safety program and the driver program at full speed, and judge the path
    that was measured on the simulated arm.

    Example: [bold]visuomotor bench safety kill --times 200 --folder data/bench[/bold]
    """
    raise typer.Exit(0 if _kill(times, write, seed, programs, signals, folder, seconds) else 1)


def _kill(times: int, write: str, seed: int = 0, programs: str = 'safety,driver',
          signals: str = 'SIGKILL,SIGSTOP', folder: str = '', seconds: float = 0.0) -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety_kill
    console = Console(soft_wrap=True)
    who = tuple(settings.choose('program', name, ('safety', 'driver'))
                for name in programs.split(','))
    how = tuple(settings.choose('signal', name, ('SIGKILL', 'SIGSTOP'))
                for name in signals.split(','))
    seen = safety_kill.run(times, DOMAIN, seed, partial(console.print, markup=False), who, how,
                           Path(folder) if folder else None, seconds or float('inf'))
    tell(safety_kill.table(seen), 'safety kill', write)
    return not any(one.failed for one in seen)


def latency(long: bool = LONG, write: str = WRITE) -> None:
    """From a stop being called to the first command that brakes and to rest: idle, among busy
    loops, beside a busy disk, in a flood of messages."""
    raise typer.Exit(0 if _latency(long, write) else 1)


def _latency(long: bool, write: str) -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety_latency
    console = Console(soft_wrap=True)
    seen = safety_latency.run(200 if long else 5, DOMAIN, partial(console.print, markup=False))
    tell(safety_latency.table(seen), 'safety latency', write)
    return all(one.holds for one in seen)


def contact(
    against: str = Option('', help='a commit; what its filter does stands before each figure'),
    write: str = Option('', help='put the table into this file, such as docs/safety.md'),
) -> None:
    """Peak force and duration when a moving arm meets a stiff and a soft post.

    Example: [bold]visuomotor bench safety contact --against 42ed1f4[/bold]
    """
    raise typer.Exit(0 if _contact(write, against) else 1)


def _contact(write: str, against: str = '') -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety_contact as bench
    for robot in bench.ROBOTS:
        Console(soft_wrap=True).print(bench.limits(robot), markup=False)
    seen = bench.run()
    before = bench.run_elsewhere(against) if against else []
    tell(bench.compared(before, seen) if before else bench.table(seen), 'safety contact', write)
    return True   # figures to be read; what a person may bear is not for software to say


def cost(
    long: bool = LONG,
    against: str = Option('', help='a commit; its filter takes turns with ours, and ours may take '
                                   'at most 1.1 times its time'),
    write: str = WRITE,
) -> None:
    """What a cycle costs, beside bare ruckig and coal and, if wanted, beside another commit.

    Example: [bold]visuomotor bench safety cost --against 42ed1f4[/bold]
    """
    raise typer.Exit(0 if _cost(long, write, against) else 1)


def _cost(long: bool, write: str, against: str = '') -> bool:
    environment.prepare()
    from visuomotor.benchmarks import safety_cost
    cycles = 6000 if long else 900
    figures = [figure for robot in safety_cost.ROBOTS
               for figure in safety_cost.figures(robot, cycles)]
    if against:
        from visuomotor.benchmarks import safety_turns
        from visuomotor.benchmarks.safety_followers import TASKS
        figures += [safety_turns.figure(robot, TASKS[robot], against, cycles)
                    for robot in safety_cost.ROBOTS]
    show(figures, 'safety cost', write)
    return all(figure.holds for figure in figures)


def tell(text: str, section: str, write: str) -> None:
    """Print a table, and put it into a file if one is given."""
    Console(soft_wrap=True).print(text, markup=False)
    if write:
        put(Path(write), section, text)
