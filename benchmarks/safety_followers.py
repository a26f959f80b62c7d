"""Robots that follow the safety filter in a bench: perfect, late or standing off joints without
physics, the arm of a task's world, the Minitaur in contact with the ground. What they truly do is
judged, whatever they tell."""
from __future__ import annotations

import heapq
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from ruckig import ControlInterface, InputParameter, Ruckig, Trajectory
from visuomotor.robots.fake import UPRIGHT, Fake
from visuomotor.robots.model import model_path
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import load_task
from visuomotor.specs.values import FloatArray, State, Target
from visuomotor.worlds.client import Client
from visuomotor.worlds.make import make_world
from visuomotor.worlds.world import GRAVITY, BulletWorld

TASKS = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach',
         'minitaur': 'walk'}
LAG = 0.04           # s
OFFSET = 0.045       # rad (m), by which a joint stands off
GROWS = 3.0          # s in which it comes to that


class Follower(Protocol):
    """A robot beat by beat."""

    position: FloatArray   # rad (m), where it truly is
    moment: float          # s, when that is
    orders: int            # of differences that are judged of its measured motion

    def move(self, now: float) -> State:
        """Live through the beat that ends now, and measure."""

    def obey(self, target: Target, answered: float, now: float) -> None:
        """Take a command that answers the state of the second `answered`, and comes `now`."""

    def close(self) -> None: ...


class Torques:
    """What the motors of an arm pull in a motion, by PyBullet's inverse dynamics."""

    def __init__(self, spec: RobotSpec) -> None:
        self.client: Any = Client()
        self._body = self.client.loadURDF(str(model_path(spec)), useFixedBase=True,
                                          flags=self.client.URDF_USE_INERTIA_FROM_FILE)
        self.client.setGravity(0.0, 0.0, GRAVITY)
        infos = [self.client.getJointInfo(self._body, joint)
                 for joint in range(self.client.getNumJoints(self._body))]
        moving = [info[1].decode() for info in infos if info[3] >= 0]
        self._where = [moving.index(name) for name in spec.names]
        self._all = len(moving)

    def __call__(self, *motion: FloatArray) -> FloatArray:
        """Return N m at this position, velocity and acceleration."""
        rows = np.zeros((3, self._all))
        rows[:, self._where] = motion
        torques = self.client.calculateInverseDynamics(self._body, *rows.tolist())
        return np.array(torques)[self._where]

    def close(self) -> None:
        self.client.close()


class Joints:
    """Joints that are where they were commanded a beat later, or `lag` after that. In silence they
    brake by themselves inside the robot's limits."""

    orders = 3

    def __init__(self, spec: RobotSpec, begin: float, *, lag: float = 0.0, smooth: bool = False,
                 offset: FloatArray | None = None) -> None:
        self.spec, self.beat, self._begun = spec, 1.0 / spec.control_hz, begin
        self._smooth = np.exp(-self.beat / LAG) if smooth else 0.0
        self._late = self.beat + lag
        self._offset = np.zeros(len(spec.joints)) if offset is None else offset
        self._torques = Torques(spec) if spec.tip_link else None
        self._due: list[tuple[float, int, Target]] = []
        self._count = 0
        self._aims = [np.array(spec.home)] * 2   # the newest last, as of the path
        self._path = [np.array(spec.home)] * 3
        self._closing = 0.0
        self._brake: tuple[Trajectory, float] | None = None
        self.position, self.moment = np.array(spec.home), begin

    def obey(self, target: Target, answered: float, now: float) -> None:
        self._count += 1
        heapq.heappush(self._due, (answered + self._late, self._count, target))

    def move(self, now: float) -> State:
        due, target = now, None
        while self._due and self._due[0][0] <= now + self.beat / 2:
            due, _, target = heapq.heappop(self._due)
        if target is not None:
            self._brake = None
            aim = self._reached(target.position)
            self._closing = self._closing if target.gripper is None else target.gripper
        else:
            aim = self._braked(now)
        self._aims = [self._aims[-1], aim]
        place = aim + self._smooth * (self._path[-1] - aim)
        self._path = [*self._path[1:], place]
        ramp = (1.0 - np.cos(np.pi * min((now - self._begun) / GROWS, 1.0))) / 2.0
        self.position = place + ramp * self._offset
        self.moment = due if abs(due - now) <= self.beat / 2 else now
        return self._state(now)

    def _reached(self, wanted: FloatArray) -> FloatArray:
        """No joint moves faster than it can."""
        reach = self.spec.velocity * self.beat
        near: FloatArray = self._aims[-1] + np.clip(wanted - self._aims[-1], -reach, reach)
        return near

    def _braked(self, now: float) -> FloatArray:
        if self._brake is None:
            self._brake = self._run_out(), now - self.beat
        run, since = self._brake
        return np.array(run.at_time(min(now - since, run.duration))[0])

    def _run_out(self) -> Trajectory:
        last, here = self._aims
        question = InputParameter(len(here))
        question.control_interface = ControlInterface.Velocity
        question.current_position = here.tolist()
        question.current_velocity = ((here - last) / self.beat).tolist()
        question.max_acceleration = self.spec.acceleration.tolist()
        question.max_jerk = self.spec.jerk.tolist()
        run = Trajectory(len(here))
        Ruckig(len(here), self.beat).calculate(question, run)
        return run

    def _state(self, now: float) -> State:
        before, last, here = self._path
        velocity = (here - last) / self.beat
        pushed = (here - 2.0 * last + before) / self.beat**2
        effort = (self._torques(self.position, velocity, pushed) if self._torques
                  else np.zeros(len(here)))
        return State(now, self.position, velocity, effort, self._closing,
                     imu=UPRIGHT if self.spec.legs else None)

    def close(self) -> None:
        if self._torques:
            self._torques.close()


