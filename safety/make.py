"""Makes the filter of one robot: with its kinematics, its surroundings and the stop that stood when it last ended."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch_file
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.latch import Latch
from visuomotor.safety.limits import Limits, SafetySettings
from visuomotor.specs.fixture import Fixture
from visuomotor.specs.robot import RobotSpec


def make_filter(spec: RobotSpec, limits: Limits, fixtures: Sequence[Fixture] = (), *,
                latch: Latch | None = None) -> SafetyFilter:
    """Make a filter, armed unless a latch says otherwise."""
    start = latch or Latch(armed=True)
    if not spec.tip_link or not spec.urdf:
        return SafetyFilter(spec, None, limits, latch=start)
    scene = CollisionScene(spec, fixtures, collision_pairs.load(spec).touching)
    return SafetyFilter(spec, Kinematics(spec), limits, scene=scene, latch=start)


def make_lasting(spec: RobotSpec, settings: SafetySettings, fixtures: Sequence[Fixture] = ()) -> SafetyFilter:
    """Make a filter whose stop survives a restart, where a file is given for it."""
    file = Path(settings.latch_file) if settings.latch_file else None
    latch = latch_file.restore(file, settings.armed_at_start) if file else Latch(armed=settings.armed_at_start)
    made = make_filter(spec, settings, fixtures, latch=latch)
    if file:
        made.keep = partial(latch_file.store, file)
    return made
