"""What every robot refuses, and how far it lets one target go: the part of `send` that is the same for all."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Target


def check(target: Target, spec: RobotSpec) -> None:
    """Refuse a wrong shape and numbers that are not finite."""
    for what, array in (('positions', target.position), ('velocities', target.velocity)):
        if np.shape(array) != (len(spec.joints),):
            raise BadInput(f'{spec.name} expects {len(spec.joints)} {what}, but got the shape {np.shape(array)}.')
        if not np.isfinite(array).all():
            raise BadInput(f'{spec.name} expects finite {what}, but got {np.asarray(array).tolist()}.')
    if spec.gripper is not None and target.gripper is not None and not np.isfinite(target.gripper):
        raise BadInput(f'{spec.name} expects a finite gripper target, but got {target.gripper}.')


def reachable(target: Target, spec: RobotSpec, last: FloatArray, seconds: float) -> Target:
    """Return the target nearest to the wish that the joints reach from `last` in `seconds`, inside their limits."""
    reach = spec.velocity * seconds
    near = np.clip(target.position, last - reach, last + reach)
    # A joint that measures slightly beyond its limit may stay there, but goes no further.
    inside = np.clip(near, np.minimum(spec.lower, last), np.maximum(spec.upper, last))
    speed = np.clip(target.velocity, -spec.velocity, spec.velocity)
    no_gripper = target.gripper is None or spec.gripper is None
    return Target(inside, speed, None if no_gripper else min(max(float(target.gripper or 0.0), 0.0), 1.0))
