"""`visuomotor bench safety`: hostile proposals by the million, and what a beat costs."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from visuomotor.benchmarks import safety_cost, safety_fuzz, safety_moments
from visuomotor.benchmarks.figures import Figure, markdown
from visuomotor.benchmarks.safety_fuzz import Fuzz, GraphStatistics
from visuomotor.benchmarks.safety_kill import Kills
from visuomotor.benchmarks.safety_moments import Moments

ROBOTS = ('iiwa7', 'j2n6s300', 'minitaur')
SHORT, LONG = 5_000, 1_000_000  # cycles for each robot
MOST = 400.0                    # us, p50 of a cycle with collisions looked at
HEADINGS = ('robot', 'cycles', 'proposals', 'refused', 'pass', 'clip', 'slow', 'stop',
            'largest part of speed, acceleration, jerk limit', 'limits broken', 'collisions',
            'unanswered')
OF_MOMENTS = ('at random moments', 'robot', 'times', 'in motion',
              'largest part of speed, acceleration, jerk limit', 'broken or collided',
              'not at rest, or wrong source', 's to rest, p50 and most')


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




def row(statistics: GraphStatistics) -> tuple[str, ...]:
    """One line of the table."""
    counts = (statistics.cycles, statistics.heard, statistics.refused)
    verdicts = (statistics.verdicts[name] for name in ('PASS', 'CLIP', 'SLOW', 'STOP'))
    return (statistics.robot, *(f'{count:,}' for count in counts), *map(str, verdicts),
            _worst(statistics.worst), str(statistics.broken.total()),
            str(statistics.collisions.total()), str(statistics.unanswered))


def _worst(parts: Mapping[str, float]) -> str:
    return ', '.join(f'{parts.get(what, 0.0):.6f}' for what in ('speed', 'acceleration', 'jerk'))


def fuzz_markdown(tallies: Sequence[GraphStatistics]) -> str:
    """Return the table for docs/benchmarks.md."""
    return markdown([row(statistics) for statistics in tallies], HEADINGS)


def moments_markdown(seen: dict[str, list[Moments]]) -> str:
    """Return the table of brakes and take-overs."""
    rows = []
    for what, all_ in seen.items():
        for one in all_:
            took = f'{np.median(one.seconds):.3f}, {max(one.seconds):.3f}' if one.seconds else ''
            rows.append((what, one.robot, str(one.times), str(one.moving), _worst(one.worst),
                         str(one.broken.total()), str(one.restless), took))
    return markdown(rows, OF_MOMENTS)


def kills_markdown(seen: Kills) -> str:
    """Return one sentence about the kills."""
    return (f'Killed {seen.times} times in motion ({min(seen.speeds):.2f} .. '
            f'{max(seen.speeds):.2f} rad/s): the driver held {np.median(seen.held):.3f} s after '
            f'the last command (p50), {max(seen.held):.3f} s at most; {seen.late} later than '
            f'allowed; {seen.forgotten} stops forgotten by a restart.')
