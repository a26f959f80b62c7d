"""Makes a world, a task's scene or its scripted expert by name. A new task is one YAML file and one module, no list."""
from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Policy
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import TaskSpec, load_task
from visuomotor.worlds.scene import Scene
from visuomotor.worlds.world import BulletWorld


def make_world(task: str, robot: str, *, seed: int = 0, gui: bool = False, randomise: bool = True,
               clock_start: float = 0.0, overrides: dict[str, Any] | None = None) -> BulletWorld:
    """Make one robot doing one task, its first scene laid out; `overrides` replaces numbers of the task's `world:`."""
    task_spec, spec = load_task(task), load_robot(robot)
    if robot not in task_spec.robots:
        raise BadInput(f'Task {task} is not for {robot}; it can be done by {", ".join(task_spec.robots)}.')
    task_spec = with_overrides(task_spec, overrides or {})
    scene = make_scene(spec, task_spec)
    world = BulletWorld(spec, task_spec, scene, gui=gui, randomise=randomise, clock_start=clock_start)
    world.first_scene(seed)
    return world


def with_overrides(task: TaskSpec, overrides: dict[str, Any]) -> TaskSpec:
    """Replace numbers of the task's scene."""
    return dataclasses.replace(task, world={**task.world, **overrides}) if overrides else task


def make_scene(spec: RobotSpec, task: TaskSpec) -> Scene:
    """Make the scene class of a task; it checks the task's `world:` numbers."""
    scene: Scene = _part(task.name, 'scene').Scene(task, spec)
    return scene


def make_expert(spec: RobotSpec, task: TaskSpec, name: str = 'scripted') -> Policy:
    """Make the scripted expert of a task. It sees only observations, so it runs in any process."""
    settings.choose('scripted expert', name, ['scripted'])
    expert: Policy = _part(task.name, 'expert').Expert(spec, task)
    return expert


def _part(task: str, part: str) -> Any:
    return importlib.import_module(f'visuomotor.worlds.tasks.{task}.{part}')
