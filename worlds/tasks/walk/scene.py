"""Walk: the Minitaur on a flat floor, as far along x as it can get; sometimes somebody pushes it."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pybullet_data
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Truth
from visuomotor.worlds.minitaur import MinitaurRobot

if TYPE_CHECKING:
    from visuomotor.worlds.world import BulletWorld


@dataclass(frozen=True)
class WalkSettings:
    """Numbers of the floor, the start, the pushes and the verdict."""

    friction: float = setting(1.0, 'of the floor')
    yaw: float = setting(0.1, 'largest heading at the start, either way', 'rad')
    push_force: float = setting(0.0, 'of each push, in a random direction along the floor; 0: nobody pushes', 'N')
    push_every: float = setting(1.2, 'from one push to the next', 's')
    push_time: float = setting(0.06, 'how long one push lasts', 's')
    speed: float = setting(0.3, 'mean speed along x that counts as walking', 'm/s')
    tilt: float = setting(0.5, 'roll or pitch from which it has fallen', 'rad')
    height: float = setting(0.13, 'of the body, below which it has fallen', 'm')
    energy_price: float = setting(0.005, 'taken from the reward', '1/J')

    def __post_init__(self) -> None:
        if not 0 < self.push_time < self.push_every:
            raise ValueError(f'push_time {self.push_time} should be above 0 and below push_every {self.push_every}')
        for name in ('friction', 'speed', 'tilt', 'height'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')


class Scene:
    """The scene and its judge. The mean speed counts from the moment that the scene was laid out."""

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None:
        self.task, self.beat = task, 1 / robot.control_hz
        self.knobs = settings.build(WalkSettings, task.world, f'task {task.name}: world')
        self._pushes: list[FloatArray] = []
        self._fallen, self._started = False, 0.0

    def build(self, world: BulletWorld) -> None:
        floor = world.client.loadURDF(f'{pybullet_data.getDataPath()}/plane.urdf')
        world.client.changeDynamics(floor, -1, lateralFriction=self.knobs.friction)
        world.appearance.surface(floor)

    def new_scene(self, world: BulletWorld, rng: np.random.Generator) -> dict[str, Any]:
        yaw = float(rng.uniform(-self.knobs.yaw, self.knobs.yaw))
        pushes = math.ceil(self.task.horizon / self.knobs.push_every)
        directions = rng.uniform(-math.pi, math.pi, pushes)
        self._pushes = [self.knobs.push_force * np.array([math.cos(a), math.sin(a), 0.0]) for a in directions]
        robot = cast(MinitaurRobot, world.robot)
        robot.stand(yaw=yaw)
        self._started, self._judged, self._fallen = world.time, world.time, False
        self._origin = self._before = float(robot.model.pose()[0])
        self._spent = robot.work
        return {'yaw': yaw, 'pushes': [force.tolist() for force in self._pushes]}

    def before_step(self, world: BulletWorld) -> None:
        if self.knobs.push_force > 0:
            number, moment = divmod(world.time - self._started, self.knobs.push_every)
            if 0 < number < len(self._pushes) and moment < self.knobs.push_time:  # the first comes after one interval
                cast(MinitaurRobot, world.robot).model.push(self._pushes[int(number)])

    def truth(self, world: BulletWorld) -> Truth:
        robot = cast(MinitaurRobot, world.robot)
        pose = robot.model.pose()
        roll, pitch, _ = world.client.getEulerFromQuaternion(pose[3:])
        self._fallen |= max(abs(roll), abs(pitch)) > self.knobs.tilt or bool(pose[2] < self.knobs.height)
        distance, elapsed = float(pose[0]) - self._origin, world.time - self._started
        reward = float(pose[0]) - self._before - self.knobs.energy_price * (robot.work - self._spent)
        speed = (float(pose[0]) - self._before) / (world.time - self._judged) if world.time > self._judged else 0.0
        self._before, self._spent, self._judged = float(pose[0]), robot.work, world.time
        done = elapsed > self.task.horizon - self.beat - 1e-6 and distance >= self.knobs.speed * elapsed
        return Truth(world.time, {'base': pose},
                     {'distance': distance, 'speed': speed, 'roll': roll, 'pitch': pitch, 'work': robot.work}, reward,
                     success=done and not self._fallen, failed=self._fallen,
                     progress=min(max(distance / (self.knobs.speed * self.task.horizon), 0.0), 1.0))
