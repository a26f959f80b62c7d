"""Bodies that fixtures move with: where each is, and since when nobody has said so."""
from __future__ import annotations

import numpy as np
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.limits import Limits
from visuomotor.specs.values import FloatArray


class MovingBodies:
    """Those that fixtures of a clearance move with."""

    def __init__(self, clearance: Clearance, limits: Limits) -> None:
        self._clearance, self._age = clearance, limits.body_age
        self._placed = dict.fromkeys(clearance.scene.moving, -np.inf)   # s, when each was

    def place(self, body: str, pose: FloatArray, at: float) -> None:
        """Note where a body is: x y z, quaternion x y z w, base frame."""
        if body in self._placed:
            self._placed[body] = at
            self._clearance.place(body, pose)

    def unseen(self, at: float) -> str:
        """Say which body has not been heard of; '' when all have."""
        for body, placed in self._placed.items():
            if not 0.0 <= at - placed <= self._age:
                return f'no pose of {body} for {self._age:g} s: where it is nobody knows'
        return ''
