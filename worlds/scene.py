"""What a task adds to a world: bodies, rules and the verdict. One class for each task, in worlds/tasks/<name>.py."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import Truth

if TYPE_CHECKING:
    from visuomotor.worlds.world import BulletWorld


class Scene(Protocol):
    """The hooks of one task. The world calls them; they never advance time, except `new_scene` while it settles."""

    def __init__(self, task: TaskSpec, robot: RobotSpec) -> None: ...

    def build(self, world: BulletWorld) -> None:
        """Load what stays in every scene, once, when the world is made."""

    def new_scene(self, world: BulletWorld, rng: np.random.Generator) -> dict[str, Any]:
        """Lay out a new scene; return plain values that describe it, for its hash."""

    def before_step(self, world: BulletWorld) -> None:
        """Run before every physics step."""

    def truth(self, world: BulletWorld) -> Truth:
        """Judge now; called at most once for each moment, so `reward` is of the time since the call before."""
