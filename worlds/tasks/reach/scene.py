"""Reach: bring the tip of the arm to a goal that stands still, lies anywhere, or wanders slowly."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pybullet_data
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, Truth, passed
from visuomotor.worlds.scene import SceneWorld, TaskScene
from visuomotor.worlds.tasks.reach.goals import TRIES, Path, Rehearsal, still, wander

LAST = 1.0  # s at the end, over which following a moving goal is judged


@dataclass(frozen=True, kw_only=True)
class ReachSettings(Settings):
    """Numbers of the goal and the verdict."""

    target: str = setting(
        'random', 'fixed, random or moving', choices=('fixed', 'random', 'moving'))
    fixed: tuple[float, float, float] = setting(
        (0.4, -0.25, 0.4), 'where a fixed goal is, base frame', 'm', least=-10, most=10)
    spread: float = setting(
        0.9, 'joint angles around home from which random goals come, either way', 'rad',
        least=0, most=7)
    lowest: float = setting(0.15, 'height of the lowest random goal', 'm', least=-10, most=10)
    nearest: float = setting(
        0.25, 'distance from the base axis of the nearest random goal', 'm', least=0, most=10)
    speed: float = setting(0.04, 'of a moving goal, at most', 'm/s', above=0, most=10)
    radius: float = setting(0.07, 'of the path of a moving goal', 'm', above=0, most=10)
    within: float = required('distance of the tip that counts as there', 'm', above=0, most=1)
    hold: float = required('how long it has to be there', 's', above=0, most=60)
    pace: float = setting(
        0.18, 'speed of the tip at which goals are rehearsed', 'm/s', above=0, most=10)
    seconds: float = setting(5.0, 'in which a rehearsal has to get there', 's', above=0, most=600)


class Scene(TaskScene):
    """The goal, which nothing can touch, and the judge of the distance to it."""

    settings_type = ReachSettings
    settings: ReachSettings

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None:
        super().__init__(task, robot)
        self.beat = 1 / robot.control_hz
        self.rehearsal = Rehearsal(robot, self.settings.pace, self.settings.seconds)
        self._path = still(np.array(self.settings.fixed))

    def build(self, world: SceneWorld) -> None:
        client = world.client
        plane = f'{pybullet_data.getDataPath()}/plane.urdf'
        floor = client.loadURDF(plane, [0, 0, -0.002], useFixedBase=True)
        client.changeVisualShape(floor, -1, rgbaColor=[0.72, 0.70, 0.66, 1])
        world.appearance.surface(floor)
        ball = client.createVisualShape(client.GEOM_SPHERE, radius=0.025,
                                        rgbaColor=[0.9, 0.1, 0.1, 1.0])
        self._ball = client.createMultiBody(0.0, -1, ball)

    def new_scene(self, world: SceneWorld, rng: np.random.Generator) -> dict[str, Any]:
        self._path = self._choose(rng)
        self._started, self._judged = world.time, world.time
        self._there_since, self._success = np.inf, False
        self._distances: deque[tuple[float, float]] = deque()
        self._show(world)
        parts = (self._path.centre, self._path.first, self._path.second)
        return {'path': [part.tolist() for part in parts], 'rate': self._path.rate}

    def before_step(self, world: SceneWorld) -> None:
        if self._path.rate:
            self._show(world)

    def truth(self, world: SceneWorld) -> Truth:
        tip = world.robot_link_pose(self.robot.tip_link)
        goal = self._path.at(world.time - self._started)
        distance = float(np.linalg.norm(goal - tip[:3]))
        reward, self._judged = -distance * (world.time - self._judged), world.time
        judge = self._follows if self._path.rate else self._rests
        success = judge(world.time, distance)
        return Truth(world.time, {'tip': tip, 'goal': np.array([*goal, 0.0, 0.0, 0.0, 1.0])},
                     {'distance': distance}, reward, success,
                     progress=1.0 if success else float(np.exp(-distance / 0.1)))

    def _choose(self, rng: np.random.Generator) -> Path:
        for _ in range(TRIES):
            path = self._propose(rng)
            if self._allowed(path) and self.rehearsal.passes(path):
                return path
        raise BadInput(f'Task {self.task.name}: {self.robot.name} gets to no '
                       f'{self.settings.target} goal in {self.settings.seconds:g} s; move `fixed` '
                       'nearer or allow more `seconds` or `spread`.')

    def _propose(self, rng: np.random.Generator) -> Path:
        if self.settings.target == 'fixed':
            return still(np.array(self.settings.fixed))
        point = self.rehearsal.anywhere(self.settings.spread, rng)
        if self.settings.target == 'random':
            return still(point)
        speed = float(rng.uniform(0.3, 1.0)) * self.settings.speed
        return wander(point, self.settings.radius, speed, rng)

    def _allowed(self, path: Path) -> bool:
        box = self.robot.workspace
        lower, upper = np.maximum(box.lower, (-np.inf, -np.inf, self.settings.lowest)), box.upper
        return all((stop > lower).all() and (stop < upper).all()
                   and np.hypot(*stop[:2]) > self.settings.nearest for stop in path.stops())

    def _rests(self, now: float, distance: float) -> bool:
        """Say whether the tip has been there long enough, at any time in this episode."""
        there = distance <= self.settings.within
        self._there_since = min(self._there_since, now) if there else np.inf
        self._success |= passed(self.settings.hold, self._there_since, now)
        return self._success

    def _follows(self, now: float, distance: float) -> bool:
        """Say whether the episode is over and the tip was there, on average, in its last second."""
        self._distances.append((now, distance))
        while self._distances[0][0] < now - LAST - SAME_MOMENT:
            self._distances.popleft()
        mean = float(np.mean([past for _, past in self._distances]))
        return (passed(self.task.horizon - self.beat, self._started, now)
                and mean <= self.settings.within)

    def _show(self, world: SceneWorld) -> None:
        here: FloatArray = self._path.at(world.time - self._started)
        world.client.resetBasePositionAndOrientation(self._ball, here.tolist(), [0, 0, 0, 1])
