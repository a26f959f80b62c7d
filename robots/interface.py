"""What every robot is to the rest of the graph, real, emulated, simulated or fake: docs/robot-contract.md."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.spec import RobotSpec

FloatArray = NDArray[np.float64]
Clock = Callable[[], float]  # seconds; the graph hands every robot its own clock, so stamps compare


class RobotUnavailable(ConnectionError):
    """The robot cannot be reached; the sentence says what was tried and what to do."""


class Mode(IntEnum):
    """How a proposal is to be read; the numbers are those of Proposal.msg."""

    JOINT_POSITION = 1
    JOINT_VELOCITY = 2
    CARTESIAN_POSE = 3
    CARTESIAN_TWIST = 4
    GRIPPER = 5
    LEG = 6


@dataclass(frozen=True)
class Imu:
    """Attitude of a legged robot's body."""

    orientation: FloatArray       # quaternion x y z w, world from body
    angular_velocity: FloatArray  # rad/s, body axes


@dataclass(frozen=True)
class State:
    """What a robot measured at one moment; arrays follow the order of `spec.joints`."""

    stamp: float          # s on the robot's clock, when it was measured
    position: FloatArray  # rad (m)
    velocity: FloatArray  # rad/s (m/s)
    effort: FloatArray    # N m (N), external or motor torque as the robot reports it
    gripper: float = 0.0  # measured, 0 open .. 1 closed
    gripper_effort: float = 0.0  # N
    imu: Imu | None = None
    alarms: tuple[str, ...] = ()  # what the robot itself complains of, in sentences; empty: healthy


@dataclass(frozen=True)
class Target:
    """Where the joints should be at the next beat of the robot's own control loop."""

    position: FloatArray          # rad (m); legged robots: motor angles
    velocity: FloatArray          # rad/s (m/s) of the motion at that moment
    gripper: float | None = None  # 0 open .. 1 closed; None: leave it


@dataclass(frozen=True)
class Proposal:
    """A chunk of wished-for targets, as in Proposal.msg, in plain values."""

    mode: Mode
    times: FloatArray             # s after `observed`, rising
    targets: FloatArray           # len(times) x width
    gripper: FloatArray = field(default_factory=lambda: np.zeros(0))  # one per target, or none
    observed: float = 0.0         # s, stamp of the observation answered
    source: int = 1               # Proposal.SOURCE_*
    dead_man: bool = False
    policy_hash: str = ''


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
