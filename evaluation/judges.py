"""Judges motion without the filter's code: limits by differences, collisions by PyBullet."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.robots.model import model_path
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import Fixture
from visuomotor.specs.values import SAME_MOMENT, FloatArray
from visuomotor.worlds.client import Client

EXACT = 1e-6  # part of a limit, by which rounding may exceed it


class LimitJudge:
    """Differences of what was commanded, beat by beat: position, speed, acceleration and jerk."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None = None) -> None:
        self.spec = spec
        self.dt = 1.0 / spec.control_hz
        self._kinematics = kinematics
        self.broken: Counter[str] = Counter()
        # part of the limit
        self.worst: dict[str, float] = dict.fromkeys(('speed', 'acceleration', 'jerk'), 0.0)
        self.begin()

    def begin(self) -> None:
        """Forget the past: motion begins again where the robot is."""
        self._before: list[tuple[FloatArray, FloatArray]] = []

    def see(self, position: FloatArray, velocity: FloatArray, reasons: Iterable[str] = ()) -> None:
        """Judge one command; motion that begins anew says so in its reasons."""
        if any(reason.startswith('begins where') for reason in reasons):
            self.begin()
        spec, dt = self.spec, self.dt
        outside = np.maximum(spec.lower - position, position - spec.upper).max()
        if not np.isfinite(position).all() or not np.isfinite(velocity).all() or outside > EXACT:
            self.broken['position'] += 1
        self._judge('speed', np.abs(velocity) / spec.velocity)
        if self._kinematics:
            tip, box = self._kinematics.pose(position)[:3], spec.workspace
            self.broken['workspace'] += int((tip < box.lower).any() or (tip > box.upper).any())
        if self._before:
            last, speed = self._before[-1]
            self._judge('speed', np.abs(position - last) / dt / spec.velocity)
            self._judge('acceleration', np.abs(velocity - speed) / dt / spec.acceleration)
        if len(self._before) == 2:
            speeds = (self._before[0][1], self._before[1][1], velocity)
            self._judge('jerk', np.abs(np.diff(speeds, n=2, axis=0)[0]) / dt**2 / spec.jerk)
        self._before = [*self._before[-1:], (position, velocity)]

    def _judge(self, what: str, parts: FloatArray) -> None:
        most = float(parts.max())
        self.worst[what] = max(self.worst[what], most)
        if not most <= 1.0 + EXACT:
            self.broken[what] += 1


class PathJudge:
    """Differences of position over time of one path, however unevenly it was looked at: divided
    differences never exceed a bound that the derivative itself keeps. `orders` is how many of
    speed, acceleration and jerk are judged."""

    def __init__(self, spec: RobotSpec, orders: int = 3) -> None:
        self.spec = spec
        limits = ('speed', spec.velocity), ('acceleration', spec.acceleration), ('jerk', spec.jerk)
        self._limits = limits[:orders]
        self.broken: Counter[str] = Counter()
        self.worst = {what: 0.0 for what, _ in self._limits}   # part of the limit
        self.begin()

    def begin(self) -> None:
        """Begin another path: the next point is not joined to those before."""
        self._times: list[float] = []          # s, of the newest points
        self._before: list[FloatArray] = []    # divided differences that end at the newest point

    def see(self, moment: float, position: FloatArray) -> None:
        """Judge the next point; one moment has one place."""
        outside = np.maximum(self.spec.lower - position, position - self.spec.upper)
        if not outside.max() <= EXACT:   # true of what is no number
            self.broken['position'] += 1
        if self._times and moment - self._times[-1] < SAME_MOMENT:
            if not np.abs(position - self._before[0]).max() <= EXACT:
                self.broken['two places at one moment'] += 1
            return
        ladder = [position]
        known = zip(self._limits, self._before, strict=False)
        for order, ((what, limit), last) in enumerate(known):
            ladder.append((ladder[-1] - last) / (moment - self._times[-1 - order]))
            self._judge(what, math.factorial(order + 1) * np.abs(ladder[-1]) / limit)
        self._before, self._times = ladder, [*self._times[-2:], moment]

    def _judge(self, what: str, parts: FloatArray) -> None:
        most = float(parts.max())
        self.worst[what] = max(self.worst[what], most)
        if not most <= 1.0 + EXACT:
            self.broken[what] += 1


class CollisionJudge:
    """The arm's shapes in PyBullet, put where the robot is; counts what touches and may not."""

    def __init__(self, spec: RobotSpec, fixtures: tuple[Fixture, ...],
                 scene: CollisionScene) -> None:
        self.client: Any = Client()
        self._number = self.client.loadURDF(str(model_path(spec)), useFixedBase=True,
                                            flags=self.client.URDF_USE_SELF_COLLISION)
        infos = [self.client.getJointInfo(self._number, joint)
                 for joint in range(self.client.getNumJoints(self._number))]
        joints = {info[1].decode(): info[0] for info in infos}
        self._arm = [joints[name] for name in spec.names]
        self._tip = next(info[0] for info in infos if info[12].decode() == spec.tip_link)
        self._box = np.array(spec.workspace.lower), np.array(spec.workspace.upper)
        self._links = {-1: spec.base_link, **{info[0]: info[12].decode() for info in infos}}
        if spec.gripper:
            for name, opened in zip(spec.gripper.joints, spec.gripper.open, strict=True):
                self.client.resetJointState(self._number, joints[name], opened)
        self._bodies = {self._fixture(fixture): fixture.name for fixture in fixtures}
        self._watched = {frozenset(scene.names(pair)) for pair in range(len(scene.pairs))}

    def _fixture(self, fixture: Fixture) -> int:
        turn = self.client.getQuaternionFromEuler(fixture.rpy)
        box = self.client.createCollisionShape(self.client.GEOM_BOX,
                                               halfExtents=[edge / 2 for edge in fixture.size])
        return int(self.client.createMultiBody(0.0, box, -1, fixture.position, turn))

    def touching(self, position: FloatArray) -> list[str]:
        """Return what touches in this posture."""
        for number, angle in zip(self._arm, position.tolist(), strict=True):
            self.client.resetJointState(self._number, number, angle)
        self.client.performCollisionDetection()
        found = []
        for contact in self.client.getContactPoints(self._number):
            if contact[8] < 0.0:
                names = self._name(contact[1], contact[3]), self._name(contact[2], contact[4])
                if frozenset(names) in self._watched:
                    found.append(f'{names[0]} and {names[1]}')
        return found

    def outside(self) -> float:
        """Return how far the tip is outside its box in the posture looked at last, m; less than 0:
        inside."""
        tip = np.array(self.client.getLinkState(self._number, self._tip,
                                                computeForwardKinematics=True)[4])
        return float(np.maximum(self._box[0] - tip, tip - self._box[1]).max())

    def _name(self, body: int, link: int) -> str:
        return self._links[link] if body == self._number else self._bodies[body]

    def close(self) -> None:
        self.client.close()
