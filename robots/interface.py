"""What every robot is to the graph, real, emulated, simulated or fake: docs/robot-contract.md."""
from __future__ import annotations

from typing import Protocol

from visuomotor.specs.errors import RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State, Target


class Robot(Protocol):
    """One robot. `spec` is there before any connection; nothing moves before `connect`."""

    spec: RobotSpec

    @property
    def connected(self) -> bool: ...

    def connect(self) -> None:
        """Open the connection, answer the robot's own beat, hold still; or RobotUnavailable."""

    def read(self) -> State:
        """Return the newest measured state, with its stamp; never wait. Raise RobotUnavailable
        if the link is lost."""

    def send(self, target: Target) -> Target:
        """Take over a target and return what is really sent, after the robot's own limits. Raise
        BadInput for a wrong shape or a number that is not finite."""

    def stop(self) -> None:
        """Brake with the robot's own limits and hold, until the next `send`."""

    def disconnect(self) -> None:
        """Hold still and close. Harmless when not connected."""


class Emulator(Protocol):
    """Speaks a robot's wire protocol like the machine does, while a plant (a simulated robot) moves
    in its place."""

    address: str   # where its driver finds it

    def step(self) -> None:
        """Hear what came and tell how the plant is, before and after its time advances."""

    def close(self) -> None:
        """Let go of the wire. Harmless when done twice."""


def need_connection(robot: Robot) -> None:
    """Refuse to read from or send to a robot that is not connected."""
    if not robot.connected:
        raise RobotUnavailable(f'{robot.spec.name} is not connected; call connect first.')
