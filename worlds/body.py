"""What every simulated robot has: a body, its joints and links by name, and a connection."""
from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any

from visuomotor.robots.command_buffer import CommandBuffer
from visuomotor.robots.model import model_path
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, FloatArray
from visuomotor.worlds.client import Client
from visuomotor.worlds.randomise import Dynamics

Lock = AbstractContextManager[Any]


class Body:
    """One loaded model; joints are addressed by name, arrays follow the order of names given."""

    def __init__(self, client: Client, spec: RobotSpec, **loading: Any) -> None:
        self.client: Any = client
        self.number: int = self.client.loadURDF(str(model_path(spec)), **loading)
        infos = [self.client.getJointInfo(self.number, i)
                 for i in range(self.client.getNumJoints(self.number))]
        self.joints = {info[1].decode(): info[0] for info in infos}
        self.effort = {info[1].decode(): info[10] for info in infos}
        self.base = self.client.getBodyInfo(self.number)[0].decode()
        self.links = {self.base: -1, **{info[12].decode(): info[0] for info in infos}}
        self._nominal = [self.client.getDynamicsInfo(self.number, link)
                         for link in self.links.values()]

    def numbers(self, names: tuple[str, ...]) -> list[int]:
        """Return the simulation's numbers of these joints."""
        missing = [name for name in names if name not in self.joints]
        if missing:
            raise BadInput(f'The model has no joint {", ".join(missing)}; it has '
                           f'{", ".join(self.joints)}.')
        return [self.joints[name] for name in names]

    def put(self, numbers: list[int], positions: FloatArray) -> None:
        """Put joints somewhere at once, at rest."""
        for number, position in zip(numbers, positions, strict=True):
            self.client.resetJointState(self.number, number, float(position), 0.0)

    def vary(self, dynamics: Dynamics) -> None:
        """Change masses and friction, counted from the nominal ones; inertia grows with mass."""
        factors = dynamics.mass or (1.0,) * len(self.links)
        for link, nominal, factor in zip(self.links.values(), self._nominal, factors, strict=True):
            inertia = [part * factor for part in nominal[2]]
            self.client.changeDynamics(self.number, link, mass=nominal[0] * factor,
                                       lateralFriction=nominal[1] * dynamics.friction,
                                       localInertiaDiagonal=inertia)


class Simulated(ABC):
    """The half of the Robot interface that all simulated robots share. Time is the world's."""

    def __init__(self, client: Client, spec: RobotSpec, clock: Clock, lock: Lock, dt: float,
                 latency: float) -> None:
        self.spec = spec
        self.clock = clock
        self.connected = False
        self._client: Any = client
        self._lock = lock
        self._dt = dt
        self._actuation = latency
        self._commands = CommandBuffer(spec)

    def connect(self) -> None:
        if not self.connected:
            self._rest()
        self.connected = True

    def disconnect(self) -> None:
        self._rest()
        self.connected = False

    def stop(self) -> None:
        with self._lock:
            if not self._commands.silent:   # else it brakes already, and says so
                self._rest()

    @abstractmethod
    def _rest(self) -> None:
        """Give up the command in force and those under way, and hold."""
