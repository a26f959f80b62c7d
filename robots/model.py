"""Where a robot's model lies, and its text."""
from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pybullet_data
from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import DriverChoice, RobotSpec

SHIPPED = 'pybullet_data:'   # models that come with PyBullet


def model_path(spec: RobotSpec) -> Path:
    """Return the URDF of a robot; refuse one without."""
    if not spec.urdf:
        raise BadInput(f'Robot {spec.name} has no model: set urdf in '
                       f'config/robots/{spec.name}.yaml, or use world fake.')
    inside = spec.urdf.removeprefix(SHIPPED)
    path = Path(paths.URDF if inside == spec.urdf else pybullet_data.getDataPath()) / inside
    if not path.is_file():
        raise BadInput(f'The model of robot {spec.name} should be {path}, but there is no such '
                       f'file; mend urdf in config/robots/{spec.name}.yaml.')
    return path


def model_text(spec: RobotSpec) -> str:
    """Return the URDF of a robot as text."""
    return model_path(spec).read_text()


def arm_text(spec: RobotSpec) -> str:
    """Return the URDF of an arm for pinocchio, endless joints as one angle, not cosine and sine."""
    if not spec.tip_link or spec.urdf.startswith(SHIPPED):
        raise BadInput(f'{spec.name} is no arm with a model in urdf/, which kinematics and '
                       'collisions need; choose an arm.')
    return model_text(spec).replace('type="continuous"', 'type="revolute"')


def fingerprint(spec: RobotSpec) -> str:
    """Name a robot's specification and model in 16 letters: others with equal joint names differ.
    Where its driver finds it does not count."""
    known = dataclasses.asdict(dataclasses.replace(spec, driver=DriverChoice()))
    content = json.dumps(known, sort_keys=True) + (model_text(spec) if spec.urdf else '')
    return hashlib.sha256(content.encode()).hexdigest()[:16]
