"""Runs to a speed: ruckig plans them in a microsecond; where it finds none, the closed form of ramp.py never fails."""
from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
from ruckig import ControlInterface, InputParameter, Result, Ruckig, RuckigError, Synchronization, Trajectory
from visuomotor.safety.ramp import Motion, Ramp
from visuomotor.specs.values import FloatArray

DONE = (Result.Working, Result.Finished)


class VelocityProfile(Protocol):
    """Every joint's way to a speed, as fast as acceleration and jerk limits let it."""

    @property
    def duration(self) -> float: ...

    def at(self, seconds: float) -> Motion: ...

    def places(self, moments: Sequence[float]) -> FloatArray: ...

    @property
    def turns(self) -> list[tuple[int, float, float]]:
        """Joints that turn round on the way to standstill: which, when, and where."""

    @property
    def extent(self) -> tuple[FloatArray, FloatArray]: ...


class Planned:
    """A run that ruckig planned."""

    def __init__(self, start: Motion, speed: FloatArray, trajectory: Trajectory, jerk: Sequence[float]) -> None:
        self._start, self._speed, self._trajectory, self._jerk = start, speed, trajectory, jerk
        self.duration: float = trajectory.duration

    def at(self, seconds: float) -> Motion:
        position, velocity, acceleration = self._trajectory.at_time(seconds)
        if seconds >= self.duration:
            return Motion(np.array(position), self._speed, np.zeros_like(self._speed))
        return Motion(np.array(position), np.array(velocity), np.array(acceleration))

    def places(self, moments: Sequence[float]) -> FloatArray:
        """Return the positions at some moments."""
        return np.array([self._trajectory.at_time(moment)[0] for moment in moments])

    @cached_property
    def turns(self) -> list[tuple[int, float, float]]:
        velocity, acceleration = self._start.velocity.tolist(), self._start.acceleration.tolist()
        found = []
        for joint, (v, a, jerk) in enumerate(zip(velocity, acceleration, self._jerk, strict=True)):
            spare = a * a - 2 * jerk * abs(v)
            if v * a < 0.0 < spare:  # it brakes harder than it can let go of in time
                moment = (abs(a) - math.sqrt(spare)) / jerk
                found.append((joint, moment, self._trajectory.at_time(moment)[0][joint]))
        return found

    @cached_property
    def extent(self) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest position of each joint on a run to standstill."""
        end = np.array(self._trajectory.at_time(self.duration)[0])
        lowest, highest = np.minimum(self._start.position, end), np.maximum(self._start.position, end)
        for joint, _, place in self.turns:
            lowest[joint], highest[joint] = min(lowest[joint], place), max(highest[joint], place)
        return lowest, highest


class ProfilePlanner:
    """Plans runs of one robot."""

    def __init__(self, speed: FloatArray, acceleration: FloatArray, jerk: FloatArray) -> None:
        self._acceleration, self._limits, self._jerk = acceleration, jerk, jerk.tolist()
        self._joints = len(jerk)
        self._planner = Ruckig(self._joints)
        question = self._question = InputParameter(self._joints)
        question.control_interface, question.synchronization = ControlInterface.Velocity, Synchronization.No
        question.max_velocity, question.max_acceleration = speed.tolist(), acceleration.tolist()
        question.max_jerk = self._jerk

    def to(self, start: Motion, speed: FloatArray) -> VelocityProfile:
        """Return the run from a motion to a speed."""
        question, trajectory = self._question, Trajectory(self._joints)
        question.current_position, question.current_velocity = start.position.tolist(), start.velocity.tolist()
        question.current_acceleration, question.target_velocity = start.acceleration.tolist(), speed.tolist()
        try:
            if self._planner.calculate(question, trajectory) in DONE:
                return Planned(start, speed, trajectory, self._jerk)
        except RuckigError:  # some states at the very edge of the limits
            return Ramp(start, speed, self._acceleration, self._limits)
        return Ramp(start, speed, self._acceleration, self._limits)
