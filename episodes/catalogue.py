"""What lies in a folder of episodes, and what in it was interrupted or cannot be read."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visuomotor.episodes import read
from visuomotor.episodes.naming import PART, number_of
from visuomotor.specs.codes import Result
from visuomotor.specs.errors import Unreadable


@dataclass(frozen=True)
class Entry:
    """One committed episode, as its metadata tells it."""

    path: Path
    number: int
    robot: str
    task: str
    policy: str
    policy_hash: str
    seed: str
    result: str           # a name of codes.Result: by the detector or a person's label
    truth: str            # the same, by the simulator
    return_value: float   # sum of rewards, task units
    duration: float       # s
    reason: str
    messages: int
    bytes: int


@dataclass(frozen=True)
class Catalogue:
    """Every episode below a folder, in order, and what stands in the way of reading the others."""

    episodes: tuple[Entry, ...]
    unreadable: tuple[str, ...]    # one sentence for each file that is no complete episode
    interrupted: tuple[Path, ...]  # `.part` files: a process died while writing them


def catalogue(folder: Path) -> Catalogue:
    """List the episodes below a folder; a file that cannot be read never hides the others."""
    episodes, unreadable = [], []
    for path in sorted(filter(number_of, folder.rglob('episode_*.mcap'))):
        try:
            episodes.append(entry(path))
        except Unreadable as error:
            unreadable.append(str(error))
    parts = sorted(filter(number_of, folder.rglob(f'episode_*.mcap{PART}')))
    return Catalogue(tuple(episodes), tuple(unreadable), tuple(parts))


def entry(path: Path) -> Entry:
    """Describe one committed episode from its metadata."""
    known = read.metadata(path)
    try:
        result, truth = (Result[known[name]].name for name in ('result', 'truth'))
        return Entry(
            path, number_of(path), known['robot'], known['task'], known['policy'],
            known['policy_hash'], known['seed'], result, truth, float(known['return_value']),
            float(known['duration']), known['reason'], sum(read.counts(path).values()),
            path.stat().st_size)
    except (KeyError, ValueError) as error:
        raise Unreadable(f'{path} has no complete metadata of an episode: {error}.') from error
