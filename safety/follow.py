"""Follows a request for one beat, as far as a way out remains: as asked, slower, bent, or not."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from visuomotor.safety.clearance import RATE, Clearance, at_least
from visuomotor.safety.handful import Flags, some
from visuomotor.safety.limit_check import AXES, LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import Candidate, JerkLimited
from visuomotor.safety.profile import Aside, Motion
from visuomotor.safety.request import JointRequest
from visuomotor.specs.codes import Verdict
from visuomotor.specs.values import FloatArray

CALM_RATE = 2.0     # 1/s, off the straight way to a position
CALM_SHARE = 0.5    # of the speed limit, the same
DAMPING = 1e-3      # of bending along what was met


@dataclass(frozen=True)
class Granted:
    """The motion commanded for one request."""

    motion: Motion
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass
class Obstacle:
    """What stood in the way of the attempts so far, and what made them slower."""

    joints: Flags
    walls: Flags = field(default_factory=lambda: np.zeros(len(AXES), dtype=bool))
    pairs: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    slowed: tuple[str, ...] = ()

    @property
    def bends(self) -> bool:
        """Whether a way along it is worth an attempt."""
        return bool(self.pairs) or some(self.walls)


class Follower:
    """Tries a few candidates, best first, and commands the first one that keeps a way out."""

    def __init__(self, motion: JerkLimited, check: LimitCheck, clearance: Clearance | None,
                 limits: Limits) -> None:
        self.motion = motion
        self.check = check
        self.clearance = clearance
        self.limits = limits
        # how far the robot is measured from where it was sent; None: it is as good as there
        self.stray: FloatArray | None = None

    def grant(self, request: JointRequest) -> Granted:
        """Command one beat towards a request."""
        tip = self.check.tip(self.motion.now.position)
        met = Obstacle(np.zeros(len(request.velocity), dtype=bool))
        for attempt in self._attempts(request, met):
            candidate = attempt()
            if candidate is not None and self._free(candidate, tip, met):
                return self._judged(self.motion.take(candidate), request, met)
        why = met.reasons or ('no motion inside the limits leads there',)
        return Granted(self.motion.brake(), Verdict.CLIP, (*request.clipped, *why))

    def escape(self) -> tuple[FloatArray, tuple[str, ...]] | None:
        """Return joint speeds by which a robot that drifted into a margin comes out of it, and why;
        None: it is clear where it is measured."""
        if self.stray is None:
            return None
        place = self.motion.now.position + self.stray
        if self.clearance and (away := self.clearance.escape(place)):
            return away
        return self._inwards(place)

    def _inwards(self, place: FloatArray) -> tuple[FloatArray, tuple[str, ...]] | None:
        """Return joint speeds that bring the tip back between its walls; None: it is there."""
        tip, check = self.check.tip(place), self.check
        if tip is None or ((check.box_lower <= tip) & (tip <= check.box_upper)).all():
            return None
        jacobian, speeds = check.tip_jacobian(place), np.zeros(len(place))
        missing = np.clip(tip, check.box_lower, check.box_upper) - tip
        for axis in np.nonzero(missing)[0]:
            inwards = jacobian[axis] * np.sign(missing[axis])
            speeds = at_least(speeds, inwards, RATE * abs(missing[axis]))
        return speeds, tuple(f'the tip is measured outside its box: {AXES[axis]}'
                             for axis in np.nonzero(missing)[0])

    def keeps_way_out(self, candidate: Candidate) -> bool:
        """Say whether a candidate may be commanded now."""
        met = Obstacle(np.zeros(len(candidate.before), dtype=bool))
        return self._free(candidate, self.check.tip(candidate.before), met)

    def _free(self, candidate: Candidate, tip: FloatArray | None, met: Obstacle) -> bool:
        """Say whether the way out is free, of the robot as commanded and as measured."""
        if not self._clear(candidate, tip, met):
            return False
        if self.stray is None:
            return True
        measured = aside(candidate, self.stray)
        return self._clear(measured, self.check.tip(measured.before), met)

    def _clear(self, candidate: Candidate, tip: FloatArray | None, met: Obstacle) -> bool:
        """Say whether a way out is free; note what is not."""
        joints = self.check.joints_leaving(candidate)
        walls = self.check.walls_crossed(candidate, tip)
        if joints is None and walls is None:
            if not self.clearance:
                return True
            pairs = self.clearance.hits(candidate.way_out, candidate.before)
            if pairs:
                met.reasons = met.reasons or self.clearance.describe(pairs)
                met.pairs = (*met.pairs, *pairs)
            return not pairs
        met.reasons = met.reasons or self.check.describe(joints, walls)
        met.joints = met.joints if joints is None else met.joints | joints
        met.walls = met.walls if walls is None else met.walls | walls
        return False

    def _attempts(self, request: JointRequest,
                  met: Obstacle) -> Iterator[Callable[[], Candidate | None]]:
        """What to try, best first. Later attempts know what the earlier ones met."""
        motion, speed = self.motion, request.velocity
        position, course = request.position, request.course
        if position is not None:
            if course is not None:
                yield lambda: self._gently(motion.meet(course), met)
            yield lambda: self._gently(motion.toward(position), met)
            speed = self._calmly(position)
        speed = self._slower(speed, met)
        if position is None:
            yield lambda: motion.at_speed(speed)
        yield lambda: motion.at_speed(np.where(met.joints, 0.0, speed))
        if met.bends:
            yield lambda: motion.at_speed(self._along(np.where(met.joints, 0.0, speed), met))

    def _gently(self, candidate: Candidate | None, met: Obstacle) -> Candidate | None:
        """Pass over a candidate that approaches something too fast."""
        if candidate is None or self.clearance is None:
            return candidate
        _, slowed = self.clearance.bend(candidate.motion.velocity, self.motion.now.position)
        met.slowed = met.slowed or slowed
        return None if slowed else candidate

    def _slower(self, speed: FloatArray, met: Obstacle) -> FloatArray:
        if self.clearance is not None:
            place = self.motion.now.position
            speed, slowed = self.clearance.bend(speed, place)
            met.slowed = met.slowed or slowed
            if self.stray is not None:
                speed, slowed = self.clearance.bend(speed, place + self.stray)
                met.slowed = met.slowed or slowed
        return speed

    def _along(self, speed: FloatArray, met: Obstacle) -> FloatArray:
        """Slide along what was met."""
        place = self.motion.now.position
        rows = [self.check.tip_jacobian(place)[met.walls]] if met.walls.any() else []
        if met.pairs and self.clearance:
            slopes = np.array([self.clearance.scene.slope(place, pair)
                               for pair in dict.fromkeys(met.pairs)])
            rows.append(slopes[slopes @ speed < 0.0])
        return along_walls(speed, np.concatenate(rows))

    def _calmly(self, position: FloatArray) -> FloatArray:
        most = CALM_SHARE * self.motion.speed
        return np.clip(CALM_RATE * (position - self.motion.now.position), -most, most)

    def _judged(self, motion: Motion, request: JointRequest, met: Obstacle) -> Granted:
        slow = (*request.slowed, *met.slowed, *self._behind(motion, request))
        clip = (*request.clipped, *met.reasons)
        verdict = Verdict.SLOW if slow else Verdict.CLIP if clip else Verdict.PASS
        return Granted(motion, verdict, (*clip, *slow))

    def _behind(self, motion: Motion, request: JointRequest) -> tuple[str, ...]:
        if request.position is None:
            return ()
        error = np.abs(request.position - motion.position)
        worst = int(error.argmax())
        if error[worst] <= self.limits.behind:
            return ()
        name = self.check.spec.names[worst]
        return (f'{name} is {error[worst]:.2f} rad behind the target, at its own limits',)


def aside(candidate: Candidate, stray: FloatArray) -> Candidate:
    """Return the same motion of a robot that is `stray` away from it."""
    return Candidate(candidate.motion, Aside(candidate.way_out, stray), candidate.before + stray)


def along_walls(speeds: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the joint speeds nearest to `speeds` that leave still what each row measures."""
    onto = np.linalg.solve(rows @ rows.T + DAMPING**2 * np.eye(len(rows)), rows @ speeds)
    bent: FloatArray = speeds - rows.T @ onto
    return bent
