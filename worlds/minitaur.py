"""A simulated Minitaur as a Robot: its own motor model, run every physics step, and sensors that speak late."""
from __future__ import annotations

import dataclasses
import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from visuomotor.robots.minitaur.motor import MOTORS, MotorConstants, Motors
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.values import FloatArray, Imu, State, Target
from visuomotor.worlds.minitaur_body import START_MOTOR, MinitaurBody
from visuomotor.worlds.randomise import Dynamics

if TYPE_CHECKING:
    from visuomotor.worlds.world import BulletWorld

CONSTANTS = MotorConstants(kp=1.0, kd=0.015)
PD_LATENCY = 0.003       # s, from the encoders to the motor controllers
CONTROL_LATENCY = 0.020  # s, from the sensors to the host
MEMORY = 0.2             # s of sensor samples kept; a longer delay is cut to it
SETTLE = 0.3             # s of physics, outside of time, for a robot put down to stand still
SOFT = 0.5               # of the position gain, while it holds its stance without commands


@dataclasses.dataclass(frozen=True)
class SensorSample:
    """What the sensors saw before one physics step."""

    stamp: float         # s
    angle: FloatArray    # rad, leg frame
    speed: FloatArray    # rad/s
    torque: FloatArray   # N m, as the motor electronics report it
    pose: FloatArray     # of the base, world
    spin: FloatArray     # rad/s, world axes


class MinitaurRobot:
    """Eight direct-drive motors under position control. `read` returns what the host knows: `CONTROL_LATENCY` late."""

    def __init__(self, world: BulletWorld) -> None:
        self.spec, self._world, self._dt = world.spec, world, world.dt
        self.model = MinitaurBody(world.client, world.spec)
        self.body, self.links = self.model.number, self.model.links
        self.motors = Motors(CONSTANTS)
        self.power, self.work = 0.0, 0.0   # W and J of all shafts together, since it was put on its start
        self._actuation = world.task.latency.actuation
        self._connected, self._torque = False, np.zeros(MOTORS)
        self._sent: FloatArray = np.array(world.spec.home)
        self._sent_at: float = -math.inf
        self._obeying: bool = False
        self._samples: deque[SensorSample] = deque(maxlen=round(MEMORY / self._dt))
        self.vary(Dynamics())
        self.stand()

    # The Robot interface.
    @property
    def connected(self) -> bool:
        return self._connected

    def connect(self) -> None:
        if not self._connected:
            self._hold()
        self._connected = True

    def disconnect(self) -> None:
        self._hold()
        self._connected = False

    def read(self) -> State:
        self._need_connection()
        with self._world.lock:
            self._sense()
            seen = self._delayed(self._latency)
            turn = np.array(self._world.client.getMatrixFromQuaternion(seen.pose[3:])).reshape(3, 3)
        imu = Imu(seen.pose[3:], turn.T @ seen.spin)
        return State(seen.stamp, seen.angle, seen.speed, seen.torque, imu=imu, alarms=self._alarms())

    def send(self, target: Target) -> Target:
        self._need_connection()
        self._check(target)
        with self._world.lock:
            now = self._world.time
            beat = 1 / self.spec.control_hz
            span = min(max(now - self._sent_at, beat), self.spec.command_age) if self._obeying else beat
            reach = self.spec.velocity * span
            near = np.clip(target.position, self._sent - reach, self._sent + reach)
            position = np.clip(near, self.spec.lower, self.spec.upper)
            self._queue.append((now + self._actuation, position))
            self._sent, self._sent_at, self._obeying, self._silent = position, now, True, False
        return Target(position, np.clip(target.velocity, -self.spec.velocity, self.spec.velocity))

    def stop(self) -> None:
        with self._world.lock:
            self._hold()

    # The simulation's side.
    def before_step(self) -> None:
        """Take over commands that are due and drive the motors for the physics step that comes."""
        now = self._world.time
        while self._queue and self._queue[0][0] <= now + 1e-9:
            self._target = self._queue.popleft()[1]
        if self._obeying and now - self._sent_at > self.spec.command_age + 1e-9:
            self._hold()
            self._silent = True
        self._sense()
        self._drive()

    def vary(self, dynamics: Dynamics) -> None:
        """Take over a scene's masses, foot friction, battery, motor strength, gain and added sensor latency."""
        self.model.weigh(dynamics.mass)
        self.model.shoe(dynamics.friction)
        self.motors.battery = dynamics.battery
        self.motors.strength = np.full(MOTORS, dynamics.strength)
        self._latency = CONTROL_LATENCY + dynamics.latency
        self._constants = dataclasses.replace(CONSTANTS, kp=CONSTANTS.kp * dynamics.gain)
        self._soft = dataclasses.replace(CONSTANTS, kp=CONSTANTS.kp * dynamics.gain * SOFT)

    def stand(self, x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> None:
        """Put it on its start, cooled down, and let it come to rest outside of time. Between episodes only."""
        self.model.place(x, y, yaw)
        self.motors.reset()
        self._target = np.full(MOTORS, START_MOTOR)
        self._sent, self._sent_at = self._target, -math.inf
        self._hold()
        self._samples.clear()
        now, steps = self._world.time, round(SETTLE / self._dt)
        for step in range(steps):  # the stamps lead up to now, so that the delayed sensors have a past
            self._remember(now - (steps - step) * self._dt)
            self._drive()
            self._world.client.stepSimulation()
        self.work = 0.0

    def _drive(self) -> None:
        known, newest = self._delayed(PD_LATENCY), self._samples[-1]
        self.motors.constants = self._soft if self._silent else self._constants
        torque, self._torque = self.motors.step(self._target, (known.angle, known.speed), newest.speed, self._dt)
        self.model.pull(torque)
        self.power = abs(float(torque @ newest.speed))
        self.work += self.power * self._dt

    def _sense(self) -> None:
        if self._samples[-1].stamp < self._world.time - 1e-9:
            self._remember(self._world.time)

    def _remember(self, stamp: float) -> None:
        angle, speed = self.model.motion()
        self._samples.append(SensorSample(stamp, angle, speed, self._torque, self.model.pose(), self.model.spin()))

    def _delayed(self, delay: float) -> SensorSample:
        return self._samples[-min(1 + round(delay / self._dt), len(self._samples))]

    def _hold(self) -> None:
        """Keep the stance that is being held, softly; forget commands under way."""
        self._queue: deque[tuple[float, FloatArray]] = deque()
        self._sent = self._target
        self._obeying, self._silent = False, False

    def _alarms(self) -> tuple[str, ...]:
        hot = [name for name, off in zip(self.spec.names, self.motors.off, strict=True) if off]
        silence = [f'No command for more than {self.spec.command_age:g} s: holding the last stance.'] * self._silent
        return (*silence, *(f'{name} overheated and switched itself off.' for name in hot))

    def _need_connection(self) -> None:
        if not self._connected:
            raise RobotUnavailable(f'{self.spec.name} is not connected; call connect first.')

    def _check(self, target: Target) -> None:
        for what, array in (('positions', target.position), ('velocities', target.velocity)):
            if np.shape(array) != (MOTORS,):
                raise BadInput(f'{self.spec.name} expects {MOTORS} {what}, but got shape {np.shape(array)}.')
            if not np.all(np.isfinite(array)):
                raise BadInput(f'{self.spec.name} expects finite {what}, but got {list(array)}.')
