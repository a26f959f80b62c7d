"""`visuomotor bench safety`: hostile proposals by the thousand or the million, and what a beat of the filter costs."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from visuomotor.cli.benches import safety_cost, safety_fuzz
from visuomotor.cli.benches.figures import Figure
from visuomotor.cli.benches.safety_fuzz import Tally

ROBOTS = ('iiwa7', 'j2n6s300', 'minitaur')
SHORT, LONG = 5_000, 1_000_000  # cycles for each robot
MOST = 400.0                    # us, p50 of a cycle with collisions looked at
HEADINGS = ('robot', 'cycles', 'proposals', 'refused', 'pass', 'clip', 'slow', 'stop',
            'largest part of speed, acceleration, jerk limit', 'limits broken', 'collisions', 'without a verdict or reason')


def fuzz(robots: Sequence[str], cycles: int, folder: Path, tell: Callable[[Tally], None]) -> list[Tally]:
    """Fuzz robot after robot, going on from the tallies in the folder."""
    return [safety_fuzz.run(robot, cycles, folder / f'safety_{robot}.json', tell) for robot in robots]


def cost(robot: str, cycles: int) -> list[Figure]:
    """p50 and p99 of a cycle, and their ratios to ruckig and coal called barely."""
    costs = safety_cost.measure(robot, cycles)
    ours, way_out, here = (np.array(column) * 1e6 for column in (costs.ours, costs.way_out, costs.here))
    figures = [Figure(f'{robot}: a cycle, p50, against {MOST:g} us', float(np.median(ours)), MOST, 'us', 1.0)]
    for q in (50, 99):
        mine, floor, least = (float(np.percentile(column, q)) for column in (ours, way_out, here))
        figures.append(Figure(f'{robot}: a cycle, p{q}, against bare ruckig and coal along the way out', mine, floor, 'us', 1.5))
        figures.append(Figure(f'{robot}: a cycle, p{q}, against bare ruckig and coal at one posture', mine, least, 'us', np.inf))
    return figures


def row(tally: Tally) -> tuple[str, ...]:
    """One line of the table."""
    worst = ', '.join(f'{tally.worst.get(what, 0.0):.6f}' for what in ('speed', 'acceleration', 'jerk'))
    verdicts = [str(tally.verdicts[name]) for name in ('PASS', 'CLIP', 'SLOW', 'STOP')]
    return (tally.robot, f'{tally.cycles:,}', f'{tally.heard:,}', f'{tally.refused:,}', *verdicts, worst,
            str(sum(tally.broken.values())), str(sum(tally.collisions.values())), str(tally.unanswered))


def markdown(tallies: Sequence[Tally]) -> str:
    """Return the table for docs/benchmarks.md."""
    rows = [HEADINGS, ('---',) * len(HEADINGS), *(row(tally) for tally in tallies)]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in rows)
