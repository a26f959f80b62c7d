"""The stages that resets are made of. Each proposes motion until it is over, or takes too long."""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

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


class Stage(Protocol):
    """One step of a reset."""

    sentence: str   # what it is doing, for people
    limit: float    # s, longest duration; known from `begin` on

    def begin(self, state: State, now: float) -> None: ...

    def propose(self, state: State, now: float) -> Proposal | None:
        """Return what should move, or nothing: silence is standing still."""

    def over(self, state: State, now: float) -> bool: ...


class Still:
    """Waits in silence until the motion of the episode has died away."""

    sentence, limit = 'waiting until the robot stands still', 3.0

    def __init__(self, spec: RobotSpec) -> None:
        self._slow = AT_REST * spec.velocity

    def begin(self, state: State, now: float) -> None:
        """Nothing to prepare."""

    def propose(self, state: State, now: float) -> Proposal | None:
        return None

    def over(self, state: State, now: float) -> bool:
        return bool((np.abs(state.velocity) < self._slow).all())


class Open:
    """Opens the fingers where they are. Jammed fingers come free when the arm lifts. `patience`
    says when to go on."""

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
    """A jerk-limited straight line in joint space, from rest to rest, all joints arriving together;
    begins at `now`."""

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
        position, _, _ = self._trajectory.at_time(float(np.clip(now - self.began, 0.0,
                                                                self.duration)))
        return np.array(position)

    def chunk(self, now: float, observed: float, span: float, gripper: float | None) -> Proposal:
        """Propose the next `span` seconds; the target times count from the observation."""
        ahead = np.arange(0.0, span + ROW / 2, ROW)
        rows = np.array([self.at(now + seconds) for seconds in ahead])
        fingers = np.zeros(0) if gripper is None else np.full(len(ahead), gripper)
        return Proposal(Mode.JOINT_POSITION, now - observed + ahead, rows, fingers, observed,
                        Source.RESET)


class Move:
    """Goes to a joint position and checks by measurement that it is there and at rest."""

    def __init__(self, spec: RobotSpec, sentence: str, goal: Callable[[State], FloatArray | None],
                 *, speed: float,
                 tolerance: float, chunk: float, gripper: float | None) -> None:
        """`goal` may answer None when there is nothing to do. An endless tolerance leaves the
        arrival unchecked."""
        self.sentence, self.limit = sentence, SLACK
        self._spec = spec
        self._goal = goal
        self._speed = speed
        self._tolerance = tolerance
        self._chunk, self._gripper = chunk, gripper
        self._move: JointMove | None = None

    def begin(self, state: State, now: float) -> None:
        goal = self._goal(state)
        self._move = None if goal is None else JointMove(self._spec, state.position, goal,
                                                         self._speed, now)
        self.limit = SLACK + (2.0 * self._move.duration if self._move else 0.0)

    def propose(self, state: State, now: float) -> Proposal | None:
        return self._move.chunk(now, state.stamp, self._chunk,
                                self._gripper) if self._move else None

    def over(self, state: State, now: float) -> bool:
        if self._move is None:
            return True
        if state.stamp < self._move.began + self._move.duration:
            return False
        near = np.abs(state.position - self._move.goal) < self._tolerance
        slow = np.abs(state.velocity) < AT_REST * self._spec.velocity
        return bool(near.all() and (slow.all() or not np.isfinite(self._tolerance)))


class NewScene:
    """Waits until the world has laid out a new scene and measures again. The node asks. `answered`
    tells."""

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

    def propose(self, state: State, now: float) -> Proposal | None:
        return None

    def over(self, state: State, now: float) -> bool:
        return self._ready_at is not None and state.stamp >= self._ready_at + self._settle
