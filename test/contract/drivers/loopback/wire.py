"""What travels between driver and machine: one JSON object a datagram, `say` tells which. driver →
machine hello | target: position, velocity (rad, rad/s), gripper (0..1 or null) | stop | bye machine
→ driver state: position, velocity, effort, gripper, gripper_effort, alarms, imu (x y z w, rad/s; or
null)"""
from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from visuomotor.specs.errors import BadInput
from visuomotor.specs.values import Imu, State, Target

LARGEST = 65_507   # bytes that a datagram may hold
Hear = Callable[[dict[str, Any], Any], None]   # what was said, and who said it


class Listener:
    """Hears everything that comes to a socket at once, in a thread of its own. `hear` does the same
    in the caller's."""

    def __init__(self, link: socket.socket, hear: Hear) -> None:
        self.link, self._on_heard = link, hear
        self.link.setblocking(False)
        self._lock = threading.RLock()
        # closing the one wakes whoever waits for the other
        self._bell, self._ring = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name='loopback', daemon=True)
        self._thread.start()

    def hear(self) -> None:
        """Take in everything that has come."""
        with self._lock:
            while True:
                try:
                    datagram, sender = self.link.recvfrom(LARGEST)
                except OSError:   # nothing more, or nobody there
                    return
                self._on_heard(unpack(datagram), sender)

    def close(self) -> None:
        """Stop listening and close the socket."""
        self._ring.close()
        self._thread.join()
        self._bell.close()
        self.link.close()

    def _serve(self) -> None:
        while self._bell not in select.select([self.link, self._bell], [], [])[0]:
            self.hear()


def pack(say: str, **content: Any) -> bytes:
    """Write one datagram."""
    return json.dumps({'say': say, **content}).encode()


def unpack(datagram: bytes) -> dict[str, Any]:
    """Read one datagram; what is no object of ours says ''."""
    try:
        content = json.loads(datagram)
    except ValueError:
        content = None
    return {'say': '', **content} if isinstance(content, dict) else {'say': ''}


def of_target(target: Target) -> bytes:
    return pack('target', position=target.position.tolist(), velocity=target.velocity.tolist(),
                gripper=target.gripper)


def target(content: dict[str, Any]) -> Target:
    return Target(np.array(content['position'], float), np.array(content['velocity'], float),
                  content['gripper'])


def of_state(state: State) -> bytes:
    imu = [*state.imu.orientation.tolist(),
           *state.imu.angular_velocity.tolist()] if state.imu else None
    return pack('state', position=state.position.tolist(), velocity=state.velocity.tolist(),
                effort=state.effort.tolist(), gripper=state.gripper,
                gripper_effort=state.gripper_effort,
                alarms=state.alarms, imu=imu)


def state(content: dict[str, Any], stamp: float) -> State:
    """Read a state that was heard at `stamp`, s."""
    imu = Imu(np.array(content['imu'][:4]),
              np.array(content['imu'][4:])) if content['imu'] else None
    position, velocity, effort = (np.array(content[name])
                                  for name in ('position', 'velocity', 'effort'))
    return State(stamp, position, velocity, effort, content['gripper'], content['gripper_effort'],
                 imu,
                 tuple(content['alarms']))


def host_and_port(address: str) -> tuple[str, int]:
    """Read an address such as '127.0.0.1:9000'."""
    host, _, port = address.rpartition(':')
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadInput("The address of a loopback robot is host:port, such as 127.0.0.1:9000, but "
                       f"'{address}' came.")
    return host, int(port)
