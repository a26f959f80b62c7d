"""Braking by itself: a run to standstill that is planned once, from where a robot is and how it
moves. Every robot's silence and stop end in it, so that they agree."""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress

from ruckig import (
    ControlInterface,
    InputParameter,
    Result,
    Ruckig,
    RuckigError,
    Synchronization,
    Trajectory,
)
from visuomotor.specs.robot import RobotSpec

HARDER = 1e3   # times the jerk limit, for a joint that would pass its position limit
DONE = (Result.Working, Result.Finished)


class Braking:
    """One run to standstill inside acceleration and jerk limits, as (joints,) lists in rad."""

    def __init__(self, spec: RobotSpec, position: Iterable[float], velocity: Iterable[float],
                 acceleration: Iterable[float]) -> None:
        """An acceleration counts as far as it slows a joint and turns it round in no case."""
        start = [float(angle) for angle in position]
        speeds = [max(-joint.velocity, min(joint.velocity, float(speed)))
                  for joint, speed in zip(spec.joints, velocity, strict=True)]
        slowing = [_slowing(speed, rate, joint.acceleration, joint.jerk) for speed, rate, joint
                   in zip(speeds, acceleration, spec.joints, strict=True)]
        # a joint that is outside already may stay there, but goes no further
        self._lowest = [min(joint.lower, at) for joint, at in zip(spec.joints, start, strict=True)]
        self._highest = [max(joint.upper, at) for joint, at in zip(spec.joints, start, strict=True)]
        jerks = [joint.jerk for joint in spec.joints]
        self._start = start
        self._run = _plan(spec, start, speeds, slowing, jerks)
        ends = self._run.at_time(self._run.duration)[0] if self._run else start
        passing = [not low <= end <= high for low, end, high
                   in zip(self._lowest, ends, self._highest, strict=True)]
        if any(passing):
            jerks = [jerk * (HARDER if beyond else 1.0)
                     for jerk, beyond in zip(jerks, passing, strict=True)]
            self._run = _plan(spec, start, speeds, slowing, jerks)

    def at(self, seconds: float) -> tuple[list[float], list[float], list[float]]:
        """Return position, velocity and acceleration after some time; at the end, standstill."""
        still = [0.0] * len(self._start)
        if self._run is None:
            return self._start, still, still
        places, speeds, rates = self._run.at_time(min(seconds, self._run.duration))
        ends = zip(places, self._lowest, self._highest, strict=True)
        inside = [min(max(at, low), high) for at, low, high in ends]
        if seconds >= self._run.duration:
            return inside, still, still
        speeds = [speed if at == kept else 0.0
                  for speed, at, kept in zip(speeds, places, inside, strict=True)]
        return inside, speeds, rates


def _slowing(speed: float, rate: float, most: float, jerk: float) -> float:
    """Return the part of an acceleration that slows, and can be let go of before standstill."""
    against = -rate if speed > 0.0 else rate
    return math.copysign(min(max(against, 0.0), most, math.sqrt(2.0 * jerk * abs(speed))), -speed)


def _plan(spec: RobotSpec, position: Sequence[float], velocity: Sequence[float],
          acceleration: Sequence[float], jerk: Sequence[float]) -> Trajectory | None:
    """Plan every joint's way to standstill; None, to stand at once, where none is found."""
    size = len(spec.joints)
    question, run = InputParameter(size), Trajectory(size)
    question.control_interface = ControlInterface.Velocity
    question.synchronization = Synchronization.No
    question.current_position, question.current_velocity = position, velocity
    question.current_acceleration = acceleration
    question.max_velocity = [joint.velocity for joint in spec.joints]
    question.max_acceleration = [joint.acceleration for joint in spec.joints]
    question.max_jerk = jerk
    with suppress(RuckigError, ValueError):   # the latter is raised for some other failures
        if Ruckig(size).calculate(question, run) in DONE:
            return run
    return None
