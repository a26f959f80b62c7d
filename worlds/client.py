"""One physics client: PyBullet's functions bound to their own simulation, so that several worlds live side by side."""
from __future__ import annotations

import functools
import inspect
from typing import Any

import pybullet
from visuomotor.specs.errors import BadInput


class Client:
    """PyBullet's functions, called on one simulation; constants come through unchanged."""

    def __init__(self, gui: bool = False) -> None:
        self.number = pybullet.connect(pybullet.GUI if gui else pybullet.DIRECT)
        if self.number < 0:
            raise BadInput('PyBullet could not open its window; leave out gui on a machine without a display.')
        for name, value in inspect.getmembers(pybullet):
            if not name.startswith('_') and name not in ('connect', 'disconnect'):
                bound = functools.partial(value, physicsClientId=self.number) if inspect.isbuiltin(value) else value
                setattr(self, name, bound)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f'PyBullet has no {name}')

    def close(self) -> None:
        """End the simulation; harmless when it has ended."""
        if self.number >= 0:
            pybullet.disconnect(physicsClientId=self.number)
        self.number = -1
