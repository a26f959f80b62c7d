"""A robot without a machine: joints follow every command inside their limits."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from visuomotor.robots import motion
from visuomotor.robots.braking import Braking
from visuomotor.robots.command_buffer import CommandBuffer
from visuomotor.robots.interface import need_connection
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, Clock, Imu, State, Target

UPRIGHT = Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))


class Fake:
    """Any robot: starts at home at rest, tracks what it can, brakes when commands stop."""

    def __init__(self, spec: RobotSpec, clock: Clock) -> None:
        self.spec, self._clock = spec, clock
        self._position, self._velocity = np.array(spec.home), np.zeros(len(spec.joints))
        self._gripper, self._time = 0.0, clock()
        self.connected = False
        self._commands = CommandBuffer(spec)
        self._target, self._due = Target(self._position, self._velocity), 0.0   # while obeying
        self._gripper_goal = 0.0
        self._acceleration = np.zeros(len(spec.joints))
        self._braking: tuple[Braking, float] | None = None   # and when it began

    def connect(self) -> None:
        self.connected = True
        self._live()

    def disconnect(self) -> None:
        self.stop()
        self.connected = False

    def read(self) -> State:
        self._live()
        return State(self._time, self._position.copy(), self._velocity.copy(),
                     np.zeros(len(self.spec.joints)), self._gripper,
                     imu=UPRIGHT if self.spec.legs else None, alarms=self._commands.alarms)

    def send(self, target: Target) -> Target:
        self._live()
        sent, span = self._commands.take(target, self._time, self._position.tolist())
        due = self._commands.due()
        further = self._commands.ahead(sent, max(self._time - due, 0.0), span)
        self._target = replace(sent, position=np.array(further))
        self._due = max(due, self._time) + span
        self._braking = None
        if sent.gripper is not None:
            self._gripper_goal = sent.gripper
        return Target(sent.position.copy(), sent.velocity.copy(), sent.gripper, sent.stamp)

    def stop(self) -> None:
        if self.connected:
            self._live()
            if not self._commands.silent:   # else it brakes already, and says so
                self._commands.rest()
            self._gripper_goal = self._gripper

    def _live(self) -> None:
        """Live through the time since the last call, in beats of the robot's own control loop."""
        need_connection(self)
        now = self._clock()
        while now - self._time > SAME_MOMENT:
            if not self._commands.obeying and not self._velocity.any():
                break
            self._beat(min(1.0 / self.spec.control_hz, now - self._time))
        self._time = max(now, self._time)

    def _beat(self, dt: float) -> None:
        if self._commands.ran_out(self._time + dt):   # it would by the end of this beat
            self._gripper_goal = self._gripper
        if self._commands.obeying and self._time < self._due - SAME_MOMENT:
            self._follow(dt)
        elif self._velocity.any():
            self._slow_down(dt)
        stride = self.spec.gripper.speed * dt if self.spec.gripper else 0.0
        self._gripper += min(max(self._gripper_goal - self._gripper, -stride), stride)
        self._time += dt

    def _follow(self, dt: float) -> None:
        rate, before = self._target.velocity, self._velocity
        goal = self._target.position - rate * max(self._due - self._time - dt, 0.0)
        wanted = motion.approach(self._position, goal, rate, self.spec, dt)
        self._position, self._velocity = motion.step(self._position, before, wanted, self.spec, dt)
        self._acceleration = (self._velocity - before) / dt

    def _slow_down(self, dt: float) -> None:
        """Brake from the first beat that no command follows."""
        if self._braking is None:
            self._braking = (Braking(self.spec, self._position, self._velocity,
                                     self._acceleration), self._time)
        braking, began = self._braking
        self._position, self._velocity, self._acceleration = map(
            np.array, braking.at(self._time + dt - began))
