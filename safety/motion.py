"""Jerk-limited motion with a way out: a stored braking run to standstill. A candidate is one beat
of motion, commanded only together with its way out, which the caller has looked at; braking then
follows the stored run itself, so that what was checked is what happens."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from ruckig import InputParameter, Ruckig, RuckigError, Synchronization, Trajectory
from visuomotor.safety.handful import within
from visuomotor.safety.limits import Limits
from visuomotor.safety.profile import DONE, Motion, ProfilePlanner, VelocityProfile
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray

LEADS = (1, 2, 3, 5, 8, 13, 21)  # beats ahead at which a moving target may be met


@dataclass(frozen=True)
class Candidate:
    """One beat of motion, and the way out that begins where it ends."""

    motion: Motion
    way_out: VelocityProfile
    before: FloatArray  # where the joints are when it begins


class Aim(NamedTuple):
    """Where to be, and how fast to pass it."""

    position: FloatArray
    velocity: FloatArray
    acceleration: FloatArray


Course = Callable[[float], Aim]  # seconds ahead to where something will be then


class JerkLimited:
    """Makes candidates from the commanded state, and remembers the one that was taken."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.beat = 1.0 / spec.control_hz
        self.step = self.beat    # s that the next candidate lives through
        self.speed = limits.speed_share * spec.velocity
        self.acceleration = limits.acceleration_share * spec.acceleration
        self.jerk = limits.jerk_share * spec.jerk
        self.still = np.zeros(len(spec.joints))
        self._planner, self._run = Ruckig(len(spec.joints), self.beat), Trajectory(len(spec.joints))
        question = self._question = InputParameter(len(spec.joints))
        question.max_velocity = self.speed.tolist()
        question.max_acceleration = self.acceleration.tolist()
        question.max_jerk = self.jerk.tolist()
        question.synchronization = Synchronization.Time
        self._runs = ProfilePlanner(self.speed, self.acceleration, self.jerk)
        self.restart(np.array(spec.home))

    def restart(self, position: FloatArray) -> None:
        """Begin at this position, at rest."""
        self.now = Motion(np.array(position, dtype=np.float64), self.still, self.still)
        self._way_out = self._rest_from(self.now)
        self._gone = 0.0
        self._lead = 0

    def meet(self, course: Course) -> Candidate | None:
        """Catch up with something that moves: at the first of a few moments where one can."""
        for tried, beats in enumerate(LEADS[self._lead:], self._lead):
            planned = self._plan(course(beats * self.beat), beats * self.beat)
            if planned and self._run.duration <= beats * self.beat * (1 + 1e-6):
                self._lead = max(0, tried - 1)  # the next beat is one beat nearer
                return self._first_beat()
        self._lead = max(0, len(LEADS) - 2)
        return self._first_beat() if planned else None

    def toward(self, position: FloatArray, together: bool = True) -> Candidate | None:
        """Go to a position and rest there, as soon as the limits let it: all joints together, or
        each by itself; None: no plan found."""
        self._question.synchronization = Synchronization.Time if together else Synchronization.No
        planned = self._plan(Aim(position, self.still, self.still), 0.0)
        self._question.synchronization = Synchronization.Time
        return self._first_beat() if planned else None

    def _plan(self, aim: Aim, duration: float) -> bool:
        question = self._question
        question.current_position = self.now.position.tolist()
        question.current_velocity = self.now.velocity.tolist()
        question.current_acceleration = self.now.acceleration.tolist()
        speed = within(aim.velocity, -self.speed, self.speed)
        question.target_position, question.target_velocity = aim.position.tolist(), speed.tolist()
        question.target_acceleration = self._kept(speed, aim.acceleration).tolist()
        question.minimum_duration = max(duration, self.beat)  # arrive with a beat, not between two
        try:
            return self._planner.calculate(question, self._run) in DONE
        except (RuckigError, ValueError):  # rare states without a plan; another candidate follows
            return False

    def _first_beat(self) -> Candidate:
        return self._candidate(Motion(*np.array(self._run.at_time(self.step))))

    def _kept(self, speed: FloatArray, acceleration: FloatArray) -> FloatArray:
        """Pass an aim with its acceleration only where speed limits hold afterwards too."""
        change = within(acceleration, -self.acceleration, self.acceleration)
        return np.where(np.abs(speed) + change * change / (2 * self.jerk) < self.speed, change, 0.0)

    def at_speed(self, velocity: FloatArray) -> Candidate:
        """Take up a velocity as soon as the limits let it."""
        wanted = within(velocity, -self.speed, self.speed)
        return self._candidate(self._runs.to(self.now, wanted).at(self.step))

    def take(self, candidate: Candidate) -> Motion:
        """Command a candidate."""
        self.now = candidate.motion
        self._way_out = candidate.way_out
        self._gone = 0.0
        return self.now

    def brake(self) -> Motion:
        """Command one step of the way out that was stored with the last candidate."""
        self._gone += self.step
        self.now = self._way_out.at(self._gone)
        return self.now

    @property
    def time_to_stop(self) -> float:
        """Seconds until the stored way out ends in standstill."""
        return max(0.0, self._way_out.duration - self._gone)

    def _candidate(self, motion: Motion) -> Candidate:
        return Candidate(motion, self._rest_from(motion), self.now.position)

    def _rest_from(self, motion: Motion) -> VelocityProfile:
        return self._runs.to(motion, self.still)
