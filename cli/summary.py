"""The table at the end of a run."""
from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from rich.table import Table
from visuomotor.evaluation.statistics import wilson
from visuomotor.nodes.console.statistics import VERDICTS, GraphStatistics


@dataclass(frozen=True)
class Effort:
    """What a run took, once it was started."""

    wall: float     # s of this machine
    steps: int      # control steps

    @property
    def pace(self) -> float:
        return self.steps / self.wall if self.wall > 0 else 0.0


def rows(statistics: GraphStatistics, effort: Effort) -> list[tuple[str, str]]:
    """Sum up a run."""
    ended = list(statistics.ended.values())
    judged = [e for e in ended if e.result in ('success', 'failure')]
    known = [e for e in judged if e.truth in ('success', 'failure')]
    return [
        ('episodes', f'{len(ended)}, {len(ended) - len(judged)} of them aborted or not judged'),
        ('success by detector', share([e.result == 'success' for e in judged])),
        ('success in truth', share([e.truth == 'success' for e in known])),
        ('detector right', share([e.result == e.truth for e in known])),
        ('mean return', f'{fmean(e.return_value for e in ended):.3f}' if ended else 'none'),
        ('mean duration', f'{fmean(e.duration for e in ended):.2f} s' if ended else 'none'),
        ('verdicts', '  '.join(f'{name} {statistics.verdicts[name]}' for name in VERDICTS)),
        ('inference', f'{statistics.inference * 1e3:.2f} ms (median)'),
        ('wall time', f'{effort.wall:.1f} s'),
        ('control steps', f'{effort.steps}, {effort.pace:.0f} a second'),
    ]


def share(outcomes: list[bool]) -> str:
    """Say how many of how many, and the 95 % interval of the share."""
    if not outcomes:
        return 'none'
    low, high = wilson(sum(outcomes), len(outcomes))
    mean = sum(outcomes) / len(outcomes)
    return f'{sum(outcomes)} of {len(outcomes)} = {mean:.0%} (95 % interval {low:.0%} .. {high:.0%})'


def table(title: str, statistics: GraphStatistics, effort: Effort) -> Table:
    """Lay the rows out for a terminal or a log."""
    found = Table(title=title, show_header=False, title_justify='left', title_style='bold')
    for row in rows(statistics, effort):
        found.add_row(*row)
    return found
