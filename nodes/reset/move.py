"""A jerk-limited straight line in joint space, cut into chunks of future targets."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from ruckig import InputParameter, Result, Ruckig, Trajectory
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal

ROW = 0.02  # s between two targets of a chunk
SOURCE_RESET = 2


class JointMove:
    """From rest to rest, all joints arriving together; begins at `now`."""

    def __init__(self, spec: RobotSpec, start: FloatArray, goal: FloatArray, speed: float, now: float) -> None:
        wanted = InputParameter(len(goal))
        wanted.current_position, wanted.target_position = start.tolist(), goal.tolist()
        wanted.max_velocity = (speed * spec.velocity).tolist()
        wanted.max_acceleration = (speed * spec.acceleration).tolist()
        wanted.max_jerk = (speed * spec.jerk).tolist()
        self._trajectory = Trajectory(len(goal))
        result = Ruckig(len(goal)).calculate(wanted, self._trajectory)
        if result not in (Result.Working, Result.Finished):
            raise BadInput(f'No motion leads from {np.round(start, 3)} to {np.round(goal, 3)}: {result.name}.')
        self.goal, self.began, self.duration = goal, now, float(self._trajectory.duration)

    def at(self, now: float) -> FloatArray:
        """Return where the joints should be."""
        position, _, _ = self._trajectory.at_time(float(np.clip(now - self.began, 0.0, self.duration)))
        return np.array(position)

    def chunk(self, now: float, observed: float, span: float, gripper: float | None) -> Proposal:
        """Propose the next `span` seconds; the target times count from the observation."""
        ahead = np.arange(0.0, span + ROW / 2, ROW)
        rows = np.array([self.at(now + seconds) for seconds in ahead])
        fingers = np.zeros(0) if gripper is None else np.full(len(ahead), gripper)
        return Proposal(Mode.JOINT_POSITION, now - observed + ahead, rows, fingers, observed, SOURCE_RESET)


def resting(last: Proposal, observed: float, now: float) -> Proposal:
    """Return what ends a motion well: its last target alone, due now."""
    due = np.array([max(now - observed, 0.0)])
    return replace(last, times=due, targets=last.targets[-1:], gripper=last.gripper[-1:], observed=observed)


def nearest_turn(spec: RobotSpec, position: FloatArray, goal: FloatArray) -> FloatArray:
    """Return the goal with whole turns added to endless joints, so that none unwinds for nothing."""
    turns = np.where([joint.continuous for joint in spec.joints], np.round((position - goal) / (2 * np.pi)), 0.0)
    near = goal + 2 * np.pi * turns
    inside = (near >= spec.lower) & (near <= spec.upper)
    return np.where(inside, near, goal)
