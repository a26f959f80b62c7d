"""Robots with a body in the simulation: what worlds may ask of them, and which one a robot gets."""
from __future__ import annotations

from typing import Protocol, runtime_checkable

from visuomotor.robots.interface import Robot
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, FloatArray
from visuomotor.worlds.body import Lock
from visuomotor.worlds.bullet_robot import BulletRobot
from visuomotor.worlds.client import Client
from visuomotor.worlds.minitaur import MinitaurRobot
from visuomotor.worlds.randomise import Dynamics


class SimulatedRobot(Robot, Protocol):
    """A robot with a body in the simulation."""

    body: int
    links: dict[str, int]   # link name -> number in the simulation, -1 the base

    def before_step(self) -> None:
        """Drive the motors for the physics step that comes."""

    def vary(self, dynamics: Dynamics) -> None:
        """Take over the masses, friction, gains and delays of a new scene, times nominal."""


@runtime_checkable
class LeggedRobot(SimulatedRobot, Protocol):
    """A simulated robot that stands on its own feet."""

    work: float   # J of all shafts together, since it was put on its start

    def stand(self, x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> None:
        """Put it on its start and let it come to rest outside of time. Between episodes only."""

    def pose(self) -> FloatArray:
        """Return x y z and quaternion x y z w of the base, world frame."""

    def push(self, force: FloatArray) -> None:
        """Push the base with a force, N in world axes, during the next physics step."""


def make_body(spec: RobotSpec, client: Client, clock: Clock, lock: Lock, dt: float,
              latency: float) -> SimulatedRobot:
    """Load a robot into a simulation; it obeys `latency` seconds late."""
    body: type[MinitaurRobot] | type[BulletRobot] = MinitaurRobot if spec.legs else BulletRobot
    return body(client, spec, clock, lock, dt, latency)


def legged(robot: SimulatedRobot) -> LeggedRobot:
    """Return a robot as one with legs; refuse an arm."""
    if not isinstance(robot, LeggedRobot):
        raise BadInput(f'This scene needs a robot with legs, but {robot.spec.name} has none; '
                       'choose another robot.')
    return robot
