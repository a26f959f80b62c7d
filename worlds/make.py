"""Makes a world, a task's scene or its expert by name. A new task is a YAML file and a folder."""
from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Policy
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.task import TaskSpec, load_task
from visuomotor.worlds.randomise import ranges_of
from visuomotor.worlds.scene import TaskScene
from visuomotor.worlds.world import BulletWorld


def make_world(task: str | TaskSpec, robot: str, *, seed: int = 0, gui: bool = False,
               randomise: bool = False, clock_start: float = 0.0,
               overrides: dict[str, Any] | None = None) -> BulletWorld:
    """Make one robot doing one task, its first scene laid out. Nominal unless `randomise`;
    `overrides` replaces numbers of the task's `world:`."""
    spec, task_spec = load_robot(robot), load_task(task) if isinstance(task, str) else task
    task_spec = with_overrides(task_spec, overrides or {})
    world = BulletWorld(spec, task_spec, make_scene(spec, task_spec), gui=gui, randomise=randomise,
                        clock_start=clock_start)
    world.first_scene(seed)
    _check_fixtures(world)
    for name, mount in world.cameras.items():   # also of those that nobody looks through yet
        if mount.link:
            settings.choose(f'link for camera {name}', mount.link, world.robot.links)
    return world


def check(task: TaskSpec, spec: RobotSpec) -> None:
    """Refuse what no world of this task and robot could start with, without starting one."""
    settings.build(_scene_class(spec, task).settings_type, task.world, f'task {task.name}: world')
    ranges_of(task)


def with_overrides(task: TaskSpec, overrides: dict[str, Any]) -> TaskSpec:
    """Replace numbers of the task's scene."""
    return dataclasses.replace(task, world={**task.world, **overrides}) if overrides else task


def make_scene(spec: RobotSpec, task: TaskSpec) -> TaskScene:
    """Make the scene of a task; it checks the task's `world:` numbers."""
    return _scene_class(spec, task)(task, spec)


def make_expert(spec: RobotSpec, task: TaskSpec, name: str = 'scripted') -> Policy:
    """Make the scripted expert of a task. It sees only observations, so it runs in any process."""
    settings.choose('scripted expert', name, ['scripted'])
    expert: Policy = _part(task.name, 'expert').Expert(spec, task)
    return expert


def _scene_class(spec: RobotSpec, task: TaskSpec) -> type[TaskScene]:
    if spec.name not in task.robots:
        raise BadInput(f'Task {task.name} is not for {spec.name}; it can be done by '
                       f'{", ".join(task.robots)}.')
    scene: type[TaskScene] = _part(task.name, 'scene').Scene
    return scene


def _check_fixtures(world: BulletWorld) -> None:
    """Safety keeps away from a moving part only where the truth says it is."""
    moving = {fixture.body for fixture in world.task.fixtures if fixture.body}
    if moving and not moving <= set(poses := world.truth().poses):
        raise BadInput(f'Task {world.task.name}: fixtures move with '
                       f'{", ".join(sorted(moving - set(poses)))}, but the truth of the scene has '
                       f'only {", ".join(poses)}; add the pose to Scene.truth.')


def _part(task: str, part: str) -> Any:
    return importlib.import_module(f'visuomotor.worlds.tasks.{task}.{part}')
