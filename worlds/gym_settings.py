"""What can be chosen of a gymnasium environment, and the robot and task that follow from it."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from visuomotor.specs import settings
from visuomotor.specs.action_space import ActionSpace
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.task import TaskSpec, load_task
from visuomotor.worlds import make

REWARDS = ('task', 'dense', 'sparse')


@dataclass(frozen=True)
class EnvSettings(Settings):
    """Keyword arguments of every environment. Each default is what `visuomotor up` does as well."""

    robot: str = setting('', 'which robot; empty: the first that can do the task')
    pictures: bool = setting(True, 'show pictures; false: numbers alone, and nothing is rendered')
    cameras: tuple[str, ...] = setting((), 'which cameras to show; empty: those of the task')
    image_size: tuple[int, ...] = setting(
        (), 'height and width of every picture; empty: of its camera', 'px', least=8, most=2048)
    depth: bool = setting(False, 'add depth_<camera> to every picture, in metres')
    control_mode: str = setting('', "one of the task's `actions`; empty: its own `action`")
    action: dict[str, Any] = setting(
        {}, "an action space of one's own, as `action` in config/tasks")
    frame_skip: int = setting(
        1, 'how many action periods each action is repeated for', least=1, most=1000)
    horizon: float = setting(0.0, 'longest episode; 0: as the task says', 's', least=0, most=86_400)
    reward: str = setting(
        'task', "task: the task's own; dense: progress gained, and 1 for success; sparse: 1 for "
        'success', choices=REWARDS)
    randomise: bool = setting(False, 'draw looks, masses, friction and delays anew for each scene')
    shield: bool = setting(True, 'obey the safety filter of the graph; false: only the limits of '
                           'the robot itself')
    split: str = setting(
        '', 'train or test, of tasks that hold objects out; empty: as the task says')
    world: dict[str, Any] = setting({}, "numbers of the task's scene to replace")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.image_size) not in (0, 2):
            raise BadInput('image_size should be height and width, but holds '
                           f'{len(self.image_size)} numbers')
        if self.control_mode and self.action:
            raise BadInput('control_mode and action both choose an action space; leave one out')


def chosen_task(name: str, chosen: EnvSettings) -> tuple[RobotSpec, TaskSpec]:
    """Return the robot, and the task as the settings change it, without starting a world."""
    task = load_task(name)
    robot = load_robot(chosen.robot or task.robots[0])
    observe = (chosen.cameras or task.observe) if chosen.pictures else ()
    cameras = task.cameras
    if chosen.image_size:
        cameras = {**cameras, **_resized(robot, task, observe, chosen.image_size)}
    task = dataclasses.replace(task, action=_action(task, chosen), observe=observe, cameras=cameras,
                               horizon=chosen.horizon or task.horizon)
    numbers = {**chosen.world, **({'split': chosen.split} if chosen.split else {})}
    task = make.with_overrides(task, numbers)
    _check(robot, task)
    return robot, task


def _action(task: TaskSpec, chosen: EnvSettings) -> ActionSpace:
    if chosen.action:
        return settings.build(ActionSpace, chosen.action, f'task {task.name}: action')
    if not chosen.control_mode:
        return task.action
    return task.actions[settings.choose('control_mode', chosen.control_mode, task.actions)]


def _resized(robot: RobotSpec, task: TaskSpec, names: tuple[str, ...],
             size: tuple[int, ...]) -> dict[str, Any]:
    mounts = {**robot.cameras, **task.cameras}
    return {name: dataclasses.replace(mounts[settings.choose('camera', name, mounts)],
                                      height=size[0], width=size[1]) for name in names}


def _check(robot: RobotSpec, task: TaskSpec) -> None:
    make.check(task, robot)
    joints = task.action.mode.upper() in (Mode.JOINT_POSITION.name, Mode.JOINT_VELOCITY.name)
    if joints and task.action.width != len(robot.joints):
        raise BadInput(f'Task {task.name}: the action space moves {task.action.width} joints, but '
                       f'{robot.name} has {len(robot.joints)}; give another `action` or '
                       'control_mode.')
