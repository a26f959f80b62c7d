"""The machine at the other end of the loopback wire, with a plant that moves in its place."""
from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from visuomotor.robots.interface import Robot
from visuomotor.robots.loopback import wire
from visuomotor.specs.errors import RobotUnavailable
from visuomotor.specs.robot import RobotSpec


class Emulator:
    """Answers a driver from a thread of its own, and tells it the plant's state at every step."""

    def __init__(self, spec: RobotSpec, plant: Robot, settings: dict[str, Any]) -> None:
        self.spec, self.plant = spec, plant
        self._caller: tuple[str, int] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', 0))
        self.address = '{}:{}'.format(*self._socket.getsockname())
        self._listener = wire.Listener(self._socket, self._obey)

    def step(self) -> None:
        self._listener.hear()
        self._tell()

    def close(self) -> None:
        self._listener.close()

    def _obey(self, content: dict[str, Any], sender: tuple[str, int]) -> None:
        said = content['say']
        if said == 'hello':
            self.plant.connect()
            self._caller = sender
            self._tell()
        elif sender != self._caller:
            return   # a stranger
        elif said == 'target':
            self._move(content)
        elif said == 'stop':
            self.plant.stop()
        elif said == 'bye':
            self.plant.disconnect()
            self._caller = None

    def _move(self, content: dict[str, Any]) -> None:
        # a machine ignores what it cannot understand
        with suppress(KeyError, TypeError, ValueError, RobotUnavailable):
            self.plant.send(wire.target(content))

    def _tell(self) -> None:
        if caller := self._caller:
            with suppress(OSError):
                self._socket.sendto(wire.of_state(self.plant.read()), caller)
