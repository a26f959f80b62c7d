"""The table at the end of a run."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from rich.table import Table
from visuomotor.evaluation.statistics import wilson
from visuomotor.nodes.console.statistics import VERDICTS, GraphStatistics

BEHIND = 0.9   # part of the control rate below which real time was not kept


@dataclass(frozen=True)
class Effort:
    """What a run took, once it was started."""

    wall: float     # s of this machine
    steps: int      # control steps
    rate: float = 0.0   # Hz that the robot wants in real time; 0: any

    @property
    def pace(self) -> float:
        return self.steps / self.wall if self.wall > 0 else 0.0

    @property
    def behind(self) -> str:
        """Say that real time was not kept, or ''."""
        if self.pace >= BEHIND * self.rate:
            return ''
        return (f'; the robot wants {self.rate:.0f}: this machine was too busy, so do not trust '
                'these results')


def facts(title: str, statistics: GraphStatistics, effort: Effort) -> dict[str, Any]:
    """Sum up a run in numbers, for other programs."""
    ended = list(statistics.ended.values())
    return {'title': title, 'results': dict(statistics.results()),
            'truth': dict(Counter(e.truth for e in ended)),
            'returns': [e.return_value for e in ended], 'durations': [e.duration for e in ended],
            'verdicts': dict(statistics.verdicts), 'inference': statistics.inference,
            'lost': [e.lost for e in ended],
            'wall': effort.wall, 'steps': effort.steps, 'behind': bool(effort.behind),
            'files': [file for _, file in sorted(statistics.files.items())]}


def rows(statistics: GraphStatistics, effort: Effort) -> list[tuple[str, str]]:
    """Sum up a run."""
    ended = list(statistics.ended.values())
    judged = [e for e in ended if e.result in ('success', 'failure')]
    known = [e for e in judged if e.truth in ('success', 'failure')]
    late = [e.lost for e in ended if e.lost]
    return [
        *([('real time', f'{sum(late):.2f} s lost in {len(late)} episodes: do not trust them')]
          if late else []),
        ('episodes', f'{len(ended)}, {len(ended) - len(judged)} of them aborted or not judged'),
        ('success by detector', share([e.result == 'success' for e in judged])),
        ('success in truth', share([e.truth == 'success' for e in known])),
        ('detector right', share([e.result == e.truth for e in known])),
        ('mean return', f'{fmean(e.return_value for e in ended):.3f}' if ended else 'none'),
        ('mean duration', f'{fmean(e.duration for e in ended):.2f} s' if ended else 'none'),
        ('verdicts', '  '.join(f'{name} {statistics.verdicts[name]}' for name in VERDICTS)),
        ('inference', f'{statistics.inference * 1e3:.2f} ms (median)'),
        ('wall time', f'{effort.wall:.1f} s'),
        ('control steps', f'{effort.steps}, {effort.pace:.0f} a second{effort.behind}'),
    ]


def share(outcomes: list[bool]) -> str:
    """Say how many of how many, and the 95 % interval of the share."""
    if not outcomes:
        return 'none'
    low, high = wilson(sum(outcomes), len(outcomes))
    return (f'{sum(outcomes)} of {len(outcomes)} = {sum(outcomes) / len(outcomes):.0%} '
            f'(95 % interval {low:.0%} .. {high:.0%})')


def table(title: str, statistics: GraphStatistics, effort: Effort) -> Table:
    """Lay the rows out for a terminal or a log."""
    found = Table(title=title, show_header=False, title_justify='left', title_style='bold')
    for row in rows(statistics, effort):
        found.add_row(*row)
    return found
