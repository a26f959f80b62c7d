"""`visuomotor bench safety`: hostile company by the million, random moments, and their tables."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from visuomotor.benchmarks import safety_fuzz, safety_moments
from visuomotor.benchmarks.figures import markdown
from visuomotor.benchmarks.safety_fuzz import Fuzz, FuzzStatistics, followers_of
from visuomotor.benchmarks.safety_moments import Moments

ROBOTS = ('iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300', 'minitaur')
SHORT, LONG = 11_000, 1_000_000  # cycles for each robot, shared by its followers
TURN = 20_000                    # cycles of one follower, before the next one's turn
HEADINGS = ('robot', 'follower', 'cycles', 'moving', 'no target', 'refused',
            'commanded: speed, acceleration, jerk', 'measured', 'broken', 'collisions',
            'unanswered', 'holds')
OF_MOMENTS = ('at random moments', 'robot', 'times', 'in motion',
              'commanded: speed, acceleration, jerk', 'broken or collided',
              'not at rest, or wrong source', 's to rest, p50 and most')


def fuzz(robots: Sequence[str], followers: Sequence[str], cycles: int, folder: Path,
         tell: Callable[[FuzzStatistics], None]) -> list[FuzzStatistics]:
    """Fuzz every robot behind every follower in turns, going on from the counts in the folder.
    `cycles` are of each pair."""
    seen: dict[tuple[str, str], FuzzStatistics] = {}
    for goal in [*range(TURN, cycles, TURN), cycles]:
        for robot in robots:
            one = Fuzz(robot)
            for follower in (name for name in followers_of(robot) if name in followers):
                seen[robot, follower] = safety_fuzz.run(robot, follower, goal, folder, tell, one)
            one.close()
    return list(seen.values())


def moments(robots: Sequence[str], brakes: int, takeovers: int) -> dict[str, list[Moments]]:
    """Brake, take over and hand back at random moments."""
    seen: dict[str, list[Moments]] = {'brake': [], 'take over and hand back': []}
    for robot in robots:
        one = Fuzz(robot)
        seen['brake'].append(safety_moments.brakes(one, brakes))
        seen['take over and hand back'].append(safety_moments.takeovers(one, takeovers))
        one.close()
    return seen


def row(seen: FuzzStatistics) -> tuple[str, ...]:
    """One line of the table."""
    answers = sum(seen.verdicts.values())
    falls = f' ({seen.falls} falls)' if seen.falls else ''
    return (seen.robot, seen.follower, f'{seen.cycles:,}{falls}', share(seen.moving, answers),
            share(seen.doubts, answers), f'{seen.refused:,}',
            _worst(seen.worst, 'commanded'), _worst(seen.worst, 'measured'), _told(seen.broken),
            _told(seen.collisions), str(seen.unanswered), 'NO' if seen.violations else 'yes')


def share(part: int, whole: int) -> str:
    return f'{100.0 * part / max(whole, 1):.1f} %'


def _told(counts: Mapping[str, int]) -> str:
    most = sorted(((count, what) for what, count in counts.items() if count), reverse=True)
    named = ', '.join(f'{what} {count}' for count, what in most[:4])
    rest = sum(count for count, _ in most[4:])
    return (named + (f', others {rest}' if rest else '')) or '0'


def _worst(parts: Mapping[str, float], path: str) -> str:
    return ', '.join(f'{part:.4g}' for what, part in parts.items() if what.startswith(path))


def fuzz_markdown(tallies: Sequence[FuzzStatistics]) -> str:
    """Return the table for docs/benchmarks.md."""
    return markdown([row(seen) for seen in tallies], HEADINGS)


def moments_markdown(seen: dict[str, list[Moments]]) -> str:
    """Return the table of brakes and take-overs."""
    rows = []
    for what, all_ in seen.items():
        for one in all_:
            took = f'{np.median(one.seconds):.3f}, {max(one.seconds):.3f}' if one.seconds else ''
            rows.append((what, one.robot, str(one.times), str(one.moving),
                         _worst(one.worst, 'commanded'), _told(one.broken), str(one.restless),
                         took))
    return markdown(rows, OF_MOMENTS)
