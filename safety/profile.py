"""Runs to a speed: ruckig plans them in a microsecond; where it finds none, a closed form that
cannot fail takes over. The closed form: jerk up to a peak acceleration, perhaps hold it, and jerk
back to none; every joint by itself. Signs are turned so that `v` counts from the velocity wanted
and is to rise to 0."""
from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from ruckig import (
    ControlInterface,
    InputParameter,
    Result,
    Ruckig,
    RuckigError,
    Synchronization,
    Trajectory,
)
from visuomotor.specs.values import FloatArray

DONE = (Result.Working, Result.Finished)


@dataclass(frozen=True)
class Motion:
    """What the joints are commanded to do at one moment."""

    position: FloatArray
    velocity: FloatArray
    acceleration: FloatArray


class Planned:
    """A run that ruckig planned."""

    def __init__(self, start: Motion, speed: FloatArray, trajectory: Trajectory,
                 jerk: Sequence[float]) -> None:
        self._start = start
        self._speed = speed
        self._trajectory = trajectory
        self._jerk = jerk
        self.duration: float = trajectory.duration

    def at(self, seconds: float) -> Motion:
        """Return the motion after some time."""
        position, velocity, acceleration = np.array(self._trajectory.at_time(seconds))
        if seconds >= self.duration:
            return Motion(position, self._speed, np.zeros_like(self._speed))
        return Motion(position, velocity, acceleration)

    def places(self, moments: Sequence[float]) -> FloatArray:
        """Return the positions of all joints at some moments."""
        return np.array([self._trajectory.at_time(moment)[0] for moment in moments])

    @cached_property
    def turns(self) -> list[tuple[int, float, float]]:
        """Joints that turn round on the way to standstill: which, when, and where."""
        velocity, acceleration = self._start.velocity.tolist(), self._start.acceleration.tolist()
        found = []
        for joint, (v, a, jerk) in enumerate(zip(velocity, acceleration, self._jerk, strict=True)):
            # it brakes harder than it can let go of in time
            if v * a < 0.0 < (spare := a * a - 2 * jerk * abs(v)):
                moment = (abs(a) - math.sqrt(spare)) / jerk
                found.append((joint, moment, self._trajectory.at_time(moment)[0][joint]))
        return found

    @cached_property
    def extent(self) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest position of each joint on a run to standstill."""
        begin, end = self._start.position, np.array(self._trajectory.at_time(self.duration)[0])
        lowest, highest = np.minimum(begin, end), np.maximum(begin, end)
        for joint, _, place in self.turns:
            lowest[joint], highest[joint] = min(lowest[joint], place), max(highest[joint], place)
        return lowest, highest


class Ramp:
    """The run of every joint from `start` to a velocity. Afterwards it goes on at that velocity."""

    def __init__(self, start: Motion, velocity: FloatArray, acceleration: FloatArray,
                 jerk: FloatArray) -> None:
        self._start = start
        v, a = start.velocity - velocity, start.acceleration
        sign = np.where(v + a * np.abs(a) / (2 * jerk) > 0.0, -1.0, 1.0)
        v, a = sign * v, sign * a
        top = np.maximum(acceleration, a)
        peak = np.minimum(np.sqrt(np.maximum(a * a / 2 - jerk * v, 0.0)), top)
        peak = np.maximum(peak, a)
        gained = (2 * peak * peak - a * a) / (2 * jerk)
        hold = np.where(peak > 0.0, np.maximum(-v - gained, 0.0) / np.maximum(peak, 1e-12), 0.0)
        hold = np.where(peak < top, 0.0, hold)
        # The jerk is on until _first, off until _second, and opposite until _ends.
        self._first = (peak - a) / jerk
        self._second = self._first + hold
        self._ends = self._second + np.maximum(peak, 0.0) / jerk
        self._jerk = sign * jerk
        self._velocity = velocity

    @property
    def duration(self) -> float:
        """Seconds until the last joint has arrived."""
        return float(self._ends.max())

    def at(self, seconds: float) -> Motion:
        """Return the motion after some time."""
        t, u, w = self._spans(np.array(seconds))
        velocity = (self._start.velocity + t * self._start.acceleration
                    + self._jerk * (t * t - u * u - w * w) / 2)
        acceleration = self._start.acceleration + self._jerk * (t - u - w)
        done = seconds >= self._ends
        return Motion(self.positions(np.array(seconds)), np.where(done, self._velocity, velocity),
                      np.where(done, 0.0, acceleration))

    def positions(self, moments: FloatArray) -> FloatArray:
        """Return the positions at some moments, one for all joints or one for each."""
        t, u, w = self._spans(moments)
        start = self._start
        place: FloatArray = (start.position + t * (start.velocity + t * start.acceleration / 2)
                             + self._jerk * (t * t * t - u * u * u - w * w * w) / 6
                             + (moments - t) * self._velocity)
        return place

    def places(self, moments: Sequence[float]) -> FloatArray:
        """Return the positions of all joints at some moments."""
        return self.positions(np.array(moments)[:, None])

    @cached_property
    def turns(self) -> list[tuple[int, float, float]]:
        """Joints that turn round on the way to standstill: which, when, and where."""
        moments = np.minimum(self._turn(), self._first)
        places = self.positions(moments)
        return [(int(joint), float(moments[joint]), float(places[joint]))
                for joint in np.nonzero(moments)[0]]

    def _spans(self, moments: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """How long the jerk has been on, off and opposite."""
        t = np.minimum(moments, self._ends)
        return t, np.maximum(t - self._first, 0.0), np.maximum(t - self._second, 0.0)

    @cached_property
    def extent(self) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest position of each joint on a ramp to standstill."""
        turns = np.minimum(self._turn(), self._first)
        seen = self.positions(np.array((np.zeros_like(turns), turns, self._ends)))
        return seen.min(axis=0), seen.max(axis=0)

    def _turn(self) -> FloatArray:
        """When each joint turns round during the first part; 0 where it does not."""
        a, v = self._start.acceleration / self._jerk, self._start.velocity / self._jerk
        earlier = -a - np.sqrt(np.maximum(a * a - 2 * v, 0.0))
        moment: FloatArray = np.where((v > 0.0) & (a < 0.0), earlier, 0.0)
        return moment


