"""One physics client: PyBullet's functions bound to one simulation; several live side by side."""
from __future__ import annotations

import functools
import importlib
import inspect
import os
import subprocess
import sys
from typing import Any

from visuomotor.specs.errors import BadInput


def _load() -> Any:
    """Import PyBullet without its greeting, the date of its build on the standard error."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        return importlib.import_module('pybullet')
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


pybullet = _load()
WINDOW = 'import pybullet; raise SystemExit(0 if pybullet.connect(pybullet.GUI) >= 0 else 1)'


@functools.lru_cache
def window_opens() -> bool:
    """Try a window once, in a process of its own: without a display PyBullet ends its process."""
    return bool(os.environ.get('DISPLAY')) and subprocess.run(
        [sys.executable, '-c', WINDOW], capture_output=True, timeout=60).returncode == 0


class Client:
    """PyBullet's functions, called on one simulation; constants come through unchanged."""

    def __init__(self, gui: bool = False) -> None:
        if gui and not window_opens():
            raise BadInput('PyBullet can open no window here; a viewer needs a display, so set '
                           'DISPLAY or do without.')
        self.number = pybullet.connect(pybullet.GUI if gui else pybullet.DIRECT)
        for name, value in inspect.getmembers(pybullet):
            if not name.startswith('_') and name not in ('connect', 'disconnect'):
                if inspect.isbuiltin(value):
                    value = functools.partial(value, physicsClientId=self.number)
                setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f'PyBullet has no {name}')

    def close(self) -> None:
        """End the simulation; harmless when it has ended."""
        if self.number >= 0:
            pybullet.disconnect(physicsClientId=self.number)
        self.number = -1
