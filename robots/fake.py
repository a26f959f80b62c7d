"""A robot without a machine: joints follow every command inside their limits."""
from __future__ import annotations

import numpy as np
from visuomotor.robots import motion
from visuomotor.robots.braking import Braking
from visuomotor.robots.command_buffer import CommandBuffer
from visuomotor.robots.course import Motion
from visuomotor.robots.interface import need_connection
from visuomotor.robots.player import Player
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, Clock, Imu, State, Target

UPRIGHT = Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))


class Fake:
    """Any robot: starts at home at rest, tracks what it can, brakes when commands stop."""

    def __init__(self, spec: RobotSpec, clock: Clock) -> None:
        self.spec, self._clock = spec, clock
        self._beat, self._time = 1.0 / spec.control_hz, clock()
        none = np.zeros(len(spec.joints))
        self._motion: Motion = np.array(spec.home), none, none
        self._gripper = self._gripper_goal = 0.0
        self.connected = False
        self._commands, self._player = CommandBuffer(spec), Player(spec)
        self._braking: tuple[Braking, float] | None = None   # and when it began

    def connect(self) -> None:
        self.connected = True
        self._live()

    def disconnect(self) -> None:
        self.stop()
        self.connected = False

    def read(self) -> State:
        self._live()
        position, velocity, _ = self._motion
        return State(self._time, position.copy(), velocity.copy(), np.zeros(len(position)),
                     self._gripper, imu=UPRIGHT if self.spec.legs else None,
                     alarms=self._commands.alarms)

    def send(self, target: Target) -> Target:
        need_connection(self)
        now = self._clock()
        if now - self._time > self._beat:
            self._live()
        first = not self._commands.obeying
        sent, _ = self._commands.take(target, now, self._motion[0].tolist())
        if first:
            self._player.begin(sent.stamp, self._motion)
        self._player.take(sent.stamp, now - sent.stamp, sent.position, sent.velocity)
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
            if not self._commands.obeying and not self._motion[1].any():
                break
            self._move_on(min(self._beat, now - self._time))
        self._time = max(now, self._time)

    def _move_on(self, dt: float) -> None:
        then = self._time + dt
        if self._commands.ran_out(then):   # it would by the end of this beat
            self._gripper_goal = self._gripper
        if self._commands.obeying and self._player.leads_to(then):
            self._braking = None
            self._motion = (self._hurry(then, dt) if self._player.rough
                            else self._player.move(self._motion, self._time, then))
        else:
            self._slow_down(then)
        stride = self.spec.gripper.speed * dt if self.spec.gripper else 0.0
        self._gripper += min(max(self._gripper_goal - self._gripper, -stride), stride)
        self._time = then

    def _hurry(self, then: float, dt: float) -> Motion:
        """Go after a command that does not go on from the last one, as fast as may be."""
        position, before, _ = self._motion
        goal, rate = self._player.aim(then)
        wanted = motion.approach(position, goal, rate, self.spec, dt)
        place, speed = motion.step(position, before, wanted, self.spec, dt)
        return place, speed, (speed - before) / dt

    def _slow_down(self, then: float) -> None:
        """Brake from the first beat that no command follows."""
        if self._braking is None:
            self._braking = Braking(self.spec, *self._motion), self._time
        braking, began = self._braking
        position, velocity, acceleration = map(np.array, braking.at(then - began))
        self._motion = position, velocity, acceleration
