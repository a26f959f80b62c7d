"""Lock-step speed: the whole graph, and the gymnasium face, against a bare PyBullet loop of the same steps and pictures."""
from __future__ import annotations

import time
from typing import Any

import numpy as np

from visuomotor.worlds.make import make_world
from visuomotor.worlds.world import BulletWorld

TASK, ROBOT = 'grasp', 'iiwa7'


def bare(world: BulletWorld, actions: int) -> float:
    """Return actions a second of nothing but physics steps and pictures, by raw PyBullet calls on this world."""
    client, mount = world.client, world.cameras[world.task.observe[0]]
    view = client.computeViewMatrix(list(mount.position), list(mount.look_at), list(mount.up))
    projection = client.computeProjectionMatrixFOV(mount.fov, mount.width / mount.height, 0.02, 6.0)
    renderer = client.ER_BULLET_HARDWARE_OPENGL if world.eyes.egl else client.ER_TINY_RENDERER
    steps = round(world.task.physics_hz / world.task.action.rate)
    began = time.perf_counter()
    for _ in range(actions):
        for _ in range(steps):
            client.stepSimulation()
        pixels = client.getCameraImage(mount.width, mount.height, view, projection, renderer=renderer, shadow=0,
                                       flags=client.ER_NO_SEGMENTATION_MASK)[2]
        np.asarray(pixels, dtype=np.uint8)
    return actions / (time.perf_counter() - began)


def gym_face(environment: Any, actions: int) -> float:
    """Return actions a second through the gymnasium face, the arm moving at random."""
    environment.reset(seed=1)
    spent = 0.0
    for _ in range(actions):
        action = environment.action_space.sample()
        began = time.perf_counter()
        _, _, ended, truncated, _ = environment.step(action)
        spent += time.perf_counter() - began
        if ended or truncated:
            environment.reset()
    return actions / spent


def paired(environment: Any, rounds: int, actions: int) -> tuple[list[float], list[float]]:
    """Measure the gymnasium face and the bare loop on its world in turn, so that a busy moment hits both."""
    ours, floor = [], []
    environment.reset(seed=1)
    for _ in range(rounds):
        ours.append(gym_face(environment, actions))
        floor.append(bare(environment.unwrapped.world, actions))
    return ours, floor


def bare_world() -> BulletWorld:
    """Make the world of the floor: the same scene as the graph's."""
    return make_world(TASK, ROBOT, seed=1, randomise=False)
