"""Walk: the Minitaur on a flat floor, as far along x as it can get. Sometimes it is pushed."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pybullet_data
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.rotation import roll_pitch_yaw
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Truth, passed
from visuomotor.worlds.bodies import legged
from visuomotor.worlds.scene import SceneWorld, TaskScene


@dataclass(frozen=True, kw_only=True)
class WalkSettings(Settings):
    """Numbers of the floor, the start, the pushes and the verdict."""

    friction: float = setting(1.0, 'of the floor', above=0, most=10)
    yaw: float = setting(0.1, 'largest heading at the start, either way', 'rad', least=0, most=3.2)
    push_force: float = setting(
        0.0, 'of each push, in a random direction along the floor; 0: nobody pushes', 'N',
        least=0, most=1e4)
    push_every: float = setting(1.2, 'from one push to the next', 's', least=0.01, most=3600)
    push_time: float = setting(0.06, 'how long one push lasts', 's', above=0, most=3600)
    speed: float = required('mean speed along x that counts as walking', 'm/s', above=0, most=10)
    tilt: float = required('roll or pitch from which it has fallen', 'rad', above=0, most=3.2)
    height: float = required('of the body, below which it has fallen', 'm', above=0, most=10)
    energy_price: float = required('taken from the reward', '1/J', least=0, most=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.push_time < self.push_every:
            raise BadInput(f'push_time {self.push_time} should be below push_every '
                           f'{self.push_every}')


class Scene(TaskScene):
    """The scene and its judge. The mean speed counts from when the scene was laid out."""

    settings_type = WalkSettings
    settings: WalkSettings

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None:
        super().__init__(task, robot)
        self.beat = 1 / robot.control_hz
        self._pushes: list[FloatArray] = []
        self._fallen, self._started = False, 0.0

    def build(self, world: SceneWorld) -> None:
        self.walker = legged(world.robot)
        floor = world.client.loadURDF(f'{pybullet_data.getDataPath()}/plane.urdf')
        world.client.changeDynamics(floor, -1, lateralFriction=self.settings.friction)
        world.appearance.surface(floor)

    def new_scene(self, world: SceneWorld, rng: np.random.Generator) -> dict[str, Any]:
        yaw = float(rng.uniform(-self.settings.yaw, self.settings.yaw))
        pushes = math.ceil(self.task.horizon / self.settings.push_every)
        directions = rng.uniform(-math.pi, math.pi, pushes)
        self._pushes = [self.settings.push_force * np.array([math.cos(a), math.sin(a), 0.0])
                        for a in directions]
        self.walker.stand(yaw=yaw)
        self._started = self._judged = world.time
        self._fallen = False
        self._origin = self._before = float(self.walker.pose()[0])
        self._spent = self.walker.work
        return {'yaw': yaw, 'pushes': [force.tolist() for force in self._pushes]}

    def before_step(self, world: SceneWorld) -> None:
        if self.settings.push_force > 0:
            number, moment = divmod(world.time - self._started, self.settings.push_every)
            # The first comes after one interval.
            if 0 < number < len(self._pushes) and moment < self.settings.push_time:
                self.walker.push(self._pushes[int(number)])

    def truth(self, world: SceneWorld) -> Truth:
        pose, work, now = self.walker.pose(), self.walker.work, world.time
        roll, pitch, _ = roll_pitch_yaw(pose[3:])
        self._fallen |= self._fell(roll, pitch, float(pose[2]))
        distance, elapsed = float(pose[0]) - self._origin, now - self._started
        gained, since = float(pose[0]) - self._before, now - self._judged
        reward = gained - self.settings.energy_price * (work - self._spent)
        speed = gained / since if since > 0 else 0.0
        self._before, self._spent, self._judged = float(pose[0]), work, now
        done = (passed(self.task.horizon - self.beat, self._started, now)
                and distance >= self.settings.speed * elapsed)
        goal = self.settings.speed * self.task.horizon
        return Truth(now, {'base': pose}, {'distance': distance, 'speed': speed, 'roll': roll,
                                           'pitch': pitch, 'work': work},
                     reward, done and not self._fallen, self._fallen,
                     progress=min(max(distance / goal, 0.0), 1.0))

    def _fell(self, roll: float, pitch: float, height: float) -> bool:
        return max(abs(roll), abs(pitch)) > self.settings.tilt or height < self.settings.height
