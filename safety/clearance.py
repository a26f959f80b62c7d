"""Keeps the arm from itself and its surroundings, along the whole way out and not only at samples.

No joint can change a clearance by more than `scene.reach` for each rad. So one look, at one
posture, speaks for every posture near it: most beats need none. Where it does not suffice the way
out is halved again and again, and only pairs still in doubt are looked at. What remains in doubt
after that counts as a collision. At every place looked at the whole margin is kept, and between
them at least half of it.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.collision import CollisionScene
from visuomotor.safety.handful import smallest
from visuomotor.safety.profile import VelocityProfile
from visuomotor.specs.values import FloatArray

PARTS = 16         # that a way out is cut into, at most
MOST_LOOKS = 40    # along one way out
CROWD = 8          # pairs in doubt, above which a look at all of them pays
EXACT = 1e-5       # m; rounding is no approach
RATE = 10.0        # 1/s: what is near may be approached by at most this times the clearance left
BETWEEN = 0.5      # of the margin, that may be lost between two looks at the end of all halving
SOFT = 0.25        # of the margin, that approaching leaves as clearance
NEAREST = 3        # pairs that slow down one request
Numbers = NDArray[np.intp]
Pairs = tuple[int, ...]


class Clearance:
    """Judges ways out, and slows down wishes before something is near."""

    def __init__(self, scene: CollisionScene) -> None:
        self.scene, self.looks = scene, 0
        self._soft = SOFT * scene.margins
        self._look_from(np.array(scene.spec.home))

    def _look_from(self, posture: FloatArray) -> None:
        self._posture, self._known = posture, self.scene.clearances(posture)
        self.looks += 1

    def place(self, body: str, pose: FloatArray) -> None:
        """Take over where a moving body is, and look again at what was known around it."""
        if self.scene.place(body, pose):
            self._look_from(self._posture)

    def hits(self, way_out: VelocityProfile, before: FloatArray) -> Pairs:
        """Return pairs that would come too near from `before` to the end of a way out."""
        lowest, highest = way_out.extent
        away = np.maximum(np.maximum(highest, before) - self._posture,
                          self._posture - np.minimum(lowest, before))
        doubt = (self._known < self.scene.reach.dot(away)).nonzero()[0]
        return self._along(way_out, before, doubt) if len(doubt) else ()

    def _along(self, way_out: VelocityProfile, before: FloatArray, doubt: Numbers) -> Pairs:
        places, gone = stations(way_out, before)
        middle = len(places) // 2
        if len(doubt) > CROWD:
            self._look_from(places[middle])
            away = np.maximum(gone[middle], gone[-1] - gone[middle])
            doubt = (self._known < self.scene.reach.dot(away)).nonzero()[0]
            if not len(doubt):
                return ()
        begun = dict(zip(doubt.tolist(), self.scene.some(before, doubt.tolist()), strict=True))
        outside = [pair for pair, clearance in begun.items() if clearance < 0.0]
        inside = doubt[[begun[pair] >= 0.0 for pair in doubt.tolist()]] if outside else doubt
        if hit := self._nearer(places, outside, begun):
            return hit
        return self._halve(places, gone, inside) if len(inside) else ()

    def _nearer(self, places: FloatArray, pairs: list[int], begun: dict[int, float]) -> Pairs:
        """What is too near already may move, but not come nearer."""
        for place in places[1:] if pairs else ():
            found = zip(pairs, self.scene.some(place, pairs), strict=True)
            if hit := tuple(p for p, clearance in found if clearance < begun[p] - EXACT):
                return hit
        return ()

    def _halve(self, places: FloatArray, gone: FloatArray, doubt: Numbers) -> Pairs:
        """Look at the middle of a stretch; where that does not decide, look at both halves."""
        open_, looks = [(0, len(places) - 1, doubt)], 0
        while open_:
            first, last, pairs = open_.pop()
            middle, looks = (first + last) // 2, looks + 1
            clearances = np.array(self.scene.some(places[middle], pairs.tolist()))
            least = smallest(clearances)
            if least < 0.0 or looks > MOST_LOOKS:
                return tuple(pairs[clearances <= least].tolist())
            away = np.maximum(gone[middle] - gone[first], gone[last] - gone[middle])
            left = pairs[clearances < self.scene.reach[pairs] @ away]
            if not len(left):
                continue
            if last - first > 2:
                open_ += [(middle, last, left), (first, middle, left)]
            elif hit := self._between(places, (first, middle, last), left):
                return hit
        return ()

    def _between(self, places: FloatArray, stops: tuple[int, int, int], pairs: Numbers) -> Pairs:
        """Decide the shortest stretches by both ends. In between some margin is still kept."""
        numbers = pairs.tolist()
        ends = [np.array(self.scene.some(places[stop], numbers)) for stop in stops]
        spare = BETWEEN * self.scene.margins[pairs]
        for one, other, first, last in zip(ends, ends[1:], stops, stops[1:], strict=False):
            travel = np.array(self.scene.travel(places[first], places[last], numbers))
            least = np.minimum(np.minimum(one, other), (one + other - travel) / 2 + spare)
            if (least < 0.0).any():
                return tuple(pairs[least < 0.0].tolist())
        return ()

    def bend(self, speeds: FloatArray, posture: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
        """Return the nearest joint speeds that approach nothing too fast, and what they spare."""
        fast = self.scene.reach.dot(np.abs(speeds))
        least = self._known - self.scene.reach.dot(np.abs(posture - self._posture))
        if (RATE * (least - self._soft) >= fast).all():
            return speeds, ()
        names = []
        for pair, clearance in self.near(posture, fast / RATE)[:NEAREST]:
            slope = self.scene.slope(posture, pair)
            excess = -RATE * max(clearance - self._soft[pair], 0.0) - float(slope @ speeds)
            if excess > 1e-6:
                speeds = speeds + slope * (excess / max(float(slope @ slope), 1e-6))
                names.append('slowed before {} meets {}'.format(*self.scene.names(pair)))
        return speeds, tuple(dict.fromkeys(names))

    def escape(self, posture: FloatArray) -> tuple[FloatArray, tuple[str, ...]] | None:
        """Return joint speeds that win back a margin which was lost, and from what; None: none."""
        found = self.near(posture, np.zeros(len(self._soft)))
        if not found or found[0][1] >= 0.0:
            return None
        speeds = np.zeros(len(posture))
        for pair, clearance in found[:NEAREST]:
            wanted = RATE * (self._soft[pair] - clearance)
            speeds = at_least(speeds, self.scene.slope(posture, pair), wanted)
        names = ('{} is measured too near {}'.format(*self.scene.names(pair))
                 for pair, clearance in found if clearance < 0.0)
        return speeds, tuple(dict.fromkeys(names))

    def near(self, posture: FloatArray, within: FloatArray) -> list[tuple[int, float]]:
        """Return pairs with less clearance than this beyond what approaching leaves, in order."""
        least = self._known - self.scene.reach.dot(np.abs(posture - self._posture))
        doubt = (least - self._soft < within).nonzero()[0]
        if len(doubt) > CROWD:
            self._look_from(posture)
            doubt = (self._known - self._soft < within).nonzero()[0]
        pairs = doubt.tolist()
        found = sorted(zip(self.scene.some(posture, pairs), pairs, strict=True)) if pairs else []
        return [(pair, clearance) for clearance, pair in found
                if clearance - self._soft[pair] < within[pair]]

    def touching(self, posture: FloatArray) -> tuple[str, ...]:
        """Name what has lost more than half its margin in a posture."""
        clearances = self.scene.clearances(posture)
        pairs = (clearances < -BETWEEN * self.scene.margins).nonzero()[0]
        return self.describe(pairs.tolist())

    def describe(self, pairs: Sequence[int]) -> tuple[str, ...]:
        """Name what would have met."""
        return tuple(dict.fromkeys('{} would come too near {}'.format(*self.scene.names(pair))
                                   for pair in pairs))


def at_least(speeds: FloatArray, slope: FloatArray, wanted: float) -> FloatArray:
    """Return the joint speeds nearest to these by which something grows as fast as wanted, m/s."""
    missing = max(wanted - float(slope @ speeds), 0.0)
    return speeds + slope * (missing / max(float(slope @ slope), 1e-6))


def stations(way_out: VelocityProfile, before: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return postures along a way out, `before` first, and how far each joint has gone by then."""
    moments = [way_out.duration * part / PARTS for part in range(PARTS + 1)]
    places = np.concatenate((before[None], way_out.places(moments)))
    steps = np.abs(places[1:] - places[:-1])
    for joint, moment, place in way_out.turns:
        part = min(int(moment / way_out.duration * PARTS), PARTS - 1) + 1 if way_out.duration else 1
        steps[part, joint] += 2 * abs(place - places[part, joint])
    return places, np.concatenate((np.zeros((1, places.shape[1])), np.cumsum(steps, axis=0)))
