"""What a task adds to a world: bodies, rules and the verdict. One class for each task, in worlds/tasks/<name>.py."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from visuomotor.robots.interface import Robot
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import Truth
from visuomotor.worlds.randomise import Dynamics

if TYPE_CHECKING:
    from visuomotor.worlds.world import BulletWorld


class SimulatedRobot(Robot, Protocol):
    """A robot with a body in the simulation."""

    body: int
    links: dict[str, int]   # link name -> number in the simulation, -1 the base

    def before_step(self) -> None:
        """Drive the motors for the physics step that comes."""

    def vary(self, dynamics: Dynamics) -> None:
        """Take over the masses, friction, gains and delays of a new scene, counted from the nominal ones."""


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
