"""Grasp: lift any object out of a tray. Success: the fingers really hold one up, still."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Truth, passed
from visuomotor.worlds.scene import SceneWorld, TaskScene
from visuomotor.worlds.tasks.grasp import objects
from visuomotor.worlds.tasks.grasp.objects import Footprint

TRAY = (0.55, 0.0, 0.0)      # m, centre; all of it within an iiwa 7's reach with the tool down
TRAY_FLOOR = 0.015           # m, top of the tray's bottom plate
FINGER_FRICTION = 1.2        # rubber pads
# Of each object, as values of the truth; the order of Footprint.numbers.
MEASURES = ('x', 'y', 'z', 'width', 'length', 'height', 'yaw')
SETTLE_CHUNK = 60            # physics steps between two looks at whether everything lies still
AT_REST = 0.03               # m/s of an object's edge
MOVED = 1e-3                 # m or quaternion units: below it an object has not moved


@dataclass(frozen=True)
class GraspSettings(Settings):
    """Numbers of the task's scene."""

    split: str = setting('train', 'train or test: which objects', choices=objects.SPLITS)
    objects: int = setting(5, 'how many lie in the tray', least=1, most=20)
    spread: float = setting(
        0.13, 'half width of the square that they are dropped into', 'm', least=0, most=0.2)
    lift: float = setting(
        0.12, 'height above the tray floor at which an object counts as lifted', 'm',
        above=0, most=1)
    near: float = setting(
        0.07, 'largest distance between a held object and the tip', 'm', above=0, most=0.5)
    still: float = setting(0.10, 'largest speed of the tip while it holds', 'm/s', above=0, most=10)
    hold: float = setting(0.2, 'how long', 's', least=0, most=60)
    settle_steps: int = setting(
        600, 'physics steps that a new scene has to come to rest, at most', least=1, most=100_000)
    settle_iterations: int = setting(20, 'of the contact solver while it does', least=1, most=1000)


@dataclass
class Loose:
    """One object in the tray."""

    body: int
    name: str
    corners: FloatArray
    footprint: Footprint
    seen_at: tuple[float, ...] = (math.inf,) * 7   # pose when it was last measured
    pose: FloatArray = field(default_factory=lambda: np.full(7, math.inf))   # the same
    centre: tuple[float, ...] = (math.inf,) * 3    # of its footprint


