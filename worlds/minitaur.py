"""A simulated Minitaur as a Robot. Its own motor model at every physics step, and late sensors."""
from __future__ import annotations

import dataclasses
from collections import deque

import numpy as np
from visuomotor.robots.interface import need_connection
from visuomotor.robots.minitaur.motor import MOTORS, MotorConstants, Motors
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, Clock, FloatArray, Imu, State, Target
from visuomotor.worlds.body import Lock, Simulated
from visuomotor.worlds.client import Client
from visuomotor.worlds.minitaur_body import START_MOTOR, MinitaurBody
from visuomotor.worlds.randomise import Dynamics

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


class MinitaurRobot(Simulated):
    """Eight direct-drive motors under position control. `read` is `CONTROL_LATENCY` late."""

    def __init__(self, client: Client, spec: RobotSpec, clock: Clock, lock: Lock, dt: float,
                 latency: float) -> None:
        super().__init__(client, spec, clock, lock, dt, latency)
        self.model = MinitaurBody(client, spec)
        self.body, self.links = self.model.number, self.model.links
        self.motors = Motors(CONSTANTS)
        self.work = 0.0   # J of all shafts together, since it was put on its start
        self._torque = np.zeros(MOTORS)
        self._queue: deque[tuple[float, FloatArray]] = deque()   # due at, motor angles
        self._samples: deque[SensorSample] = deque(maxlen=round(MEMORY / self._dt))
        self.vary(Dynamics())
        self.stand()

    # The Robot interface.
    def read(self) -> State:
        need_connection(self)
        with self._lock:
            self._sense()
            seen = self._delayed(self._latency)
            turn = np.array(self._client.getMatrixFromQuaternion(seen.pose[3:])).reshape(3, 3)
        imu = Imu(seen.pose[3:], turn.T @ seen.spin)
        return State(seen.stamp, seen.angle, seen.speed, seen.torque, imu=imu,
                     alarms=self._alarms())

    def send(self, target: Target) -> Target:
        need_connection(self)
        with self._lock:
            now = self.clock()
            sent, _ = self._commands.take(target, now, self._target.tolist())
            self._queue.append((self._commands.due(self._actuation), sent.position))
        return sent

    # The simulation's side.
    def before_step(self) -> None:
        """Take over commands that are due and drive the motors for the physics step that comes."""
        now = self.clock()
        while self._queue and self._queue[0][0] <= now + SAME_MOMENT:
            self._target = self._queue.popleft()[1]
        if self._commands.ran_out(now):
            self._queue.clear()
        self._sense()
        self._drive()

    def vary(self, dynamics: Dynamics) -> None:
        """Take over a scene's masses, foot friction, battery, motors, gain and added latency."""
        self.model.weigh(dynamics.mass)
        self.model.shoe(dynamics.friction)
        self.motors.battery = dynamics.battery
        self.motors.strength = np.full(MOTORS, dynamics.strength)
        self._latency = CONTROL_LATENCY + dynamics.latency
        self._constants = dataclasses.replace(CONSTANTS, kp=CONSTANTS.kp * dynamics.gain)
        self._soft = dataclasses.replace(CONSTANTS, kp=CONSTANTS.kp * dynamics.gain * SOFT)

    def stand(self, x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> None:
        """Put it on its start, cooled down, and let it come to rest outside of time."""
        self.model.place(x, y, yaw)
        self.motors.reset()
        self._target = np.full(MOTORS, START_MOTOR)
        self._rest()
        self._samples.clear()
        now, steps = self.clock(), round(SETTLE / self._dt)
        # the stamps lead up to now, so that the delayed sensors have a past
        for step in range(steps):
            self._remember(now - (steps - step) * self._dt)
            self._drive()
            self._client.stepSimulation()
        self.work = 0.0

    def pose(self) -> FloatArray:
        """Return x y z and quaternion x y z w of the base, world frame."""
        return self.model.pose()

    def push(self, force: FloatArray) -> None:
        """Push the base with a force, N in world axes, during the next physics step."""
        self.model.push(force)

    def _drive(self) -> None:
        known, newest = self._delayed(PD_LATENCY), self._samples[-1]
        self.motors.constants = self._soft if self._commands.silent else self._constants
        torque, self._torque = self.motors.step(self._target, (known.angle, known.speed),
                                                newest.speed, self._dt)
        self.model.pull(torque)
        self.work += abs(float(torque @ newest.speed)) * self._dt

    def _sense(self) -> None:
        if self._samples[-1].stamp < self.clock() - SAME_MOMENT:
            self._remember(self.clock())

    def _remember(self, stamp: float) -> None:
        angle, speed = self.model.motion()
        self._samples.append(SensorSample(stamp, angle, speed, self._torque, self.model.pose(),
                                          self.model.spin()))

    def _delayed(self, delay: float) -> SensorSample:
        return self._samples[-min(1 + round(delay / self._dt), len(self._samples))]

    def _rest(self) -> None:
        """Keep the stance that is being held, softly; forget commands under way."""
        self._commands.rest()
        self._queue.clear()

    def _alarms(self) -> tuple[str, ...]:
        hot = [name for name, off in zip(self.spec.names, self.motors.off, strict=True) if off]
        return (*self._commands.alarms,
                *(f'{name} overheated and switched itself off.' for name in hot))
