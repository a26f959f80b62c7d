"""Makes the filter of one robot, with its kinematics, surroundings and the stop that stood."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch as latches
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.latch import Latch
from visuomotor.safety.limits import Limits, SafetySettings
from visuomotor.specs.robot import RobotSpec, Workspace
from visuomotor.specs.task import Fixture

ANYWHERE = Workspace((-100.0, -100.0, -100.0), (100.0, 100.0, 100.0))


def make_filter(spec: RobotSpec, limits: Limits, fixtures: Sequence[Fixture] = (), *,
                latch: Latch | None = None) -> SafetyFilter:
    """Make a filter, armed unless a latch says otherwise."""
    start = latch or Latch(armed=True)
    if not spec.tip_link or not spec.urdf:
        return SafetyFilter(spec, None, limits, latch=start)
    scene = CollisionScene(spec, fixtures, collision_pairs.load(spec).touching)
    scene.check_home()
    return SafetyFilter(spec, Kinematics(spec), limits, scene=scene, latch=start)


def make_unshielded(spec: RobotSpec, limits: Limits) -> SafetyFilter:
    """Make what keeps the robot's own limits and nothing else: no workspace, contact or tilt."""
    bare = replace(limits, speed_share=1.0, acceleration_share=1.0, jerk_share=1.0,
                   position_margin=0.0)
    kinematics = Kinematics(spec) if spec.tip_link and spec.urdf else None
    return SafetyFilter(replace(spec, workspace=ANYWHERE), kinematics, bare, armed=True,
                        feels=False)


def make_lasting(spec: RobotSpec, settings: SafetySettings,
                 fixtures: Sequence[Fixture] = ()) -> SafetyFilter:
    """Make a filter whose stop survives a restart, where a file is given for it."""
    armed, file = settings.armed_at_start, Path(settings.latch_file)
    if not settings.latch_file:
        return make_filter(spec, settings, fixtures, latch=Latch(armed))
    made = make_filter(spec, settings, fixtures, latch=latches.restore(file, armed))
    made.keep = partial(latches.store, file)
    return made
