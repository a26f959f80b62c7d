"""What every robot is to the rest of the graph, real, emulated, simulated or fake: docs/robot-contract.md."""
from __future__ import annotations

from typing import Protocol

from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State, Target


class Robot(Protocol):
    """One robot. `spec` is there before any connection; nothing moves before `connect`."""

    spec: RobotSpec

    @property
    def connected(self) -> bool: ...

    def connect(self) -> None:
        """Open the connection, answer the robot's own beat and hold still.

        Raise RobotUnavailable with a sentence.
        """

    def read(self) -> State:
        """Return the newest measured state. Never waits; the stamp says how old it is.

        Raise RobotUnavailable if the link is lost.
        """

    def send(self, target: Target) -> Target:
        """Take over a target and return what is really sent, after the robot's own limits.

        Raise BadInput for a wrong shape or a number that is not finite.
        """

    def stop(self) -> None:
        """Brake with the robot's own limits and hold, until the next `send`."""

    def disconnect(self) -> None:
        """Hold still and close. Harmless when not connected."""
