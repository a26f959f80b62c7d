"""The stages that resets are made of. Each proposes motion until it is over, or takes too long."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ruckig import InputParameter, Result, Ruckig, Trajectory
from visuomotor.specs.codes import Mode, Source
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal, State

AT_REST = 0.03   # share of a joint's speed limit that counts as still
OPENED = 0.1     # measured closing that counts as open
SLACK = 3.0      # s that a motion may take longer than planned
ROW = 0.02       # s between two targets of a chunk


class Stage(ABC):
    """One step of a reset."""

    sentence = ''   # what it is doing, for people
    limit = 0.0     # s, longest duration; known from `begin` on

    def begin(self, state: State, now: float) -> None:  # noqa: B027 - not all have to
        """Prepare."""

    def propose(self, state: State, now: float) -> Proposal | None:
        """Return what should move, or nothing: silence is standing still."""
        return None

    @abstractmethod
    def over(self, state: State, now: float) -> bool:
        """Tell whether it is done."""


class Still(Stage):
    """Waits in silence until the motion of the episode has died away."""

    sentence, limit = 'waiting until the robot stands still', 3.0

    def __init__(self, spec: RobotSpec) -> None:
        self._slow = AT_REST * spec.velocity

    def over(self, state: State, now: float) -> bool:
        return bool((np.abs(state.velocity) < self._slow).all())


class Open(Stage):
    """Opens the fingers where they are; gives up after `patience`: lifting frees jammed ones."""

    sentence, limit = 'opening the gripper', 4.0

    def __init__(self, patience: float = np.inf) -> None:
        self._patience, self._until = patience, np.inf

    def begin(self, state: State, now: float) -> None:
        self._until = now + self._patience

    def propose(self, state: State, now: float) -> Proposal | None:
        return Proposal(Mode.GRIPPER, np.zeros(1), np.zeros((1, 0)), np.zeros(1), state.stamp,
                        Source.RESET)

    def over(self, state: State, now: float) -> bool:
        return state.gripper <= OPENED or now >= self._until


class JointMove:
    """A jerk-limited line in joint space from rest to rest, all joints arriving together."""

    def __init__(self, spec: RobotSpec, start: FloatArray, goal: FloatArray, speed: float,
                 now: float) -> None:
        wanted = InputParameter(len(goal))
        wanted.current_position, wanted.target_position = start.tolist(), goal.tolist()
        wanted.max_velocity = (speed * spec.velocity).tolist()
        wanted.max_acceleration = (speed * spec.acceleration).tolist()
        wanted.max_jerk = (speed * spec.jerk).tolist()
        self._trajectory = Trajectory(len(goal))
        result = Ruckig(len(goal)).calculate(wanted, self._trajectory)
        if result not in (Result.Working, Result.Finished):
            raise BadInput(f'No motion leads from {np.round(start, 3)} to {np.round(goal, 3)}: '
                           f'{result.name}.')
        self.goal = goal
        self.began = now
        self.duration = float(self._trajectory.duration)

    def at(self, now: float) -> FloatArray:
        """Return where the joints should be."""
        elapsed = float(np.clip(now - self.began, 0.0, self.duration))
        return np.array(self._trajectory.at_time(elapsed)[0])

    def chunk(self, now: float, observed: float, span: float, gripper: float | None) -> Proposal:
        """Propose the next `span` seconds; the target times count from the observation."""
        ahead = np.arange(0.0, span + ROW / 2, ROW)
        rows = np.array([self.at(now + seconds) for seconds in ahead])
        fingers = np.zeros(0) if gripper is None else np.full(len(ahead), gripper)
        return Proposal(Mode.JOINT_POSITION, now - observed + ahead, rows, fingers, observed,
                        Source.RESET)


@dataclass(kw_only=True)
class Move(Stage):
    """Goes to a joint position and checks by measurement that it is there and at rest."""

    spec: RobotSpec
    sentence: str
    goal: Callable[[State], FloatArray | None]   # None: there is nothing to do
    speed: float                # share of the joints' limits
    tolerance: float            # rad; endless: the arrival is not checked
    chunk: float                # s that are proposed at a time
    gripper: float | None = None
    limit: float = SLACK
    move: JointMove | None = None

    def begin(self, state: State, now: float) -> None:
        goal = self.goal(state)
        self.move = (None if goal is None
                     else JointMove(self.spec, state.position, goal, self.speed, now))
        self.limit = SLACK + (2.0 * self.move.duration if self.move else 0.0)

    def propose(self, state: State, now: float) -> Proposal | None:
        return self.move.chunk(now, state.stamp, self.chunk, self.gripper) if self.move else None

    def over(self, state: State, now: float) -> bool:
        if self.move is None:
            return True
        if state.stamp < self.move.began + self.move.duration:
            return False
        near = np.abs(state.position - self.move.goal) < self.tolerance
        slow = np.abs(state.velocity) < AT_REST * self.spec.velocity
        return bool(near.all() and (slow.all() or not np.isfinite(self.tolerance)))


class NewScene(Stage):
    """Waits until the world has laid out a new scene and measures again; the node asks."""

    sentence, limit = 'laying out a new scene', 30.0

    def __init__(self, settle: float) -> None:
        self._settle = settle
        self.asked = False
        self.since = 0.0
        self._ready_at: float | None = None

    def begin(self, state: State, now: float) -> None:
        self.asked = False
        self.since = now
        self._ready_at = None

    def answered(self, now: float) -> None:
        self._ready_at = now

    def over(self, state: State, now: float) -> bool:
        return self._ready_at is not None and state.stamp >= self._ready_at + self._settle
