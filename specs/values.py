"""What travels between the rooms: state, target, proposal, truth. Arrays and seconds, no clocks."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.codes import Mode, Source

FloatArray = NDArray[np.float64]
Clock = Callable[[], float]  # seconds; the graph hands every robot its own clock, so stamps compare
LOST = 0.05                  # s of real time that an episode may lose and still be believed
SAME_MOMENT = 1e-6           # s; stamps of today's dates are no finer in a float


def passed(span: float, since: float, now: float) -> bool:
    """Tell whether `span` seconds have gone by."""
    return now - since >= span - SAME_MOMENT


def lost_since(before: float, now: float) -> float:
    """Return the real time that an episode lost, s; too little to matter, or a new count, is 0."""
    return now - before if now - before > LOST else 0.0


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
    effort: FloatArray    # N m (N) at the joint, gravity and motion in it; all 0: not measured
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
    stamp: float = math.nan       # s on the robot's clock, of the state that it answers; NaN: now


@dataclass(frozen=True)
class Proposal:
    """A chunk of wished-for targets, as in Proposal.msg, in plain values."""

    mode: Mode
    times: FloatArray             # s after `observed`, rising
    targets: FloatArray           # len(times) x width
    gripper: FloatArray = field(default_factory=lambda: np.zeros(0))  # one per target, or none
    observed: float = 0.0         # s, stamp of the observation answered
    source: int = Source.POLICY
    dead_man: bool = False
    policy_hash: str = ''


@dataclass(frozen=True)
class Truth:
    """The simulator's own state and the task's verdict on it."""

    stamp: float
    poses: dict[str, FloatArray]        # body -> x y z, quaternion x y z w, world frame
    values: dict[str, float] = field(default_factory=dict)
    reward: float = 0.0                 # of the control step that ended now
    success: bool = False               # by the task's own rule, of the episode so far
    failed: bool = False                # beyond rescue: the episode may end (a fall)
    progress: float = 0.0               # 0..1
    scene: str = ''                     # hash of the scene's description
