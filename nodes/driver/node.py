"""Owns the robot, real or simulated: says where it is at every beat and sends it what is permitted.

in   command        what the safety node permits; nothing else is obeyed
out  joint_states   measured, at the robot's control rate; imu when legged
     world/truth    the simulator's own state, at the task's action rate
serves world/new_scene, in simulation
"""
from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Imu, JointState
from visuomotor.msg import Command, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.driver.exclusive import ExclusiveDriver
from visuomotor.nodes.driver.pace import Pace
from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.nodes.driver.watchdog import Watchdog
from visuomotor.robots import registry
from visuomotor.robots.interface import Robot
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State, Target, Truth
from visuomotor.srv import NewScene
from visuomotor.worlds import running
from visuomotor.worlds.interface import World


class DriverNode(Node):
    """Speaks for one robot."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('driver', **kwargs)
        self.settings = declare(self, DriverSettings)

    def open(self) -> None:
        self.spec = load_robot(self.settings.robot)
        only = ExclusiveDriver(self.context.get_domain_id(), self.get_namespace())
        self.also_undo(only.release)
        self.world = self._open_world() if self.settings.world == 'sim' else None
        self.robot: Robot = self.world.robot if self.world else self._open_robot()
        self.also_undo(self.robot.disconnect)
        self.pace, self.watchdog, self.beats, self.complaint = Pace(0, 0.0), Watchdog(self.spec), 0, ''
        self.state: State | None = None
        self.states = self.publisher(JointState, 'joint_states', qos.STATE)
        self.attitude = self.publisher(Imu, 'imu', qos.STATE) if self.spec.legs else None
        self.truths = self.publisher(WorldTruth, 'world/truth', qos.STATE)
        self.health = self.publisher(DiagnosticArray, '/diagnostics', qos.EVENT)
        self.subscription(Command, 'command', self.on_command, qos.COMMAND)
        self.service(NewScene, 'world/new_scene', self.on_new_scene)
        self.timer(1.0 / self.spec.control_hz, self.on_beat)
        self.timer(1.0, self.on_second)

    def _open_world(self) -> World:
        from visuomotor.worlds.make import make_world
        world = make_world(self.settings.task, self.settings.robot, seed=self.settings.seed, randomise=self.settings.randomise,
                           overrides=settings.assignments([self.settings.scene], "'split=test, objects=3'"))
        self.also_undo(world.close)
        running.publish(self.get_namespace(), world, lambda moment: self.pace.graph_time(moment))
        self.also_undo(partial(running.withdraw, self.get_namespace()))
        self.truth_every = max(1, round(self.spec.control_hz / world.task.action.rate))
        return world

    def _open_robot(self) -> Robot:
        return registry.make(self.spec, self.settings.world, lambda: self.now)

    def start(self) -> None:
        self.robot.connect()
        self.watchdog.forget()
        self._align()

    def halt(self) -> None:
        self.robot.stop()

    def _align(self) -> None:
        now = self.nanoseconds
        self.pace.align(now, self.world.time if self.world else now * 1e-9)

    def on_beat(self) -> None:
        passed = self.pace.step(self.nanoseconds)
        if not passed:
            return
        if self.world:
            self.world.advance(passed)
        self._obey(self.watchdog.beat(self.now, 1.0 / self.spec.control_hz))
        if self.world and self.beats % self.truth_every == 0:
            self._tell_truth(self.world.truth())
        try:
            self._tell_state(self.robot.read())
        except RobotUnavailable as error:
            self.complaint = str(error)
        self.beats += 1

    def _tell_state(self, measured: State) -> None:
        self.state = replace(measured, stamp=self.pace.graph_time(measured.stamp))
        self.states.publish(convert.joint_state(self.state, self.spec))
        if self.attitude and self.state.imu:
            self.attitude.publish(convert.imu_message(self.state.imu, self.state.stamp, self.spec.base_link))

    def _tell_truth(self, truth: Truth) -> None:
        self.truths.publish(convert.truth_message(replace(truth, stamp=self.pace.graph_time(truth.stamp))))

    def on_command(self, command: Command) -> None:
        answered = convert.seconds(command.header.stamp)
        if not self.watchdog.admits(answered, self.now):
            self.complaint = f'a command came that answers joint_states {self.now - answered:.2f} s old: not obeyed'
            return
        sent = self._obey(convert.target(command, self.spec))
        if sent is not None:
            self.watchdog.obeyed(sent, self.now)

    def _obey(self, target: Target | None) -> Target | None:
        """Send a target and return what was really sent; a target that cannot be sent is silence."""
        if target is None:
            return None
        try:
            sent = self.robot.send(target)
        except (BadInput, RobotUnavailable) as error:
            self.complaint = str(error)
            return None
        self.complaint = ''
        return sent

    def on_new_scene(self, request: NewScene.Request, response: NewScene.Response) -> NewScene.Response:
        if not (self.active and self.world):
            response.message = ('New scenes need an active driver of a simulated world; '
                                'on a real robot a person lays out the scene.')
            return response
        response.scene = self.world.new_scene(np.random.default_rng(request.seed))
        self._align()
        response.ready = True
        return response

    def on_second(self) -> None:
        alarms = [*(self.state.alarms if self.state else ()), self.complaint, self.watchdog.complaint(self.now)]
        numbers = {'beats': self.beats, 'lost time (s)': round(self.pace.lost, 3), 'world': self.settings.world}
        lost = [f'the machine was too busy: {self.pace.lost:.2f} s of world time lost'] if self.pace.lost else []
        self.health.publish(convert.diagnostics(self.now, self.get_fully_qualified_name(), self.spec.name,
                                                [a for a in alarms if a] + lost, numbers))


def main() -> None:
    run(DriverNode)
