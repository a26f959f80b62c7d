"""Any arm in PyBullet behind the Robot interface: it obeys late, within limits, and brakes on silence."""
from __future__ import annotations

import math
from collections import deque
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, FloatArray, State, Target
from visuomotor.worlds.body import Body
from visuomotor.worlds.client import Client
from visuomotor.worlds.randomise import Dynamics
from visuomotor.worlds.setpoint import Setpoint, within

POSITION_GAIN = 0.25   # share of the position error that the joint controller removes in one physics step
PASSIVE_TORQUE = 0.05  # N m, spring of finger joints without a motor


Lock = AbstractContextManager[Any]


class BulletRobot:
    """One simulated arm with its gripper. Time is the world's."""

    def __init__(self, client: Client, spec: RobotSpec, clock: Clock, lock: Lock, dt: float, latency: float) -> None:
        self.spec, self.clock, self._lock, self._dt = spec, clock, lock, dt
        self._body = Body(client, spec)
        self.body, self.links = self._body.number, self._body.links
        self._client: Any = client
        self._arm = self._body.numbers(spec.names)
        self._fingers = self._body.numbers(spec.gripper.joints) if spec.gripper else []
        self._open = list(spec.gripper.open) if spec.gripper else []
        self._stroke = [b - a for a, b in zip(self._open, spec.gripper.closed, strict=True)] if spec.gripper else []
        self._motors = [*self._arm, *self._fingers]
        self._finger_goal: tuple[float, list[float]] = (math.nan, [])   # closing, and where it puts each finger
        self._finger_rest = [0.0] * len(self._fingers)
        self._bounds = list(zip(spec.velocity.tolist(), spec.lower.tolist(), spec.upper.tolist(), strict=True))
        self._nominal_latency, self._connected = latency, False
        self._setpoint = Setpoint(spec, spec.home)
        self._queue: deque[tuple[float, float, list[float], float | None]] = deque()   # due at, span, target, closing
        self._sent, self._sent_at = self._setpoint.position, -math.inf
        self._obeying, self._silent = False, False   # under commands; left without them
        self.vary(Dynamics())
        self.place(np.array(spec.home))

    # The Robot interface.
    @property
    def connected(self) -> bool:
        return self._connected

    def connect(self) -> None:
        if not self._connected:
            self._rest()
        self._connected = True

    def disconnect(self) -> None:
        self._rest()
        self._connected = False

    def read(self) -> State:
        self._need_connection()
        with self._lock:
            states = self._client.getJointStates(self.body, self._motors)
            alarms = (self._silence(),) if self._silent else ()
        position, velocity, _, effort = zip(*states, strict=True)
        n, fingers = len(self._arm), max(len(self._fingers), 1)
        closing = sum((at - a) / b for at, a, b in zip(position[n:], self._open, self._stroke, strict=True)) / fingers
        force = sum(map(abs, effort[n:])) / fingers
        return State(self.clock(), np.array(position[:n]), np.array(velocity[:n]), np.array(effort[:n]), closing, force,
                     None, alarms)

    def send(self, target: Target) -> Target:
        self._need_connection()
        self._check(target)
        with self._lock:
            now = self.clock()
            beat = 1 / self.spec.control_hz
            span = min(max(now - self._sent_at, beat), self.spec.command_age) if self._obeying else beat
            position = self._permitted(target.position.tolist(), span)
            closing = None if target.gripper is None or not self._fingers else min(max(float(target.gripper), 0.0), 1.0)
            self._queue.append((now + self._latency, span, position, closing))
            self._sent, self._sent_at, self._obeying, self._silent = position, now, True, False
        return Target(np.array(position), self._slowed(target.velocity), closing)

    def stop(self) -> None:
        with self._lock:
            self._rest()

    # The simulation's side.
    def before_step(self) -> None:
        """Drive the motors for the physics step that comes."""
        now, dt = self.clock(), self._dt
        while self._queue and self._queue[0][0] <= now + 0.25 * dt:
            _, span, position, closing = self._queue.popleft()
            self._setpoint.aim(position, span)
            if closing is not None:
                self._setpoint.grip(closing)
        if self._obeying and now - self._sent_at > self.spec.command_age + 0.25 * dt:
            self._rest()
            self._silent = True
        self._setpoint.step(dt)
        if not self._obeying:
            self._sent = self._setpoint.position
        self._drive()

    def place(self, position: FloatArray, closing: float = 0.0) -> None:
        """Put the arm somewhere at once, at rest. Between episodes only: nothing real can do that."""
        with self._lock:
            self._body.place(self._arm, position)
            self._body.place(self._fingers, np.array(self._closed(closing)))
            self._place_passive()
            self._setpoint = Setpoint(self.spec, position)
            self._setpoint.gripper = closing
            self._sent, self._sent_at, self._silent = self._setpoint.position, -math.inf, False
            self._rest()
            self._drive()

    def vary(self, dynamics: Dynamics) -> None:
        self._body.vary(dynamics)
        self._latency = self._nominal_latency + dynamics.latency
        self._forces = [float(force) * dynamics.strength for force in (*self.spec.effort, *self._finger_forces())]
        self._gains = [POSITION_GAIN * dynamics.gain] * len(self._motors)
        self._drive()

    def _finger_forces(self) -> list[float]:
        gripper = self.spec.gripper
        if gripper is None:
            return []
        return [min(gripper.force, self._body.effort[name] or gripper.force) for name in gripper.joints]

    def _drive(self) -> None:
        point = self._setpoint
        if self._finger_goal[0] != point.gripper:
            self._finger_goal = (point.gripper, self._closed(point.gripper))
        positions, velocities = point.position + self._finger_goal[1], point.velocity + self._finger_rest
        self._client.setJointMotorControlArray(
            self.body, self._motors, self._client.POSITION_CONTROL, targetPositions=positions,
            targetVelocities=velocities, forces=self._forces, positionGains=self._gains)

    def _closed(self, closing: float) -> list[float]:
        """Return where each finger is when they are closed this far."""
        return [a + closing * b for a, b in zip(self._open, self._stroke, strict=True)]

    def _permitted(self, wanted: list[float], span: float) -> list[float]:
        """Return the positions nearest to these within the limits of position and of speed since the last command."""
        permitted = []
        for goal, last, (fastest, lower, upper) in zip(wanted, self._sent, self._bounds, strict=True):
            way, reach = goal - last, fastest * span
            near = last + (reach if way > reach else -reach if way < -reach else way)
            permitted.append(upper if near > upper else lower if near < lower else near)
        return permitted

    def _slowed(self, velocity: FloatArray) -> FloatArray:
        return np.array([within(speed, bound[0]) for speed, bound in zip(velocity.tolist(), self._bounds, strict=True)])

    def _place_passive(self) -> None:
        """Put finger joints without a motor on the angle that their spring holds."""
        for name, angle in (self.spec.gripper.passive if self.spec.gripper else {}).items():
            number = self._body.numbers((name,))[0]
            self._body.place([number], np.array([angle]))
            self._client.setJointMotorControl2(self.body, number, self._client.POSITION_CONTROL, angle,
                                               force=PASSIVE_TORQUE)

    def _rest(self) -> None:
        """Brake and hold; forget commands under way."""
        self._queue.clear()
        self._setpoint.brake()
        self._obeying, self._silent = False, False

    def _silence(self) -> str:
        return f'No command for more than {self.spec.command_age:g} s: braked and holding.'

    def _need_connection(self) -> None:
        if not self._connected:
            raise RobotUnavailable(f'{self.spec.name} is not connected; call connect first.')

    def _check(self, target: Target) -> None:
        position, velocity, n = target.position, target.velocity, len(self._arm)
        # One number that is not finite makes the sum so; numbers too big to be squared are looked at again below.
        if position.shape == velocity.shape == (n,) and math.isfinite(
                position.dot(position) + velocity.dot(velocity) + (target.gripper or 0.0)):
            return
        for what, array in (('positions', position), ('velocities', velocity)):
            if np.shape(array) != (n,):
                raise BadInput(f'{self.spec.name} expects {n} {what}, but got an array of shape {np.shape(array)}.')
            if not np.isfinite(array).all():
                raise BadInput(f'{self.spec.name} expects finite {what}, but got {list(array)}.')
        if target.gripper is not None and not math.isfinite(target.gripper):
            raise BadInput(f'{self.spec.name} expects a finite gripper target, but got {target.gripper}.')
