"""Where the stop of a graph is kept: with the run of a simulated robot, as the next run begins
afresh; of a real robot with its user, so that no next launch forgets it."""
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from visuomotor.robots import registry
from visuomotor.safety import latch
from visuomotor.safety.latch import Latch

NAME = 'stop.json'


def stop_file(world: str, robot: str, run: Path, *namespaces: str) -> Path:
    """Return the file of a robot's stop: each robot of a run has its own."""
    within = state_folder(os.environ) / robot if registry.WORLDS[world].real else run
    return within.joinpath(*'/'.join(namespaces).strip('/').split('/'), NAME)


def state_folder(environment: Mapping[str, str]) -> Path:
    """Return where this user keeps what outlives every run, by the standard of XDG."""
    named = environment.get('XDG_STATE_HOME', '')
    state = Path(named) if named.startswith('/') else Path.home() / '.local' / 'state'
    return state / 'visuomotor'


def lay_out(world: str, file: Path) -> None:
    """Give a new run of a simulated robot its file: where it is missing later, it was deleted."""
    if not (registry.WORLDS[world].real or file.parent.exists()):
        latch.store(file, Latch(armed=True))
