"""How much room is left: joints inside their limits, the tip in its box, all along the way out."""
from __future__ import annotations

import numpy as np
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.handful import Flags, every, smallest, some
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import Candidate
from visuomotor.safety.profile import VelocityProfile
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray

LOOK_EVERY = 0.04            # s, between two looks at the tip along the way out
MOST_LOOKS = 12              # along one way out
EXACT = 1e-9                 # rad or m; rounding is no violation
AXES = 'xyz'


def beyond(value: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return how far each value lies outside its bounds; 0 inside."""
    excess: FloatArray = np.maximum(np.maximum(lower - value, value - upper), 0.0)
    return excess


class LimitCheck:
    """Judges candidates. What lies outside already may move, but only inwards."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None, limits: Limits) -> None:
        self.spec, self.kinematics = spec, kinematics
        self.lower = spec.lower + limits.position_margin
        self.upper = spec.upper - limits.position_margin
        self.box_lower = np.array(spec.workspace.lower) + limits.workspace_margin
        self.box_upper = np.array(spec.workspace.upper) - limits.workspace_margin
        self._levers = levers(kinematics) if kinematics else np.zeros(len(spec.joints))

    def tip(self, position: FloatArray) -> FloatArray | None:
        """Where the tip is; None for a robot that has none."""
        return self.kinematics.pose(position)[:3] if self.kinematics else None

    def tip_jacobian(self, position: FloatArray) -> FloatArray:
        """Turn joint speeds into the velocity of the tip, 3 x joints."""
        assert self.kinematics is not None, 'only a tip meets walls'
        return self.kinematics.jacobian(position)[:3]

    def joints_leaving(self, candidate: Candidate) -> Flags | None:
        """Say for each joint whether it would leave its limits, or go further out; None: none."""
        lowest, highest = candidate.way_out.extent
        if every(lowest >= self.lower) and every(highest <= self.upper):
            return None
        allowed = np.maximum(beyond(candidate.before, self.lower, self.upper), EXACT)
        leaving: Flags = (self.lower - lowest > allowed) | (highest - self.upper > allowed)
        return leaving if some(leaving) else None

    def walls_crossed(self, candidate: Candidate, tip: FloatArray | None) -> Flags | None:
        """Say for x, y and z whether the tip, now at `tip`, would leave its box; None: none."""
        if tip is None or self._far(candidate, tip):
            return None
        allowed = np.maximum(beyond(tip, self.box_lower, self.box_upper), EXACT)
        excess = beyond(self._tips(candidate.way_out), self.box_lower, self.box_upper)
        crossed: Flags = np.asarray((excess > allowed).any(axis=0))
        return crossed if some(crossed) else None

    def _far(self, candidate: Candidate, tip: FloatArray) -> bool:
        """Say whether this way out reaches no wall, whatever the posture."""
        lowest, highest = candidate.way_out.extent
        start = candidate.before
        travel = np.maximum(highest, start) - np.minimum(lowest, start)
        nearest = min(smallest(tip - self.box_lower), smallest(self.box_upper - tip))
        return bool(nearest > self._levers.dot(travel))

    def _tips(self, way_out: VelocityProfile) -> FloatArray:
        assert self.kinematics is not None
        looks = min(MOST_LOOKS, 1 + int(way_out.duration / LOOK_EVERY))
        moments = [way_out.duration * look / looks for look in range(looks + 1)]
        return np.array([self.kinematics.pose(position)[:3]
                         for position in way_out.places(moments)])

    def describe(self, leaving: Flags | None, walls: Flags | None = None) -> tuple[str, ...]:
        """Name the limits that a request would have broken."""
        joints = () if leaving is None else leaving.nonzero()[0]
        sides = () if walls is None else walls.nonzero()[0]
        return (*(f'{self.spec.names[joint]} at its position limit' for joint in joints),
                *(f'workspace {AXES[side]}: the tip would leave its box' for side in sides))


def levers(kinematics: Kinematics) -> FloatArray:
    """Bound how far one rad of each joint moves the tip, whatever the posture, in metres."""
    model = kinematics.model
    lever = float(np.linalg.norm(model.frames[kinematics.tip].placement.translation))
    found = np.zeros(model.nv)
    for joint in range(model.njoints - 1, 0, -1):
        found[joint - 1] = lever
        lever += float(np.linalg.norm(model.jointPlacements[joint].translation))
    return found
