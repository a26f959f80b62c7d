"""How much room is left: joints inside their position limits and the tip inside its box, along the whole way out."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from visuomotor.nodes.safety.limits import Limits
from visuomotor.nodes.safety.motion import Candidate
from visuomotor.nodes.safety.ramp import Motion, Ramp
from visuomotor.robots.interface import FloatArray
from visuomotor.robots.kinematics import Kinematics
from visuomotor.robots.spec import RobotSpec

LOOK_EVERY = 0.04            # s, between two looks at the tip along the way out
MOST_LOOKS = 12              # along one way out
REACH = 1.5                  # m, no joint moves the tip further than this for each rad
EXACT = 1e-9                 # rad or m; rounding is no violation
AXES = 'xyz'
Flags = NDArray[np.bool_]


def beyond(value: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return how far each value lies outside its bounds; 0 inside."""
    excess: FloatArray = np.maximum(np.maximum(lower - value, value - upper), 0.0)
    return excess


class Room:
    """Judges candidates. What lies outside already may move, but only inwards."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None, limits: Limits) -> None:
        self.spec, self.kinematics = spec, kinematics
        self.lower, self.upper = spec.lower + limits.position_margin, spec.upper - limits.position_margin
        self._beat = float(spec.velocity.sum()) / spec.control_hz  # rad, most that all joints move in one beat
        self.box_lower = np.array(spec.workspace.lower) + limits.workspace_margin
        self.box_upper = np.array(spec.workspace.upper) - limits.workspace_margin

    def tip(self, position: FloatArray) -> FloatArray | None:
        """Where the tip is; None for a robot that has none."""
        return self.kinematics.pose(position)[:3] if self.kinematics else None

    def tip_jacobian(self, position: FloatArray) -> FloatArray:
        """Turn joint speeds into the velocity of the tip, 3 x joints."""
        assert self.kinematics is not None, 'only a tip meets walls'
        return self.kinematics.jacobian(position)[:3]

    def joints_leaving(self, candidate: Candidate, now: Motion) -> Flags:
        """Say for each joint whether it would leave its limits, or be further outside than it is."""
        lowest, highest = candidate.way_out.extent
        allowed = np.maximum(beyond(now.position, self.lower, self.upper), EXACT)
        leaving: Flags = (self.lower - lowest > allowed) | (highest - self.upper > allowed)
        return leaving

    def walls_crossed(self, candidate: Candidate, tip: FloatArray | None) -> Flags:
        """Say for x, y and z whether the tip would leave its box on the way out; `tip` is where it is now."""
        if tip is None or self._far(candidate.way_out, tip):
            return np.zeros(3, dtype=bool)
        allowed = np.maximum(beyond(tip, self.box_lower, self.box_upper), EXACT)
        excess = beyond(self._tips(candidate.way_out), self.box_lower, self.box_upper)
        return np.asarray((excess > allowed).any(axis=0))

    def _far(self, way_out: Ramp, tip: FloatArray) -> bool:
        """Say whether no wall is near enough to be reached on this way out, whatever the posture."""
        lowest, highest = way_out.extent
        nearest = min(float((tip - self.box_lower).min()), float((self.box_upper - tip).min()))
        return nearest > REACH * (float((highest - lowest).sum()) + self._beat)

    def _tips(self, way_out: Ramp) -> FloatArray:
        assert self.kinematics is not None
        looks = min(MOST_LOOKS, 1 + int(way_out.duration / LOOK_EVERY))
        moments = np.linspace(0.0, way_out.duration, looks + 1)
        return np.array([self.kinematics.pose(position)[:3] for position in way_out.positions(moments[:, None])])

    def broken_by(self, candidate: Candidate, now: Motion) -> tuple[str, ...]:
        """Name the limits that a candidate would break; none when it may be commanded."""
        return self.describe(self.joints_leaving(candidate, now), self.walls_crossed(candidate, self.tip(now.position)))

    def describe(self, leaving: Flags, walls: Flags) -> tuple[str, ...]:
        """Name the limits that a wish would have broken."""
        joints = (f'{name} at its position limit' for name, out in zip(self.spec.names, leaving, strict=True) if out)
        sides = (f'workspace {axis}: the tip would leave its box' for axis, out in zip(AXES, walls, strict=True) if out)
        return (*joints, *sides)
