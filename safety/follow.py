"""Follows a request for one beat, as far as a way out remains. As asked, else slower, else bent,
else not at all."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.limit_check import Flags, LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import Aim, Candidate, JerkLimited
from visuomotor.safety.profile import Motion
from visuomotor.safety.request import JointRequest
from visuomotor.specs.codes import Verdict
from visuomotor.specs.values import FloatArray

# 1/s, and part of the speed limit, off the straight way to a position
CALM_RATE, CALM_SHARE = 2.0, 0.5
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
    walls: Flags
    pairs: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    slowed: tuple[str, ...] = ()

    @property
    def bends(self) -> bool:
        """Whether a way along it is worth an attempt."""
        return bool(self.pairs) or bool(self.walls.any())


class Follower:
    """Tries a few candidates for each request, best first, and commands the first one that keeps a
    way out."""

    def __init__(self, motion: JerkLimited, check: LimitCheck, clearance: Clearance | None,
                 limits: Limits) -> None:
        self.motion = motion
        self.check = check
        self.clearance = clearance
        self.limits = limits

    def grant(self, request: JointRequest) -> Granted:
        """Command one beat towards a request."""
        before = self.motion.now
        tip = self.check.tip(before.position)
        met = Obstacle(np.zeros(len(request.velocity), dtype=bool), np.zeros(3, dtype=bool))
        for attempt in self._attempts(request, met):
            candidate = attempt()
            if candidate is not None and self._free(candidate, before, tip, met):
                return self._judged(self.motion.take(candidate), request, met)
        why = met.reasons or ('no motion inside the limits leads there',)
        return Granted(self.motion.brake(), Verdict.CLIP, (*request.clipped, *why))

    def keeps_way_out(self, candidate: Candidate) -> bool:
        """Say whether a candidate may be commanded now."""
        before = self.motion.now
        met = Obstacle(np.zeros(len(before.position), dtype=bool), np.zeros(3, dtype=bool))
        return self._free(candidate, before, self.check.tip(before.position), met)

    def _free(self, candidate: Candidate, before: Motion, tip: FloatArray | None,
              met: Obstacle) -> bool:
        """Say whether the way out is free; note what is not."""
        joints, walls = self.check.joints_leaving(candidate,
                                                  before), self.check.walls_crossed(candidate, tip)
        if joints is None and walls is None:
            pairs = self.clearance.hits(candidate.way_out,
                                        before.position) if self.clearance else ()
            if not pairs:
                return True
            met.reasons = met.reasons or (self.clearance.describe(pairs) if self.clearance else ())
            met.pairs = (*met.pairs, *pairs)
            return False
        met.reasons = met.reasons or self.check.describe(joints, walls)
        met.joints = met.joints if joints is None else met.joints | joints
        met.walls = met.walls if walls is None else met.walls | walls
        return False

    def _attempts(self, request: JointRequest,
                  met: Obstacle) -> Iterator[Callable[[], Candidate | None]]:
        """What to try, best first. Later attempts know what the earlier ones met."""
        motion = self.motion
        position = request.position
        course = request.course
        speed = request.velocity
        if position is not None:
            if course is not None:
                yield lambda: self._gently(motion.meet(course), met)
            yield lambda: self._gently(motion.toward(Aim(position, motion.still, motion.still)),
                                       met)
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
        if self.clearance is None:
            return speed
        slower, slowed = self.clearance.bend(speed, self.motion.now.position)
        met.slowed = met.slowed or slowed
        return slower

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
        behind = self._behind(motion, request)
        slow = (*request.slowed, *met.slowed, *behind)
        verdict = (Verdict.SLOW if slow else Verdict.CLIP if request.clipped or met.reasons
                   else Verdict.PASS)
        return Granted(motion, verdict, (*request.clipped, *met.reasons, *slow))

    def _behind(self, motion: Motion, request: JointRequest) -> tuple[str, ...]:
        if request.position is None:
            return ()
        error = np.abs(request.position - motion.position)
        worst = int(error.argmax())
        if error[worst] <= self.limits.behind:
            return ()
        return (f'{self.check.spec.names[worst]} is {error[worst]:.2f} rad behind the target, at '
                'its own limits',)


def along_walls(speeds: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the joint speeds nearest to `speeds` that leave still what each row measures, such as
    the tip's z."""
    onto = np.linalg.solve(rows @ rows.T + DAMPING**2 * np.eye(len(rows)), rows @ speeds)
    bent: FloatArray = speeds - rows.T @ onto
    return bent