class Driven:
    """Joints behind the driver's own code, which puts each command where its stamp belongs and
    brakes by itself, for states and commands that are under way for long. Commands that are older
    than the driver obeys are refused."""

    orders = 3

    def __init__(self, spec: RobotSpec, begin: float) -> None:
        self.spec, self._clock = spec, begin
        self._robot = Fake(spec, lambda: self._clock)
        self._robot.connect()
        self._torques = Torques(spec) if spec.tip_link else None
        self._speed = np.zeros(len(spec.joints))
        self.position, self.moment = np.array(spec.home), begin

    def obey(self, target: Target, answered: float, now: float) -> None:
        if now - answered <= self.spec.command_age:
            self._clock = now
            self._robot.send(replace(target, stamp=answered))

    def move(self, now: float) -> State:
        self._clock = now
        state = self._robot.read()
        self.position, passed = state.position, now - self.moment
        pushed = (state.velocity - self._speed) / passed
        self._speed, self.moment = state.velocity, now
        if self._torques:
            state = replace(state, effort=self._torques(state.position, state.velocity, pushed))
        return state

    def close(self) -> None:
        if self._torques:
            self._torques.close()


class Simulated:
    """The robot of a task's world: an arm without loose objects, or a walker on the ground. Speeds
    of joints that hit the ground are physics' own; so are accelerations."""

    orders = 1

    def __init__(self, spec: RobotSpec, world: BulletWorld, begin: float, *, lag: float = 0.0,
                 offset: FloatArray | None = None) -> None:
        self.spec, self.world = spec, world
        self.beat = 1.0 / spec.control_hz
        self._epoch = begin - world.time
        self._late = lag
        self._offset = np.zeros(len(spec.joints)) if offset is None else offset
        self._due: list[tuple[float, Target]] = []
        self.world.robot.connect()
        put_back(world)
        self.position, self.moment = self._truth(), begin

    def obey(self, target: Target, answered: float, now: float) -> None:
        self._due.append((answered + self._late, target))

    def move(self, now: float) -> State:
        while self._due and self._due[0][0] <= self.moment + self.beat / 2:
            target = self._due.pop(0)[1]
            self.world.robot.send(replace(target, position=target.position + self._offset))
        self.world.advance(now - self.moment)
        state = self.world.robot.read()
        self.position, self.moment = self._truth(), now
        return replace(state, stamp=self._epoch + state.stamp)

    def stand_up(self) -> None:
        """Be put back where every chunk begins."""
        put_back(self.world)
        self.position = self._truth()

    def _truth(self) -> FloatArray:
        if self.spec.legs:
            angles: FloatArray = self.world.robot.model.motion()[0]   # type: ignore[attr-defined]
            return angles
        return self.world.robot.read().position

    def close(self) -> None:
        self.world.robot.disconnect()


def put_back(world: BulletWorld) -> None:
    """Put a robot where every chunk begins."""
    robot: Any = world.robot
    if world.spec.legs:
        robot.stand()
    else:
        robot.place(np.array(world.spec.home))


def bare_world(robot: str) -> BulletWorld:
    """Make the task's world without anything loose in it."""
    world = make_world(load_task(TASKS[robot]), robot, randomise=False)
    for loose in getattr(world.scene, 'loose', []):
        world.client.removeBody(loose.body)
    return world
