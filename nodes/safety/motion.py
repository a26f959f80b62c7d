"""Jerk-limited motion with a way out: from every state that it commands, a stored braking run to standstill follows.

A candidate is one beat of motion. It is commanded only together with its way out, which the caller has looked at; braking
then follows the stored run itself, so that what was checked is what happens.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ruckig import ControlInterface, InputParameter, Result, Ruckig, Synchronization, Trajectory
from visuomotor.nodes.safety.limits import Limits
from visuomotor.robots.interface import FloatArray
from visuomotor.robots.spec import RobotSpec

DONE = (Result.Working, Result.Finished)


@dataclass(frozen=True)
class Motion:
    """What the joints are commanded to do at one moment."""

    position: FloatArray
    velocity: FloatArray
    acceleration: FloatArray


@dataclass(frozen=True)
class WayOut:
    """A run from a motion to standstill, every joint braking as hard as it may."""

    run: Trajectory

    @property
    def duration(self) -> float:
        return float(self.run.duration)

    def at(self, seconds: float) -> Motion:
        position, velocity, acceleration = self.run.at_time(min(seconds, self.duration))
        return Motion(np.array(position), np.array(velocity), np.array(acceleration))

    @cached_property
    def extent(self) -> tuple[FloatArray, FloatArray]:
        """The lowest and the highest position of each joint on the way."""
        bounds = self.run.position_extrema
        return np.array([b.min for b in bounds]), np.array([b.max for b in bounds])


@dataclass(frozen=True)
class Candidate:
    """One beat of motion and the way out that begins where it ends."""

    motion: Motion
    way_out: WayOut


class JerkLimited:
    """Makes candidates from the commanded state, and remembers the one that was taken."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.dt = 1.0 / spec.control_hz
        self.speed = limits.speed_share * spec.velocity
        self.acceleration = limits.acceleration_share * spec.acceleration
        self.jerk = limits.jerk_share * spec.jerk
        self._planner = Ruckig(len(spec.joints), self.dt)
        self._run = Trajectory(len(spec.joints))
        self._to_position, self._to_speed, self._to_rest = (self._question(len(spec.joints)) for _ in range(3))
        self._to_position.minimum_duration = self.dt  # arrive with the beat, not between two
        self._to_position.synchronization = Synchronization.Time
        for question in (self._to_speed, self._to_rest):
            question.control_interface = ControlInterface.Velocity
            question.synchronization = Synchronization.No
        self.restart(np.array(spec.home))

    def _question(self, joints: int) -> InputParameter:
        question = InputParameter(joints)
        question.max_velocity, question.max_acceleration = self.speed.tolist(), self.acceleration.tolist()
        question.max_jerk = self.jerk.tolist()
        question.target_acceleration = [0.0] * joints
        return question

    def restart(self, position: FloatArray) -> None:
        """Begin at rest at this position."""
        still = np.zeros(len(position))
        self.now = Motion(np.array(position, dtype=np.float64), still, still)
        way_out = self._rest_from(self.now)
        assert way_out is not None, 'standing still is always possible'
        self._way_out, self._gone = way_out, 0.0

    def toward(self, position: FloatArray, velocity: FloatArray) -> Candidate | None:
        """Go to a position as soon as the limits let it, to pass it at this velocity."""
        self._to_position.target_position = position.tolist()
        self._to_position.target_velocity = np.clip(velocity, -self.speed, self.speed).tolist()
        return self._candidate(self._to_position)

    def at_speed(self, velocity: FloatArray) -> Candidate | None:
        """Take up a velocity as soon as the limits let it."""
        self._to_speed.target_velocity = np.clip(velocity, -self.speed, self.speed).tolist()
        return self._candidate(self._to_speed)

    def take(self, candidate: Candidate) -> Motion:
        """Command a candidate."""
        self.now, self._way_out, self._gone = candidate.motion, candidate.way_out, 0.0
        return self.now

    def brake(self) -> Motion:
        """Command one beat of the way out that was stored with the last candidate."""
        self._gone += self.dt
        self.now = self._way_out.at(self._gone)
        return self.now

    @property
    def time_to_stop(self) -> float:
        return max(0.0, self._way_out.duration - self._gone)

    def _candidate(self, question: InputParameter) -> Candidate | None:
        self._from(question, self.now)
        if self._planner.calculate(question, self._run) not in DONE:
            return None
        position, velocity, acceleration = self._run.at_time(self.dt)
        motion = Motion(np.array(position), np.array(velocity), np.array(acceleration))
        way_out = self._rest_from(motion)
        return Candidate(motion, way_out) if way_out is not None and np.isfinite(motion.position).all() else None

    def _rest_from(self, motion: Motion) -> WayOut | None:
        self._from(self._to_rest, motion)
        self._to_rest.target_velocity = [0.0] * len(motion.position)
        run = Trajectory(len(motion.position))
        return WayOut(run) if self._planner.calculate(self._to_rest, run) in DONE else None

    def _from(self, question: InputParameter, motion: Motion) -> None:
        question.current_position = motion.position.tolist()
        question.current_velocity = motion.velocity.tolist()
        question.current_acceleration = motion.acceleration.tolist()
