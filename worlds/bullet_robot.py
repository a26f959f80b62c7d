"""Any arm in PyBullet as a Robot. It obeys late, within limits, and brakes on silence."""
from __future__ import annotations

import math
from collections import deque

import numpy as np
from visuomotor.robots.interface import need_connection
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock, FloatArray, State, Target
from visuomotor.worlds.body import Body, Lock, Simulated
from visuomotor.worlds.client import Client
from visuomotor.worlds.randomise import Dynamics
from visuomotor.worlds.setpoint import Setpoint

POSITION_GAIN = 0.25   # of the position error that a joint controller removes in a physics step
PASSIVE_TORQUE = 0.05  # N m, spring of finger joints without a motor


class BulletRobot(Simulated):
    """One simulated arm with its gripper."""

    def __init__(self, client: Client, spec: RobotSpec, clock: Clock, lock: Lock, dt: float,
                 latency: float) -> None:
        super().__init__(client, spec, clock, lock, dt, latency)
        self._body = Body(client, spec, useFixedBase=True,
                          flags=self._client.URDF_USE_INERTIA_FROM_FILE)
        self.body, self.links = self._body.number, self._body.links
        self._arm = self._body.numbers(spec.names)
        self._fingers: list[int] = []
        self._open: list[float] = []
        self._stroke: list[float] = []
        if spec.gripper:
            self._fingers = self._body.numbers(spec.gripper.joints)
            self._open = list(spec.gripper.open)
            self._stroke = [b - a for a, b in zip(self._open, spec.gripper.closed, strict=True)]
        self._motors = [*self._arm, *self._fingers]
        for motor in self._motors:
            # Bullet takes damping from the speed before a step, which throws a light joint about;
            # the drives themselves damp all they need.
            self._client.changeDynamics(self.body, motor, jointDamping=0.0)
        # closing, and where it puts each finger
        self._finger_goal: tuple[float, list[float]] = (math.nan, [])
        self._finger_rest = [0.0] * len(self._fingers)
        self._setpoint, self._beat = Setpoint(spec, spec.home), 1.0 / spec.control_hz
        self._queue: deque[tuple[float, float, Target]] = deque()   # due at, span, target
        self.vary(Dynamics())
        self.place(np.array(spec.home))

    # The Robot interface.
    def read(self) -> State:
        need_connection(self)
        with self._lock:
            states = self._client.getJointStates(self.body, self._motors)
            alarms = self._commands.alarms
        position, velocity, _, effort = zip(*states, strict=True)
        n, fingers = len(self._arm), max(len(self._fingers), 1)
        shares = ((at - a) / b
                  for at, a, b in zip(position[n:], self._open, self._stroke, strict=True))
        force = sum(map(abs, effort[n:])) / fingers
        return State(self.clock(), np.array(position[:n]), np.array(velocity[:n]),
                     np.array(effort[:n]), sum(shares) / fingers, force, alarms=alarms)

    def send(self, target: Target) -> Target:
        need_connection(self)
        with self._lock:
            now = self.clock()
            sent, span = self._commands.take(target, now, self._setpoint.position)
            self._queue.append((self._commands.due(self._latency), span, sent))
        return sent

    # The simulation's side.
    def before_step(self) -> None:
        """Drive the motors for the physics step that comes."""
        now, dt = self.clock(), self._dt
        while self._queue and self._queue[0][0] <= now + 0.25 * dt:
            due, span, target = self._queue.popleft()
            running = self._beat if target.velocity.any() else span
            self._setpoint.aim(self._commands.ahead(target, now - due, span), span, running,
                               target.velocity.tolist())
            if target.gripper is not None:
                self._setpoint.grip(target.gripper)
        if self._commands.ran_out(now):
            self._brake()
        self._setpoint.step(dt)
        self._drive()

    def place(self, position: FloatArray, closing: float = 0.0) -> None:
        """Put the arm somewhere at once, at rest, between episodes. Nothing real can do that."""
        with self._lock:
            self._body.put(self._arm, position)
            self._body.put(self._fingers, np.array(self._closed(closing)))
            self._place_passive()
            self._setpoint = Setpoint(self.spec, position)
            self._setpoint.gripper = closing
            self._rest()
            self._drive()

    def vary(self, dynamics: Dynamics) -> None:
        self._body.vary(dynamics)
        self._latency = self._actuation + dynamics.latency
        self._forces = [float(force) * dynamics.strength
                        for force in (*self.spec.effort, *self._finger_forces())]
        self._gains = [POSITION_GAIN * dynamics.gain] * len(self._motors)
        self._drive()

    def _finger_forces(self) -> list[float]:
        gripper = self.spec.gripper
        if gripper is None:
            return []
        return [min(gripper.force, self._body.effort[name] or gripper.force)
                for name in gripper.joints]

    def _drive(self) -> None:
        point = self._setpoint
        if self._finger_goal[0] != point.gripper:
            self._finger_goal = (point.gripper, self._closed(point.gripper))
        control, arm = self._client.POSITION_CONTROL, len(self._arm)
        for i, joint in enumerate(self._arm):   # who was pushed away comes back within its limit
            self._client.setJointMotorControl2(
                self.body, joint, control, targetPosition=point.position[i],
                targetVelocity=point.velocity[i], force=self._forces[i],
                positionGain=self._gains[i], maxVelocity=self.spec.bounds[i][2])
        if self._fingers:
            self._client.setJointMotorControlArray(
                self.body, self._fingers, control, targetPositions=self._finger_goal[1],
                targetVelocities=self._finger_rest, forces=self._forces[arm:],
                positionGains=self._gains[arm:])

    def _closed(self, closing: float) -> list[float]:
        """Return where each finger is when they are closed this far."""
        return [a + closing * b for a, b in zip(self._open, self._stroke, strict=True)]

    def _place_passive(self) -> None:
        """Put finger joints without a motor on the angle that their spring holds."""
        for name, angle in (self.spec.gripper.passive if self.spec.gripper else {}).items():
            number = self._body.numbers((name,))[0]
            self._body.put([number], np.array([angle]))
            self._client.setJointMotorControl2(self.body, number, self._client.POSITION_CONTROL,
                                               angle, force=PASSIVE_TORQUE)

    def _rest(self) -> None:
        self._commands.rest()
        self._brake()

    def _brake(self) -> None:
        """Brake from where the arm is measured, and hold; forget commands under way."""
        self._queue.clear()
        states = self._client.getJointStates(self.body, self._arm)
        # a moving arm is where its set-point will be at the end of the step
        self._setpoint.brake([at - speed * self._dt for at, speed, *_ in states],
                             [speed for _, speed, *_ in states])
