"""Where episodes lie: <data>/<robot>-<task>/<run>/episode_00001.mcap, `.part` until committed."""
from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from visuomotor.specs.errors import BadInput

PART = '.part'
PATTERN = re.compile(r'episode_(\d+)\.mcap(\.part)?$')


def run_folder(data: Path, robot: str, task: str, run: str) -> Path:
    """Return the folder of one run: its name is one folder, so that it never leaves the data."""
    if not re.fullmatch(r'[\w][\w.-]*', run):
        raise BadInput(f"A run's name is letters, digits, . _ and -, such as monday-1, but '{run}' "
                       'came; the data folder says where runs lie.')
    return data / f'{robot}-{task}' / run


def episode_file(folder: Path, number: int) -> Path:
    """Return the file of one episode; five digits keep a listing in order."""
    return folder / f'episode_{number:05d}.mcap'


def part_of(path: Path) -> Path:
    """Return the name that an episode has while it is being written."""
    return path.with_name(path.name + PART)


def number_of(path: Path) -> int:
    """Return the number in a file's name; 0: this is no episode."""
    match = PATTERN.fullmatch(path.name)
    return int(match.group(1)) if match else 0


def next_number(folder: Path) -> int:
    """Return the number after the highest in use, interrupted ones too: none is written over."""
    return 1 + max((number_of(path) for path in folder.glob('episode_*')), default=0)


def mark_latest(folder: Path) -> None:
    """Let `latest` beside a run's folder lead to it; a file system without links goes without."""
    link = folder.parent / 'latest'
    with suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        if link.is_symlink() and folder != link:
            link.unlink()
        if not link.exists():
            link.symlink_to(folder.name)
