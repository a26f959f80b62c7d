"""Driver of a robot behind UDP datagrams of JSON (wire.py). A state is stamped when it is heard."""
from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from visuomotor.robots.command_buffer import CommandBuffer
from visuomotor.robots.interface import need_connection
from visuomotor.robots.loopback import wire
from visuomotor.specs import settings as reading
from visuomotor.specs.errors import RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.values import Clock, State, Target


@dataclass(frozen=True)
class LoopbackSettings(Settings):
    """The `settings:` of the driver in the robot's YAML."""

    patience: float = setting(1.0, 'wait for the first answer of the machine', 's', above=0,
                              most=60)
    lost: float = setting(1.0, 'silence of the machine after which the link counts as lost', 's',
                          above=0, most=60)


class Driver:
    """One robot at the other end of a socket."""

    def __init__(self, spec: RobotSpec, clock: Clock, address: str,
                 settings: dict[str, Any]) -> None:
        self.spec = spec
        self._clock = clock
        self._address = wire.host_and_port(address)
        self._settings = reading.build(LoopbackSettings, settings,
                                       f'robot {spec.name}: driver.settings')
        self._commands = CommandBuffer(spec)
        self._listener: wire.Listener | None = None
        self._state: State

    @property
    def connected(self) -> bool:
        return self._listener is not None

    def connect(self) -> None:
        if self._listener:
            return
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.settimeout(self._settings.patience)
        try:
            link.connect(self._address)
            link.send(wire.pack('hello'))
            first = link.recv(wire.LARGEST)
        except OSError:
            link.close()
            raise RobotUnavailable(f'{self.spec.name} did not answer at '
                                   f'{":".join(map(str, self._address))} within '
                                   f'{self._settings.patience:g} s; is it switched on, and is '
                                   'driver.address in '
                                   f'config/robots/{self.spec.name}.yaml right?') from None
        self._state = wire.state(wire.unpack(first), self._clock())
        self._commands.rest()
        self._listener = wire.Listener(link, self._on_heard)

    def read(self) -> State:
        need_connection(self)
        if self._listener:
            self._listener.hear()
        silence = self._clock() - self._state.stamp
        if silence > self._settings.lost:
            raise RobotUnavailable(f'{self.spec.name} has said nothing for {silence:.1f} s; look '
                                   'at its cable.')
        # the machine brakes by itself; the next command sets out from there
        self._commands.ran_out(self._clock())
        return replace(self._state,
                       alarms=tuple(dict.fromkeys((*self._commands.alarms, *self._state.alarms))))

    def send(self, target: Target) -> Target:
        need_connection(self)
        sent, _ = self._commands.take(target, self._clock(), self._state.position.tolist())
        self._say(wire.of_target(sent))
        return sent

    def stop(self) -> None:
        self._commands.rest()
        self._say(wire.pack('stop'))

    def disconnect(self) -> None:
        self.stop()
        self._say(wire.pack('bye'))
        if self._listener:
            self._listener.close()
        self._listener = None

    def _on_heard(self, content: dict[str, Any], sender: Any) -> None:
        if content['say'] == 'state':
            self._state = wire.state(content, self._clock())

    def _say(self, datagram: bytes) -> None:
        if self._listener:
            with suppress(OSError):   # nobody there: `read` will say so
                self._listener.link.send(datagram)
