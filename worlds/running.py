"""Which simulated world belongs to which namespace of this process: cameras find it here."""
from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from visuomotor.specs.errors import BadInput
from visuomotor.worlds.interface import World

_worlds: dict[str, Shown] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Shown:
    """A world, and how its seconds become those of the graph."""

    world: World
    graph_time: Callable[[float], float]


def publish(namespace: str, world: World, graph_time: Callable[[float], float] = float) -> None:
    """Let others of this process find the world; one namespace has one world."""
    with _lock:
        if namespace in _worlds:
            raise BadInput(f"Namespace '{namespace}' has a world already; give the second robot "
                           "another namespace.")
        _worlds[namespace] = Shown(world, graph_time)


def find(namespace: str) -> World:
    """Return the world of a namespace."""
    return _shown(namespace).world


def graph_time(namespace: str, seconds: float) -> float:
    """Say when a moment of the world is on the graph's clock."""
    return _shown(namespace).graph_time(seconds)


def withdraw(namespace: str) -> None:
    """Forget the world of a namespace; harmless when there is none."""
    with _lock:
        _worlds.pop(namespace, None)


def _shown(namespace: str) -> Shown:
    with _lock:
        if namespace not in _worlds:
            raise BadInput(f"Namespace '{namespace}' has no simulated world in this process; start "
                           'its driver with world:=sim in the same process, before the cameras.')
        return _worlds[namespace]
