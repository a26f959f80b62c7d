"""Makes the filter of one robot, with its kinematics, surroundings and the stop that stood."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch as latches
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.keeper import Keeper
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
                 fixtures: Sequence[Fixture] = ()) -> tuple[SafetyFilter, Keeper]:
    """Make a filter whose stop survives a restart, where a file is given for it, and its keeper."""
    armed = settings.armed_at_start
    file = Path(settings.latch_file) if settings.latch_file else None
    latch = latches.restore(file, armed) if file else Latch(armed)
    made = make_filter(spec, settings, fixtures, latch=latch)
    keeper = Keeper(file, latch)
    made.keep = keeper.keep
    if keeper.problem:
        made.stop(keeper.problem)
    return made, keeper
