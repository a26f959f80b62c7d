"""Jerk-limited motion with a way out: from every state that it commands, a stored braking run to standstill follows.

A candidate is one beat of motion. It is commanded only together with its way out, which the caller has looked at;
braking then follows the stored run itself, so that what was checked is what happens.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ruckig import InputParameter, Result, Ruckig, RuckigError, Synchronization, Trajectory
from visuomotor.nodes.safety.limits import Limits
from visuomotor.nodes.safety.ramp import Motion, Ramp
from visuomotor.robots.interface import FloatArray
from visuomotor.robots.spec import RobotSpec

DONE = (Result.Working, Result.Finished)


@dataclass(frozen=True)
class Candidate:
    """One beat of motion, and the way out that begins where it ends."""

    motion: Motion
    way_out: Ramp


class JerkLimited:
    """Makes candidates from the commanded state, and remembers the one that was taken."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.dt = 1.0 / spec.control_hz
        self.speed = limits.speed_share * spec.velocity
        self.acceleration = limits.acceleration_share * spec.acceleration
        self.jerk = limits.jerk_share * spec.jerk
        self._still = np.zeros(len(spec.joints))
        self._planner, self._run = Ruckig(len(spec.joints), self.dt), Trajectory(len(spec.joints))
        self._question = self._ask(len(spec.joints))
        self.restart(np.array(spec.home))

    def _ask(self, joints: int) -> InputParameter:
        question = InputParameter(joints)
        question.max_velocity, question.max_acceleration = self.speed.tolist(), self.acceleration.tolist()
        question.max_jerk = self.jerk.tolist()
        question.synchronization = Synchronization.Time
        question.minimum_duration = self.dt  # arrive with the beat, not between two
        return question

    def restart(self, position: FloatArray) -> None:
        """Begin at rest at this position."""
        self.now = Motion(np.array(position, dtype=np.float64), self._still, self._still)
        self._way_out, self._gone = self._rest_from(self.now), 0.0

    def toward(self, position: FloatArray, velocity: FloatArray) -> Candidate | None:
        """Go to a position as soon as the limits let it, to pass it at this velocity; None when no plan is found."""
        question = self._question
        question.current_position, question.current_velocity = self.now.position.tolist(), self.now.velocity.tolist()
        question.current_acceleration = self.now.acceleration.tolist()
        question.target_position = position.tolist()
        question.target_velocity = np.clip(velocity, -self.speed, self.speed).tolist()
        try:
            if self._planner.calculate(question, self._run) not in DONE:
                return None
        except RuckigError:  # rare states that the planner cannot solve; another candidate follows
            return None
        return self._candidate(Motion(*(np.array(column) for column in self._run.at_time(self.dt))))

    def at_speed(self, velocity: FloatArray) -> Candidate:
        """Take up a velocity as soon as the limits let it."""
        wanted = np.clip(velocity, -self.speed, self.speed)
        return self._candidate(Ramp(self.now, wanted, self.acceleration, self.jerk).at(self.dt))

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
        """Seconds until the stored way out ends in standstill."""
        return max(0.0, self._way_out.duration - self._gone)

    def _candidate(self, motion: Motion) -> Candidate:
        return Candidate(motion, self._rest_from(motion))

    def _rest_from(self, motion: Motion) -> Ramp:
        return Ramp(motion, self._still, self.acceleration, self.jerk)
