"""`visuomotor bench safety`. Hostile proposals by the thousand or the million, and what a beat of
the filter costs."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from visuomotor.benchmarks import safety_cost, safety_fuzz, safety_moments
from visuomotor.benchmarks.figures import Figure
from visuomotor.benchmarks.safety_fuzz import Fuzz, GraphStatistics
from visuomotor.benchmarks.safety_moments import Moments

if TYPE_CHECKING:
    from visuomotor.benchmarks.safety_kill import Kills

ROBOTS = ('iiwa7', 'j2n6s300', 'minitaur')
SHORT, LONG = 5_000, 1_000_000  # cycles for each robot
MOST = 400.0                    # us, p50 of a cycle with collisions looked at
HEADINGS = ('robot', 'cycles', 'proposals', 'refused', 'pass', 'clip', 'slow', 'stop',
            'largest part of speed, acceleration, jerk limit', 'limits broken', 'collisions',
            'unanswered')


def fuzz(robots: Sequence[str], cycles: int, folder: Path,
         tell: Callable[[GraphStatistics], None]) -> list[GraphStatistics]:
    """Fuzz robot after robot, going on from the tallies in the folder."""
    return [safety_fuzz.run(robot, cycles, folder / f'safety_{robot}.json', tell)
            for robot in robots]


def cost(robot: str, cycles: int) -> list[Figure]:
    """p50 and p99 of a cycle, and their ratios to ruckig and coal called barely."""
    costs = safety_cost.measure(robot, cycles)
    ours, way_out, here = (np.array(column) * 1e6
                           for column in (costs.ours, costs.way_out, costs.here))
    figures = [Figure(f'{robot}: a cycle, p50, against {MOST:g} us', float(np.median(ours)), MOST,
                      'us', 1.0)]
    for q in (50, 99):
        mine, floor, least = (float(np.percentile(column, q)) for column in (ours, way_out, here))
        name = f'{robot}: a cycle, p{q}, against bare ruckig and coal'
        figures.append(Figure(f'{name} along the way out', mine, floor, 'us', 1.5))
        figures.append(Figure(f'{name} at one posture', mine, least, 'us', np.inf))
    return figures


def moments(robots: Sequence[str], brakes: int, takeovers: int) -> dict[str, list[Moments]]:
    """Brake, take over and hand back at random moments."""
    seen: dict[str, list[Moments]] = {'brake': [], 'take over and hand back': []}
    for robot in robots:
        fuzz = Fuzz(robot)
        seen['brake'].append(safety_moments.brakes(fuzz, brakes))
        seen['take over and hand back'].append(safety_moments.takeovers(fuzz, takeovers))
        fuzz.close()
    return seen


def kills(times: int, domain: int) -> Kills:
    """Kill the safety program in motion."""
    from visuomotor.benchmarks import safety_kill
    return safety_kill.kills(times, domain)


def row(statistics: GraphStatistics) -> tuple[str, ...]:
    """One line of the table."""
    worst = ', '.join(f'{statistics.worst.get(what, 0.0):.6f}'
                      for what in ('speed', 'acceleration', 'jerk'))
    verdicts = [str(statistics.verdicts[name]) for name in ('PASS', 'CLIP', 'SLOW', 'STOP')]
    return (statistics.robot, f'{statistics.cycles:,}', f'{statistics.heard:,}',
            f'{statistics.refused:,}', *verdicts, worst,
            str(sum(statistics.broken.values())), str(sum(statistics.collisions.values())),
            str(statistics.unanswered))


def markdown(tallies: Sequence[GraphStatistics]) -> str:
    """Return the table for docs/benchmarks.md."""
    rows = [HEADINGS, ('---',) * len(HEADINGS), *(row(statistics) for statistics in tallies)]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in rows)


def moments_markdown(seen: dict[str, list[Moments]]) -> str:
    """Return the table of brakes and take-overs."""
    rows = ['| at random moments | robot | times | in motion | largest part of speed, '
            'acceleration, jerk limit '
            '| broken or collided | not at rest, or wrong source | s to rest, p50 and most |', '|'
            + ' --- |' * 8]
    for what, all_ in seen.items():
        for one in all_:
            worst = ', '.join(f'{one.worst[limit]:.6f}'
                              for limit in ('speed', 'acceleration', 'jerk'))
            took = f'{np.median(one.seconds):.3f}, {max(one.seconds):.3f}' if one.seconds else ''
            rows.append(f'| {what} | {one.robot} | {one.times} | {one.moving} | {worst} | '
                        f'{sum(one.broken.values())} '
                        f'| {one.restless} | {took} |')
    return '\n'.join(rows)


def kills_markdown(seen: Kills) -> str:
    """Return one sentence about the kills."""
    return (f'Killed {seen.times} times in motion ({min(seen.speeds):.2f} .. '
            f'{max(seen.speeds):.2f} rad/s): the driver '
            f'held {np.median(seen.held):.3f} s after the last command (p50), {max(seen.held):.3f} '
            's at most; '
            f'{seen.late} later than allowed; {seen.forgotten} stops forgotten by a restart.')
