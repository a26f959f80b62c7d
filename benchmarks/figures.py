"""Figures, their floors and their ratios, as a table for people and for docs/benchmarks.md."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its floor. `bound` is the ratio that has to hold."""

    name: str
    ours: float
    floor: float
    unit: str
    bound: float
    at_most: bool = True  # False: the ratio has to be at least the bound

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def holds(self) -> bool:
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound

    def row(self) -> list[str]:
        sign = '≤' if self.at_most else '≥'
        measured = [self.name, f'{self.ours:.4g} {self.unit}', f'{self.floor:.4g} {self.unit}',
                    f'{self.ratio:.2f}']
        if np.isinf(self.bound):  # told for comparison
            return [*measured, 'none', '–']
        return [*measured, f'{sign} {self.bound:g}', 'yes' if self.holds else 'NO']


HEADINGS = ('figure', 'ours', 'floor', 'ratio', 'wanted', 'holds')


def percentiles(name: str, ours: Sequence[float], floor: Sequence[float],
                bound: float) -> list[Figure]:
    """p50 and p99 of durations in seconds, in milliseconds."""
    def at(values: Sequence[float], q: int) -> float:
        return float(np.percentile(values, q)) * 1e3
    return [Figure(f'{name}, p{q}', at(ours, q), at(floor, q), 'ms', bound) for q in (50, 99)]


def markdown(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> str:
    """Return the table for docs/benchmarks.md."""
    lines = [headings, ('---',) * len(headings), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)


def show(figures: Sequence[Figure], section: str, write: str) -> None:
    """Print figures for people, and put them into a file if one is given."""
    table = Table(*HEADINGS)
    for figure in figures:
        table.add_row(*figure.row(), style='green' if figure.holds else 'bold red')
    Console().print(table)
    if write:
        put(Path(write), section, markdown([figure.row() for figure in figures]))


def put(file: Path, section: str, text: str) -> None:
    """Replace what stands between the section's two marks."""
    begin, end = f'<!-- bench {section} -->\n', f'<!-- end of bench {section} -->\n'
    before, _, rest = file.read_text().partition(begin)
    _, _, after = rest.partition(end)
    file.write_text(f'{before}{begin}{text}\n{end}{after}')
