"""Owns the robot, real or simulated: says where it is at every beat and sends it what is permitted.

in   command        what the safety node permits; nothing else is obeyed
out  joint_states   measured, at the robot's control rate; imu when legged
     sent           what the robot really did with each command obeyed
     world/truth    the simulator's own state, at the task's action rate
     robot_description   the model, for whoever draws it
serves world/new_scene, in simulation
"""
from __future__ import annotations

from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String
from visuomotor.msg import Command, Sent, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.claim import Claim
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.driver.machine import Machine
from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.nodes.driver.watchdog import Watchdog
from visuomotor.robots.model import model_text
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State, Target
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
        self.also_undo(Claim('driver', self.context.get_domain_id(), self.get_namespace()).release)
        self.machine = Machine(self.settings, self.spec, lambda: self.now)
        self.also_undo(self.machine.close)
        self.robot, self.world = self.machine.robot, self.machine.world
        self.watchdog = Watchdog(self.spec)
        self.beats, self.complaint = 0, ''
        self.state: State | None = None
        if self.world:
            self.show_world(self.world)
        self.model = String(data=model_text(self.spec) if self.spec.urdf else '')
        self.description = self.publisher(String, 'robot_description', qos.LATCHED)
        self.states = self.publisher(JointState, 'joint_states', qos.STATE)
        self.attitude = self.publisher(Imu, 'imu', qos.STATE) if self.spec.legs else None
        self.sent = self.publisher(Sent, 'sent', qos.COMMAND)
        self.truths = self.publisher(WorldTruth, 'world/truth', qos.STATE)
        self.health = self.publisher(DiagnosticArray, '/diagnostics', qos.EVENT)
        self.subscription(Command, 'command', self.on_command, qos.COMMAND)
        self.service(NewScene, 'world/new_scene', self.on_new_scene)
        self.timer(1.0 / self.spec.control_hz, self.on_beat)
        self.timer(1.0, self.on_second)

    def show_world(self, world: World) -> None:
        """Let camera nodes of this process look into the world."""
        space = self.get_namespace()
        running.publish(space, world, self.machine.pace.graph_time)
        self.also_undo(lambda: running.withdraw(space))
        self.truth_every = max(1, round(self.spec.control_hz / world.task.action.rate))

    def start(self) -> None:
        self.robot.connect()
        if self.model.data:
            self.description.publish(self.model)
        self.watchdog.forget()
        self.machine.align(self.nanoseconds)

    def halt(self) -> None:
        self.robot.stop()

    def on_beat(self) -> None:
        if not self.machine.advance(self.nanoseconds):
            return
        self.obey(self.watchdog.beat(self.now, 1.0 / self.spec.control_hz))
        if self.world and self.beats % self.truth_every == 0:
            self.truths.publish(convert.truth_message(self.machine.truth(self.world)))
        try:
            self.tell(self.machine.read())
        except RobotUnavailable as error:
            self.complaint = str(error)
        self.beats += 1

    def tell(self, measured: State) -> None:
        self.state = measured
        self.states.publish(convert.joint_state(measured, self.spec))
        if self.attitude and measured.imu:
            self.attitude.publish(convert.imu_message(measured.imu, measured.stamp,
                                                      self.spec.base_link))

    def on_command(self, command: Command) -> None:
        answered = convert.seconds(command.header.stamp)
        if not self.watchdog.admits(answered, self.now):
            self.complaint = (f'a command came that answers joint_states {self.now - answered:.2f} '
                              's old: not obeyed')
            return
        sent = self.obey(convert.target(command, self.spec))
        if sent is not None:
            self.watchdog.obeyed(sent, self.now)
            self.sent.publish(convert.sent_message(sent, command.header, self.spec.base_link))

    def obey(self, target: Target | None) -> Target | None:
        """Send a target and return what was really sent. One that cannot be sent is silence."""
        if target is None:
            return None
        try:
            sent = self.robot.send(target)
        except (BadInput, RobotUnavailable) as error:
            self.complaint = str(error)
            return None
        self.complaint = ''
        return sent

    def on_new_scene(self, request: NewScene.Request,
                     response: NewScene.Response) -> NewScene.Response:
        if not (self.active and self.world):
            response.message = ('New scenes need an active driver of a simulated world; '
                                'on a real robot a person lays out the scene.')
            return response
        response.scene = self.world.new_scene(np.random.default_rng(request.seed))
        self.machine.align(self.nanoseconds)
        response.ready = True
        return response

    def on_second(self) -> None:
        lost = self.machine.lost
        busy = f'the machine was too busy: {lost:.2f} s of world time lost' if lost else ''
        alarms = [*(self.state.alarms if self.state else ()), self.complaint,
                  self.watchdog.complaint(self.now), busy]
        numbers = {'beats': self.beats, 'lost time (s)': round(lost, 3),
                   'world': self.settings.world}
        self.health.publish(convert.diagnostics(self.now, self.get_fully_qualified_name(),
                                                self.spec.name, alarms, numbers))


def main() -> None:
    run(DriverNode)
