"""How far a robot is from the course that it joins, dying away: planned once, inside its limits.
Joining a course, or going on from a gap, throws it nowhere, and no course can run away from it."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ruckig import InputParameter, Result, Ruckig, RuckigError, Synchronization, Trajectory
from visuomotor.specs.robot import RobotSpec

DONE = (Result.Working, Result.Finished)
SHARE = 0.5    # of acceleration and jerk limits; the course needs its own part
SPARE = 0.01   # of a speed limit, that is left where the course moves at that limit
Motion = tuple[list[float], list[float], list[float]]   # position, velocity, acceleration


class Fading:
    """A run of all joints to no distance, no speed and no acceleration beside their course."""

    def __init__(self, spec: RobotSpec, away: Motion, rate: Sequence[float],
                 share: float = SHARE) -> None:
        """`away`: beside the course, which moves at `rate` now."""
        question, run = InputParameter(len(spec.joints)), Trajectory(len(spec.joints))
        question.synchronization = Synchronization.No
        question.current_position, question.current_velocity = away[0], away[1]
        question.current_acceleration = away[2]
        each = [(joint.velocity, speed, SPARE * joint.velocity)
                for joint, speed in zip(spec.joints, rate, strict=True)]
        question.max_velocity = [max(most - speed, spare) for most, speed, spare in each]
        question.min_velocity = [min(-most - speed, -spare) for most, speed, spare in each]
        question.max_acceleration = [share * joint.acceleration for joint in spec.joints]
        question.max_jerk = [share * joint.jerk for joint in spec.joints]
        self._run, self.duration, self._joints = run, 0.0, len(spec.joints)
        with suppress(RuckigError, ValueError):   # the latter is raised for some other failures
            if Ruckig(len(spec.joints)).calculate(question, run) in DONE:
                self.duration = run.duration

    def at(self, seconds: float) -> Motion:
        """Return distance, speed and acceleration after some time: none, where it is gone."""
        if seconds >= self.duration:
            return nowhere(self._joints)
        places, speeds, rates = self._run.at_time(seconds)
        return list(places), list(speeds), list(rates)


def nowhere(joints: int) -> Motion:
    """Return no distance, speed and acceleration of so many joints."""
    return [0.0] * joints, [0.0] * joints, [0.0] * joints