class Scene(TaskScene):
    """The tray and what lies in it."""

    settings_type = GraspSettings
    settings: GraspSettings

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None:
        super().__init__(task, robot)
        objects.check_disjoint()
        self.loose: list[Loose] = []
        self._measures: dict[str, float] = {}   # of every object, where it was measured last
        self._start()

    def build(self, world: SceneWorld) -> None:
        client = world.client
        data = str(objects.FOLDER.parent)
        floor = client.loadURDF(f'{data}/plane.urdf', [0, 0, -0.002], useFixedBase=True)
        client.changeVisualShape(floor, -1, rgbaColor=[0.72, 0.70, 0.66, 1])
        self._tray = client.loadURDF(f'{data}/tray/traybox.urdf', TRAY, useFixedBase=True)
        for body in (floor, self._tray):
            world.appearance.surface(body)

    def new_scene(self, world: SceneWorld, rng: np.random.Generator) -> dict[str, Any]:
        for old in self.loose:
            world.client.removeBody(old.body)
        self._rubber(world)
        there = objects.split(self.settings.split)
        models = [there[number]
                  for number in rng.choice(len(there), self.settings.objects, replace=False)]
        self._measures = {}
        self.loose = [self._drop(world, model, place, rng) for place, model in enumerate(models)]
        self._settle(world)
        for one in self.loose:
            self._measure(world, one)
        self._start()
        return {'models': [model.stem for model in models],
                'poses': [one.pose.tolist() for one in self.loose]}

    def truth(self, world: SceneWorld) -> Truth:
        state = world.client.getLinkState(world.robot.body, world.robot.links[self.robot.tip_link],
                                          computeLinkVelocity=1, computeForwardKinematics=1)
        tip, speed = np.array(state[4] + state[5]), math.hypot(*state[6])
        for one in self.loose:
            self._measure(world, one)
        heights = [one.centre[2] - TRAY_FLOOR for one in self.loose]
        near = [math.dist(one.centre, state[4]) < self.settings.near for one in self.loose]
        highest = max((h for h, close in zip(heights, near, strict=True) if close), default=0.0)
        held = highest >= self.settings.lift and speed < self.settings.still
        reward = self._judge(world.time, held)
        values = {'objects': float(len(self.loose)), 'highest': max(heights), **self._measures}
        return Truth(world.time, {'tip': tip, **{one.name: one.pose for one in self.loose}},
                     values, reward, self._success,
                     progress=1.0 if self._success
                     else min(max(highest / self.settings.lift, 0.0), 1.0))

    def _start(self) -> None:
        self._success, self._held_since = False, np.inf

    def _judge(self, now: float, held: bool) -> float:
        """Return 1 at the moment when holding has lasted long enough for the first time."""
        self._held_since = min(self._held_since, now) if held else np.inf
        begins = not self._success and passed(self.settings.hold, self._held_since, now)
        self._success |= begins
        return float(begins)

    def _rubber(self, world: SceneWorld) -> None:
        friction = FINGER_FRICTION * world.sample.dynamics.friction
        for joint in self.robot.gripper.joints if self.robot.gripper else ():
            number = next(i for i in range(world.client.getNumJoints(world.robot.body))
                          if world.client.getJointInfo(world.robot.body, i)[1].decode() == joint)
            world.client.changeDynamics(world.robot.body, number, lateralFriction=friction,
                                        spinningFriction=0.02)

    def _drop(self, world: SceneWorld, model: Path, place: int, rng: np.random.Generator) -> Loose:
        """Drop an object above the ones before. They settle together, none inside another."""
        aside = rng.uniform(-self.settings.spread, self.settings.spread, 2)
        spot = [TRAY[0] + float(aside[0]), TRAY[1] + float(aside[1]), 0.07 + 0.05 * place]
        turn = rng.normal(size=4)
        body = world.client.loadURDF(str(model), spot, (turn / np.linalg.norm(turn)).tolist())
        mass, friction = world.client.getDynamicsInfo(body, -1)[:2]
        sample = world.sample.dynamics
        world.client.changeDynamics(body, -1, mass=mass * sample.object_mass,
                                    lateralFriction=friction * sample.friction)
        corners = objects.outline(model)
        return Loose(body, f'object_{place}', corners,
                     objects.footprint(corners, np.array(spot), np.eye(3)))

    def _settle(self, world: SceneWorld) -> None:
        """Wait for the heap to come to rest, and make sure of it: some would creep for ever."""
        for _ in range(0, self.settings.settle_steps, SETTLE_CHUNK):
            world.settle(SETTLE_CHUNK, self.settings.settle_iterations)
            if all(self._speed(world, one) < AT_REST for one in self.loose):
                break
        for one in self.loose:
            world.client.resetBaseVelocity(one.body, [0, 0, 0], [0, 0, 0])

    def _speed(self, world: SceneWorld, one: Loose) -> float:
        linear, angular = world.client.getBaseVelocity(one.body)
        # 4 cm: how far an object's edge is from its middle
        return math.hypot(*linear) + 0.04 * math.hypot(*angular)

    def _measure(self, world: SceneWorld, one: Loose) -> None:
        """Measure an object again if it has moved."""
        position, orientation = world.client.getBasePositionAndOrientation(one.body)
        seen_at = position + orientation
        if max([abs(now - then) for now, then in zip(seen_at, one.seen_at, strict=True)]) > MOVED:
            turned = np.array(world.client.getMatrixFromQuaternion(orientation)).reshape(3, 3)
            one.footprint = objects.footprint(one.corners, np.array(position), turned)
            names = (f'{one.name}.{measure}' for measure in MEASURES)
            self._measures.update(zip(names, one.footprint.numbers.tolist(), strict=True))
            one.seen_at = seen_at
            one.pose = np.array(seen_at)
            one.centre = tuple(one.footprint.centre.tolist())
