"""What a task adds to a world: bodies, rules and the verdict. See tasks/<name>/scene.py."""
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol

import numpy as np
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Truth
from visuomotor.worlds.appearance import Appearance
from visuomotor.worlds.bodies import SimulatedRobot
from visuomotor.worlds.randomise import SceneSample


class SceneWorld(Protocol):
    """The world as a scene sees it; world.BulletWorld is one."""

    client: Any              # PyBullet's functions, bound to this simulation
    sample: SceneSample      # what was drawn for the present scene
    robot: SimulatedRobot
    appearance: Appearance

    @property
    def time(self) -> float:
        """Seconds of world time."""

    def settle(self, steps: int, solver_iterations: int) -> None:
        """Let a new scene come to rest outside of time."""

    def body_pose(self, body: int, link: int = -1) -> FloatArray:
        """Return x y z and quaternion x y z w of a body or of one of its links, world frame."""

    def robot_link_pose(self, link: str) -> FloatArray:
        """Return the same of a link of the robot, by its name."""


class TaskScene(ABC):
    """Base of every task's `Scene`. The world calls it; only `new_scene` may settle physics. A part
    that moves and that safety has to know, such as a drawer, is a fixture with a `body` in the
    task's YAML and a pose of that name in every truth: `{'drawer': world.body_pose(body, link)}`.
    """

    settings_type: ClassVar[type[Any]]   # checks the `world:` numbers of the task's YAML

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None:
        self.task, self.robot = task, robot
        self.settings: Any = settings.build(self.settings_type, task.world,
                                            f'task {task.name}: world')

    @abstractmethod
    def build(self, world: SceneWorld) -> None:
        """Load what stays in every scene, once, when the world is made."""

    @abstractmethod
    def new_scene(self, world: SceneWorld, rng: np.random.Generator) -> dict[str, Any]:
        """Lay out a new scene; return plain values that describe it, for its hash."""

    def before_step(self, world: SceneWorld) -> None:  # noqa: B027 - most have nothing to move
        """Run before every physics step."""

    @abstractmethod
    def truth(self, world: SceneWorld) -> Truth:
        """Judge now; called once for each moment at most, so `reward` is of the time since then."""
