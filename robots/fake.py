"""A robot without a machine: joints follow every command inside their limits, in the time of its clock."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.robots import motion, targets
from visuomotor.specs.errors import RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, Clock, Imu, State, Target

UPRIGHT = Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))


class Fake:
    """Any robot of config/robots/: starts at home at rest, tracks what it can, brakes by itself when commands stop."""

    def __init__(self, spec: RobotSpec, clock: Clock) -> None:
        self.spec, self._clock = spec, clock
        self._position, self._velocity = np.array(spec.home), np.zeros(len(spec.joints))
        self._gripper, self._time = 0.0, clock()
        self._connected = False
        self._target: Target | None = None  # None: holding still
        self._sent_at = self._due = -math.inf
        self._silent = False
        self._rest()

    @property
    def connected(self) -> bool:
        return self._connected

    def connect(self) -> None:
        self._connected = True
        self._live()

    def disconnect(self) -> None:
        self.stop()
        self._connected = False

    def read(self) -> State:
        self._live()
        effort = np.zeros(len(self.spec.joints))
        imu = UPRIGHT if self.spec.legs else None
        alarms = (f'No command for more than {self.spec.command_age:g} s: braked and holding.',) if self._silent else ()
        return State(self._time, self._position.copy(), self._velocity.copy(), effort, self._gripper, 0.0, imu, alarms)

    def send(self, target: Target) -> Target:
        self._live()
        targets.check(target, self.spec)
        last, span = self._position, 1.0 / self.spec.control_hz
        if self._target is not None:
            last, span = self._target.position, min(max(self._time - self._sent_at, span), self.spec.command_age)
        sent = targets.reachable(target, self.spec, last, span)
        self._target, self._sent_at, self._due, self._silent = sent, self._time, self._time + span, False
        if sent.gripper is not None:
            self._gripper_goal = sent.gripper
        return Target(sent.position.copy(), sent.velocity.copy(), sent.gripper)

    def stop(self) -> None:
        if self._connected:
            self._live()
            self._rest()

    def _rest(self) -> None:
        """Forget the target: joints brake and hold."""
        self._target, self._silent = None, False
        self._gripper_goal = self._gripper

    def _live(self) -> None:
        """Live through the time since the last call, in beats of the robot's own control loop."""
        if not self._connected:
            raise RobotUnavailable(f'{self.spec.name} is not connected; call connect first.')
        now = self._clock()
        while now - self._time > SAME_MOMENT:
            if self._target is None and not self._velocity.any():
                break
            self._beat(min(1.0 / self.spec.control_hz, now - self._time))
        self._time = max(now, self._time)

    def _beat(self, dt: float) -> None:
        if self._target is not None and self._time - self._sent_at > self.spec.command_age - SAME_MOMENT:
            self._rest()
            self._silent = True
        wanted = np.zeros_like(self._velocity)
        if self._target is not None:
            rate = self._target.velocity * (self._time < self._due - SAME_MOMENT)
            goal = self._target.position - rate * max(self._due - self._time - dt, 0.0)
            wanted = motion.approach(self._position, goal, rate, self.spec, dt)
        self._position, self._velocity = motion.step(self._position, self._velocity, wanted, self.spec, dt)
        stride = self.spec.gripper.speed * dt if self.spec.gripper else 0.0
        self._gripper += min(max(self._gripper_goal - self._gripper, -stride), stride)
        self._time += dt
