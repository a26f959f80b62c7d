"""What is shown while the graph runs: a live table in a terminal, else one line an episode."""
from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from visuomotor.nodes.console.statistics import VERDICTS, Ended, GraphStatistics, rates

FOOT = 'Ctrl-C stops and keeps what was recorded; a second one stops at once'
COLOURS = {'success': 'green', 'failure': 'red', 'aborted': 'yellow', 'unknown': 'dim',
           'pass': 'green', 'clip': 'cyan', 'slow': 'yellow', 'stop': 'red'}


@dataclass(frozen=True)
class Moment:
    """When a look was taken."""

    graph: float    # s of ROS time
    wall: float     # s of this machine


class View:
    """Shows a statistics; `update` is called a few times a second."""

    def __init__(self, title: str, statistics: GraphStatistics, console: Console,
                 quiet: bool = False) -> None:
        self.title = title
        self.statistics = statistics
        self.console = console
        self.quiet = quiet
        self.told: set[int] = set()
        self.before: tuple[Moment, dict[str, int]] | None = None
        self.began: Moment | None = None
        seen = console.is_terminal and not quiet
        self.live = Live(console=console, refresh_per_second=4, transient=True) if seen else None

    def __enter__(self) -> View:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()

    def update(self, now: Moment) -> None:
        for episode in self.newly_ended():
            if not self.quiet:
                self.console.print(line(episode, self.statistics.planned), highlight=False)
        if self.live:
            self.live.update(self.page(now))

    def newly_ended(self) -> list[Ended]:
        """Episodes that are over and stored, or that were overtaken, and have not been told of."""
        known = self.statistics
        fresh = [episode for number, episode in sorted(known.ended.items())
                 if number not in self.told
                 and (number in known.files or number != known.number or known.over)]
        self.told.update(episode.number for episode in fresh)
        return fresh

    def page(self, now: Moment) -> Group:
        """Lay out everything worth seeing."""
        known = self.statistics
        rows = {'episode': self.episode(), 'progress': self.progress(now),
                'results': self.results(),
                'reward': Text(f'{known.reward:.3f}  {known.evidence}'),
                'verdicts': self.verdicts(), 'rates': self.pace(now),
                'policy': Text(f'{known.inference * 1e3:.2f} ms for one inference (median)')}
        table = Table.grid(padding=(0, 2))
        for name, value in rows.items():
            table.add_row(Text(name, style='bold'), value)
        return Group(Text(self.title, style='bold blue'), table, Text(FOOT, style='dim'))

    def episode(self) -> Text:
        of = f' of {self.statistics.planned}' if self.statistics.planned else ''
        return Text(f'{self.statistics.number}{of}, {self.statistics.state}  '
                    f'{self.statistics.message}')

    def progress(self, now: Moment) -> Table | Text:
        """How far the run is, its rate and the time left, by the episodes that are over."""
        self.began = self.began or now
        done = len(self.statistics.ended)
        planned = self.statistics.planned
        wall = now.wall - self.began.wall
        pace = f'{60 * done / wall:.1f} episodes a minute' if done and wall > 0 else ''
        if not planned:
            return Text(pace)
        left = 'time left is known after an episode'
        if done:
            left = f'{pace}, {clock((planned - done) * wall / done)} left'
        bar = Table.grid(padding=(0, 2))
        bar.add_row(ProgressBar(total=planned, completed=done, width=30), Text(left))
        return bar

    def results(self) -> Text:
        counts = self.statistics.results()
        return coloured({name: counts[name] for name in ('success', 'failure', 'aborted')})

    def verdicts(self) -> Text:
        text = coloured({name: self.statistics.verdicts[name] for name in VERDICTS})
        return text.append(f'  {"; ".join(self.statistics.reasons)}', style='dim')

    def pace(self, now: Moment) -> Text:
        """Messages a second of ROS time, and how fast ROS time runs."""
        then, counts = self.before or (now, {})
        if not self.before or now.wall - then.wall >= 1.0:
            self.before = (now, dict(self.statistics.messages))
        seconds, wall = now.graph - then.graph, now.wall - then.wall
        each = rates(counts, dict(self.statistics.messages), seconds)
        speed = f'  time x{seconds / wall:.1f}' if wall > 0 else ''
        said = '  '.join(f'{group} {rate:.0f} Hz' for group, rate in sorted(each.items()))
        return Text(said + speed)


def clock(seconds: float) -> str:
    """Write a span as minutes and seconds, or with hours where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f'{hours}:{minutes:02d}:{rest:02d}' if hours else f'{minutes}:{rest:02d}'


def coloured(counts: dict[str, int]) -> Text:
    return Text('  ').join(Text(f'{name} {count}', style=COLOURS[name])
                           for name, count in counts.items())


def line(episode: Ended, planned: int) -> Text:
    """Say in one line how an episode ended."""
    of = f'/{planned}' if planned else ''
    return Text.assemble(f'episode {episode.number}{of}  ',
                         (episode.result, COLOURS[episode.result]),
                         f'  truth {episode.truth}  return {episode.return_value:.2f}  '
                         f'{episode.duration:.1f} s  {episode.reason}',
                         f'; {episode.lost:.2f} s of real time lost' if episode.lost else '')
