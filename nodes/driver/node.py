"""Owns the robot, real or simulated: says where it is at every beat and sends it what is permitted.

in   command        what the safety node permits; nothing else is obeyed
out  joint_states   measured, at the robot's control rate; imu when legged
     sent           what the robot really did with each command obeyed
     driver/status  what it is and how it fares: at each change and once a second
     world/truth    the simulator's own state, at the task's action rate
     robot_description   the model, for whoever draws it
serves world/new_scene, in simulation
"""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String
from visuomotor.msg import Command, DriverStatus, Sent, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.claim import Claim, safety_writer
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes._ros.urgent import DRIVER, come_first
from visuomotor.nodes.driver.machine import NO_SCENES, Machine
from visuomotor.nodes.driver.obedience import Asked, Obedience
from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.robots.model import fingerprint, model_text
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State
from visuomotor.srv import NewScene
from visuomotor.worlds import running
from visuomotor.worlds.interface import World


class DriverNode(Node):
    """Speaks for one robot."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('driver', urgency=DRIVER, **kwargs)
        self.settings = declare(self, DriverSettings)

    def open(self) -> None:
        self.spec = load_robot(self.settings.robot)
        who = self.context.get_domain_id(), self.get_namespace()
        self.also_undo(Claim('driver', *who).release)
        self.machine = Machine(self.settings, self.spec, lambda: self.steady)
        self.also_undo(self.machine.close)
        self.robot, self.world = self.machine.robot, self.machine.world
        self.obedience = Obedience(self.spec, self.machine.send, partial(safety_writer, *who))
        self.watchdog, self.identity = self.obedience.watchdog, fingerprint(self.spec)
        self.when_faulty = self.obedience.fail
        self.beats, self.news = 0, ''
        self.state: State | None = None
        if self.world:
            self.show_world(self.world)
        self.model = String(data=model_text(self.spec) if self.spec.urdf else '')
        self.description = self.publisher(String, 'robot_description', qos.LATCHED)
        self.states = self.publisher(JointState, 'joint_states', qos.STATE)
        self.attitude = self.publisher(Imu, 'imu', qos.STATE) if self.spec.legs else None
        self.sent = self.publisher(Sent, 'sent', qos.COMMAND)
        self.truths = self.publisher(WorldTruth, 'world/truth', qos.STATE)
        self.status = self.publisher(DriverStatus, 'driver/status', qos.LATCHED)
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
        self.obedience.forget()
        self.machine.align(self.nanoseconds, self.steady)

    def halt(self) -> None:
        self.robot.stop()

    def on_beat(self) -> None:
        if not self.machine.advance(self.nanoseconds, self.steady):
            return
        if not self.beats and self.machine.wire and (slow := come_first(DRIVER)):
            self.get_logger().warning(slow)
        if self.watchdog.ran_out(self.steady):
            self.robot.stop()
        if self.world and self.beats % self.truth_every == 0:
            self.truths.publish(convert.truth_message(self.machine.truth(self.world)))
        if measured := self.machine.read():
            self.tell(measured)
        self.beats += 1

    def tell(self, measured: State) -> None:
        self.state = measured
        message = convert.joint_state(measured, self.spec)
        self.watchdog.told(convert.ticks(message.header), self.steady)
        self.states.publish(message)
        if self.news != (news := f'{self.watchdog.braking} {measured.alarms}'):
            self.news = news
            self.report()
        if self.attitude and measured.imu:
            self.attitude.publish(convert.imu_message(measured.imu, measured.stamp,
                                                      self.spec.base_link))

    def on_command(self, command: Command) -> None:
        asked = Asked(convert.target(command, self.spec), convert.ticks(command.header),
                      command.writer, command.sequence, command.verdict)
        sent = self.obedience.obey(asked, self.state, self.steady)
        if sent is not None:
            self.sent.publish(convert.sent_message(sent, command.header, self.spec.base_link))

    def on_new_scene(self, request: NewScene.Request,
                     response: NewScene.Response) -> NewScene.Response:
        if not (self.active and self.world):
            response.message = NO_SCENES
            return response
        response.scene = self.world.new_scene(np.random.default_rng(request.seed))
        self.machine.align(self.nanoseconds, self.steady)
        self.obedience.forget()   # where the robot was
        response.ready = True
        return response

    def report(self) -> list[str]:
        """Tell how it fares, and return what there is to complain of."""
        alarms = [*(self.state.alarms if self.state else ()), *self.machine.complaints,
                  *self.obedience.complaints(self.steady)]
        self.status.publish(convert.driver_status(
            self.now, self.settings.world, self.machine.lost, alarms, robot=self.spec.name,
            description=self.identity, **self.obedience.figures(self.state)))
        return alarms

    def on_second(self) -> None:
        numbers = {'beats': self.beats, 'lost time (s)': round(self.machine.lost, 3),
                   'refused': self.obedience.refused, 'world': self.settings.world}
        self.health.publish(convert.diagnostics(self.now, self.get_fully_qualified_name(),
                                                self.spec.name, self.report(), numbers))


def main() -> None:
    run(DriverNode)
