"""One PyBullet simulation: robot, scene, cameras. Time moves only in `advance`, in whole steps."""
from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import threading
from typing import Any

import numpy as np
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Truth
from visuomotor.worlds import randomise as domain
from visuomotor.worlds.appearance import Appearance
from visuomotor.worlds.bodies import make_body
from visuomotor.worlds.client import Client
from visuomotor.worlds.interface import Picture
from visuomotor.worlds.renderer import Renderer
from visuomotor.worlds.scene import TaskScene

GRAVITY = -9.81  # m/s^2


class BulletWorld:
    """The world of interface.World. Several threads may share it: every method takes one lock."""

    def __init__(self, spec: RobotSpec, task: TaskSpec, scene: TaskScene, *, gui: bool = False,
                 randomise: bool = False, clock_start: float = 0.0) -> None:
        self.spec = spec
        self.task = task
        self.scene = scene
        self.clock_start = clock_start
        self.cameras = {**spec.cameras, **task.cameras}
        ranges = domain.ranges_of(task)   # checked, also where nothing is drawn
        self.ranges = ranges if randomise else domain.Randomise()
        self.sample = domain.SceneSample()
        self.steps = 0
        self._owed = 0.0
        self._hash = ''
        self._truth: tuple[int, Truth] | None = None
        self.lock = threading.RLock()
        self.dt = self._physics_step()
        self.client: Any = Client(gui)
        self.renderer = Renderer(self.client, self.cameras)
        self._prepare_physics()
        self.robot = make_body(spec, self.client, lambda: self.time, self.lock, self.dt,
                               task.latency.actuation)
        self.appearance = Appearance(self.client, self.robot.body)
        self.scene.build(self)

    @property
    def time(self) -> float:
        return self.clock_start + self.steps * self.dt

    def advance(self, seconds: float) -> None:
        with self.lock:
            self._owed += seconds
            whole = math.floor(self._owed / self.dt + 1e-6)
            self._owed -= whole * self.dt
            for _ in range(whole):
                self.robot.before_step()
                self.scene.before_step(self)
                self.client.stepSimulation()
                self.steps += 1

    def rewind(self) -> None:
        """Start the clock again between episodes: equal seeds give equal ones, bit by bit."""
        with self.lock:
            self.steps = 0
            self._owed = 0.0
            self._truth = None

    def settle(self, steps: int, solver_iterations: int) -> None:
        """Let a new scene come to rest outside of time, with cheaper contacts."""
        self.client.setPhysicsEngineParameter(numSolverIterations=solver_iterations)
        for _ in range(steps):
            self.client.stepSimulation()
        self.client.setPhysicsEngineParameter(numSolverIterations=self.task.solver_iterations)

    def first_scene(self, seed: int) -> str:
        """Lay out the scene of a seed."""
        return self.new_scene(np.random.default_rng(seed))

    def new_scene(self, rng: np.random.Generator) -> str:
        with self.lock:
            # A generator of its own: with and without randomising, a seed's layout is the same.
            other = np.random.default_rng(rng.integers(2 ** 63))
            self.sample = domain.draw(self.ranges, other, len(self.robot.links),
                                      *self.appearance.choices)
            self.robot.vary(self.sample.dynamics)
            description = self.scene.new_scene(self, rng)
            self.appearance.apply(self.sample.visuals)
            self.renderer.visuals = self.sample.visuals
            sample = dataclasses.asdict(self.sample)
            sample['look'] = sample.pop('visuals')   # as the first recordings' hashes call it
            content = json.dumps({'scene': description, 'sample': sample}, sort_keys=True)
            self._hash = hashlib.sha256(content.encode()).hexdigest()[:16]
            self._truth = None
            return self._hash

    def picture(self, camera: str, depth: bool = False, segmentation: bool = False) -> Picture:
        mount = self.cameras[settings.choose('camera', camera, self.cameras)]
        with self.lock:
            frame = self.robot_link_pose(mount.link) if mount.link else None
            return self.renderer.render(mount, frame, self.time, depth, segmentation)

    def truth(self) -> Truth:
        with self.lock:
            if self._truth is None or self._truth[0] != self.steps:
                judged = self.scene.truth(self)
                self._truth = (self.steps,
                               dataclasses.replace(judged, stamp=self.time, scene=self._hash))
            return self._truth[1]

    def body_pose(self, body: int, link: int = -1) -> FloatArray:
        if link < 0:
            position, orientation = self.client.getBasePositionAndOrientation(body)
        else:
            state = self.client.getLinkState(body, link, computeForwardKinematics=1)
            position, orientation = state[4:6]
        return np.array([*position, *orientation])

    def robot_link_pose(self, link: str) -> FloatArray:
        """Return x y z and quaternion of a link of the robot in the world."""
        links = self.robot.links
        return self.body_pose(self.robot.body, links[settings.choose('link', link, links)])

    def close(self) -> None:
        with self.lock:
            self.client.close()

    def _physics_step(self) -> float:
        ratio = self.task.physics_hz / self.spec.control_hz
        if abs(ratio - round(ratio)) > 1e-3 or ratio < 1:
            raise BadInput(f'Task {self.task.name}: physics_hz should be a multiple of the control '
                           f'rate of {self.spec.name}, {self.spec.control_hz:g} Hz, but is '
                           f'{self.task.physics_hz:g} Hz.')
        return 1 / (round(ratio) * self.spec.control_hz)

    def _prepare_physics(self) -> None:
        self.client.setGravity(0, 0, GRAVITY)
        self.client.setPhysicsEngineParameter(fixedTimeStep=self.dt,
                                              numSolverIterations=self.task.solver_iterations,
                                              deterministicOverlappingPairs=1)