class Aside:
    """A run of joints that are `stray` away from where they are commanded."""

    def __init__(self, run: VelocityProfile, stray: FloatArray) -> None:
        self._run, self._stray = run, stray
        self.duration: float = run.duration

    def at(self, seconds: float) -> Motion:
        """Return the motion after some time."""
        motion = self._run.at(seconds)
        return replace(motion, position=motion.position + self._stray)

    def places(self, moments: Sequence[float]) -> FloatArray:
        """Return the positions of all joints at some moments."""
        return self._run.places(moments) + self._stray

    @property
    def turns(self) -> list[tuple[int, float, float]]:
        """Joints that turn round on the way to standstill: which, when, and where."""
        return [(joint, moment, place + float(self._stray[joint]))
                for joint, moment, place in self._run.turns]

    @property
    def extent(self) -> tuple[FloatArray, FloatArray]:
        """Return the lowest and highest position of each joint on a run to standstill."""
        lowest, highest = self._run.extent
        return lowest + self._stray, highest + self._stray


# Every joint's way to a speed, as fast as acceleration and jerk limits let it.
VelocityProfile = Planned | Ramp | Aside


class ProfilePlanner:
    """Plans runs of one robot."""

    def __init__(self, speed: FloatArray, acceleration: FloatArray, jerk: FloatArray) -> None:
        self._acceleration, self._jerk = acceleration, jerk
        self._jerks = jerk.tolist()
        self._planner = Ruckig(len(jerk))
        question = self._question = InputParameter(len(jerk))
        question.control_interface = ControlInterface.Velocity
        question.synchronization = Synchronization.No
        question.max_velocity, question.max_acceleration = speed.tolist(), acceleration.tolist()
        question.max_jerk = jerk.tolist()

    def to(self, start: Motion, speed: FloatArray) -> VelocityProfile:
        """Return the run from a motion to a speed."""
        question, trajectory = self._question, Trajectory(len(self._jerk))
        question.current_position = start.position.tolist()
        question.current_velocity = start.velocity.tolist()
        question.current_acceleration = start.acceleration.tolist()
        question.target_velocity = speed.tolist()
        with suppress(RuckigError, ValueError):  # some states at the very edge of the limits
            if self._planner.calculate(question, trajectory) in DONE:
                return Planned(start, speed, trajectory, self._jerks)
        return Ramp(start, speed, self._acceleration, self._jerk)
