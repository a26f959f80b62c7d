"""Which stages a reset of this robot in this world is made of."""
from __future__ import annotations

from typing import Protocol

import numpy as np
from visuomotor.nodes.reset.settings import ResetSettings, way_to_scene
from visuomotor.nodes.reset.stages import Move, NewScene, Open, Stage, Still
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State

JAMMED = 2.0  # s; fingers that have not opened by then are held, and lifting may free them
LEAP = 1.0  # rad; an inverse solution further away than this is not a small step up


class Tip(Protocol):
    """The part of robots.kinematics.Kinematics that lifting needs."""

    def pose(self, q: FloatArray) -> FloatArray: ...

    def solve(self, pose: FloatArray, q0: FloatArray) -> FloatArray | None: ...


def plan(spec: RobotSpec, kinematics: Tip | None, settings: ResetSettings,
         scene: bool) -> list[Stage]:
    """Return the stages; `scene` false: only the robot goes home."""
    way = way_to_scene(settings.world) if scene else 'none'
    if spec.legs:
        return _legged(spec, settings, way)
    fingers = [Open()] if spec.gripper else []
    at_first = [Open(JAMMED)] if spec.gripper else []
    lift, home = _lift(spec, kinematics, settings, way), _home(spec, settings, way)
    # what it holds goes back into the tray, which lies below home
    if way == 'release' and spec.gripper:
        return [Still(spec), *lift, home, *fingers]
    new = [NewScene(settings.settle)] if way == 'new_scene' else []
    return [Still(spec), *at_first, *lift, home, *fingers, *new]


def _legged(spec: RobotSpec, settings: ResetSettings, way: str) -> list[Stage]:
    """Stand up; in simulation the world then puts the robot back on its start, where it has to
    stand again."""
    def stand(tolerance: float) -> Stage:
        return Move(spec=spec, sentence='standing up', goal=lambda state: np.array(spec.home),
                    speed=settings.legged_speed, tolerance=tolerance, chunk=settings.chunk)
    if way != 'new_scene':
        return [stand(settings.legged_tolerance)]
    return [stand(np.inf), NewScene(settings.settle), stand(settings.legged_tolerance)]


def _home(spec: RobotSpec, settings: ResetSettings, way: str) -> Stage:
    return Move(spec=spec, sentence='going home',
                goal=lambda state: nearest_turn(spec, state.position, np.array(spec.home)),
                speed=settings.speed, tolerance=settings.tolerance, chunk=settings.chunk,
                gripper=_fingers(spec, way))


def _lift(spec: RobotSpec, kinematics: Tip | None, settings: ResetSettings,
          way: str) -> list[Stage]:
    if kinematics is None:
        return []
    return [Move(spec=spec, sentence='lifting clear',
                 goal=lambda state: raised(spec, kinematics, state, settings.lift),
                 speed=settings.speed, tolerance=2 * settings.tolerance, chunk=settings.chunk,
                 gripper=_fingers(spec, way))]


def _fingers(spec: RobotSpec, way: str) -> float | None:
    """On a real robot the fingers stay as they are until the arm is home. Elsewhere they were
    opened before."""
    return None if spec.gripper is None or way == 'release' else 0.0


def raised(spec: RobotSpec, kinematics: Tip, state: State, lift: float) -> FloatArray | None:
    """Return joints with the tip `lift` higher, at most at the height of home; None: no need, or no
    way."""
    pose = kinematics.pose(state.position)
    top = min(kinematics.pose(np.array(spec.home))[2], spec.workspace.upper[2])
    rise = min(lift, top - pose[2])
    if rise <= 0.01:
        return None
    goal = pose + np.array([0, 0, rise, 0, 0, 0, 0])
    joints = kinematics.solve(goal, state.position)
    return joints if joints is not None and np.abs(joints - state.position).max() < LEAP else None


def nearest_turn(spec: RobotSpec, position: FloatArray, goal: FloatArray) -> FloatArray:
    """Return the goal with whole turns added to endless joints, so that none unwinds for
    nothing."""
    turns = np.where([joint.continuous for joint in spec.joints],
                     np.round((position - goal) / (2 * np.pi)), 0.0)
    near = goal + 2 * np.pi * turns
    inside = (near >= spec.lower) & (near <= spec.upper)
    return np.where(inside, near, goal)
