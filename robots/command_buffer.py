"""What every robot does with a command before anything moves: refuse nonsense, cut it to what is
reachable, mind silence. All robots share it, so `send` means the same everywhere."""
from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from visuomotor.robots.playout import Playout
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, Target


class CommandBuffer:
    """The command in force, if any. Times are seconds of the robot's own clock."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec = spec
        self.obeying = False       # a command is in force
        self.silent = False        # the last one ran out, and none came since
        self._sent_at = -math.inf
        self._answered = -math.inf   # s, moment that the last one belongs to
        self._first = True
        self._playout = Playout(1.0 / spec.control_hz)
        self._sent: list[float] = []
        self._beat = 1.0 / spec.control_hz

    def take(self, target: Target, now: float, resting: Iterable[float]) -> tuple[Target, float]:
        """Put a command in force; return what is really sent, stamped with the moment that it
        belongs to, and the seconds to be there in. `resting`, (joints,), is where the robot sets
        out from when no command is in force.

        Raises:
            BadInput: for a wrong shape or a number that is not finite; the command in force stays.
        """
        self.check(target)
        span, start, answered = self._beat, resting, self._moment(target.stamp, now)
        self._first = not self.obeying
        if self.obeying:
            span = min(max(answered - self._answered, self._beat), self.spec.command_age)
            start = self._sent
        self._answered = answered
        self._sent = self._reachable(target.position, start, span)
        self._sent_at = now
        self.obeying, self.silent = True, False
        velocity = np.minimum(np.maximum(target.velocity, -self.spec.velocity), self.spec.velocity)
        return Target(np.array(self._sent), velocity, self._closing(target.gripper),
                      answered), span

    def due(self, latency: float = 0.0) -> float:
        """Return when to begin with the command just taken, on a robot that obeys so late."""
        return self._playout.due(self._answered, self._sent_at, latency, self._first)

    def ahead(self, target: Target, late: float, span: float) -> list[float]:
        """Return where the motion of a target has gone `span` after it was begun, so late, s: a
        robot that aims there goes on as fast as commanded, and makes good its error meanwhile."""
        late += span - self._beat
        further = target.position
        if abs(late) > SAME_MOMENT:
            further = np.clip(further + target.velocity * late, self.spec.lower, self.spec.upper)
        return list(further.tolist())

    def rest(self) -> None:
        """Give up the command in force: somebody said stop, or the connection begins or ends."""
        self.obeying, self.silent = False, False

    def ran_out(self, now: float) -> bool:
        """Tell, once, that the command in force has become too old: the robot brakes by itself."""
        if not self.obeying or now - self._sent_at <= self.spec.command_age + SAME_MOMENT:
            return False
        self.obeying, self.silent = False, True
        return True

    @property
    def alarms(self) -> tuple[str, ...]:
        """What to complain of, in `State.alarms`."""
        silence = f'No command for more than {self.spec.command_age:g} s: braked and holding.'
        return (silence,) if self.silent else ()

    def check(self, target: Target) -> None:
        """Refuse a wrong shape and numbers that are not finite."""
        spec, position, velocity = self.spec, target.position, target.velocity
        closing = (target.gripper or 0.0) if spec.gripper else 0.0
        shape = (len(spec.joints),)
        # One number that is not finite makes the sum so; numbers too big to be squared are looked
        # at again below.
        if position.shape == velocity.shape == shape and math.isfinite(
                position.dot(position) + velocity.dot(velocity) + closing):
            return
        for what, array in (('positions', position), ('velocities', velocity)):
            if array.shape != shape:
                raise BadInput(f'{spec.name} expects {shape[0]} {what}, but got shape '
                               f'{array.shape}.')
            if not np.isfinite(array).all():
                raise BadInput(f'{spec.name} expects finite {what}, but got {array.tolist()}.')
        if not math.isfinite(closing):
            raise BadInput(f'{spec.name} expects a finite gripper target, but got {closing}.')

    def _moment(self, stamp: float, now: float) -> float:
        """Return when a command belongs: at its stamp, as far as that can be believed."""
        if not stamp < now - SAME_MOMENT:   # now, from the future, or NaN
            return now
        before = self._answered if self.obeying else -math.inf
        return min(max(stamp, now - self.spec.command_age, before), now)

    def _reachable(self, wanted: FloatArray, start: Iterable[float], span: float) -> list[float]:
        """Return the nearest positions inside their limits that joints reach in `span`."""
        # Plain numbers: for a handful of joints a loop takes a third of numpy's time, and this runs
        # at every beat.
        reached = []
        for goal, last, (lower, upper, fastest, _) in zip(wanted.tolist(), start, self.spec.bounds,
                                                          strict=True):
            way, reach = goal - last, fastest * span
            near = last + (reach if way > reach else -reach if way < -reach else way)
            # a joint that is slightly outside may stay there, but goes no further
            if near > upper or near < lower:
                near = min(max(near, min(lower, last)), max(upper, last))
            reached.append(near)
        return reached

    def _closing(self, gripper: float | None) -> float | None:
        if gripper is None or self.spec.gripper is None:
            return None
        return min(max(float(gripper), 0.0), 1.0)
