"""A robot without a machine: joints follow every command inside their limits."""
from __future__ import annotations

import numpy as np
from visuomotor.robots import motion
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
        self._target, self._due = sent, self._time + span
        if sent.gripper is not None:
            self._gripper_goal = sent.gripper
        return Target(sent.position.copy(), sent.velocity.copy(), sent.gripper)

    def stop(self) -> None:
        if self.connected:
            self._live()
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
        wanted = np.zeros_like(self._velocity)
        if self._commands.obeying:
            rate = self._target.velocity * (self._time < self._due - SAME_MOMENT)
            goal = self._target.position - rate * max(self._due - self._time - dt, 0.0)
            wanted = motion.approach(self._position, goal, rate, self.spec, dt)
        self._position, self._velocity = motion.step(self._position, self._velocity, wanted,
                                                     self.spec, dt)
        stride = self.spec.gripper.speed * dt if self.spec.gripper else 0.0
        self._gripper += min(max(self._gripper_goal - self._gripper, -stride), stride)
        self._time += dt
