"""Follows a wish for one beat, as far as a way out remains: as asked, else bent, else not at all."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from visuomotor.nodes.safety.bend import along_walls
from visuomotor.nodes.safety.limits import Limits
from visuomotor.nodes.safety.motion import Aim, Candidate, JerkLimited
from visuomotor.nodes.safety.ramp import Motion
from visuomotor.nodes.safety.room import Flags, Room
from visuomotor.nodes.safety.verdict import Verdict
from visuomotor.nodes.safety.wish import Wish
from visuomotor.robots.interface import FloatArray

CALM_RATE, CALM_SHARE = 2.0, 0.5  # 1/s, and part of the speed limit, off the straight way to a position


@dataclass(frozen=True)
class Granted:
    """The motion commanded for one wish."""

    motion: Motion
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass
class Obstacle:
    """What stood in the way of the attempts so far."""

    joints: Flags
    walls: Flags
    reasons: tuple[str, ...] = ()


class Follower:
    """Tries a few candidates for each wish, best first, and commands the first one that keeps a way out."""

    def __init__(self, motion: JerkLimited, room: Room, limits: Limits) -> None:
        self.motion, self.room, self.limits = motion, room, limits

    def grant(self, wish: Wish) -> Granted:
        """Command one beat towards a wish."""
        before = self.motion.now
        tip = self.room.tip(before.position)
        met = Obstacle(np.zeros(len(wish.velocity), dtype=bool), np.zeros(3, dtype=bool))
        for attempt in self._attempts(wish, met):
            candidate = attempt()
            if candidate is None:
                continue
            joints, walls = self.room.joints_leaving(candidate, before), self.room.walls_crossed(candidate, tip)
            if not (joints.any() or walls.any()):
                return self._judged(self.motion.take(candidate), wish, met.reasons)
            met.reasons = met.reasons or self.room.describe(joints, walls)
            met.joints, met.walls = met.joints | joints, met.walls | walls
        why = met.reasons or ('no motion inside the limits leads there',)
        return Granted(self.motion.brake(), Verdict.CLIP, (*wish.clipped, *why))

    def _attempts(self, wish: Wish, met: Obstacle) -> Iterator[Callable[[], Candidate | None]]:
        """What to try, best first. Later attempts know what the earlier ones met."""
        motion, position, course, speed = self.motion, wish.position, wish.course, wish.velocity
        if position is not None:
            if course is not None:
                yield lambda: motion.meet(course)
            yield lambda: motion.toward(Aim(position, motion.still, motion.still))
            speed = self._calmly(position)
        else:
            yield lambda: motion.at_speed(speed)
        yield lambda: motion.at_speed(np.where(met.joints, 0.0, speed))
        if met.walls.any():
            slide = self.room.tip_jacobian(motion.now.position)
            yield lambda: motion.at_speed(along_walls(np.where(met.joints, 0.0, speed), slide, met.walls))

    def _calmly(self, position: FloatArray) -> FloatArray:
        most = CALM_SHARE * self.motion.speed
        return np.clip(CALM_RATE * (position - self.motion.now.position), -most, most)

    def _judged(self, motion: Motion, wish: Wish, met: tuple[str, ...]) -> Granted:
        behind = self._behind(motion, wish)
        verdict = Verdict.SLOW if wish.slowed or behind else Verdict.CLIP if wish.clipped or met else Verdict.PASS
        return Granted(motion, verdict, (*wish.clipped, *met, *wish.slowed, *behind))

    def _behind(self, motion: Motion, wish: Wish) -> tuple[str, ...]:
        if wish.position is None:
            return ()
        error = np.abs(wish.position - motion.position)
        worst = int(np.argmax(error))
        if error[worst] <= self.limits.behind:
            return ()
        return (f'{self.room.spec.names[worst]} is {error[worst]:.2f} rad behind the target, at its own limits',)
