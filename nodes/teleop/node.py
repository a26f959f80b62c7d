"""A person moves the robot while the dead-man switch is held.

in   keys of this terminal, or joy     joint_states   what the person reacted to
out  action/teleop   while the switch is held, and once more, with nothing to do, when it is let go
calls safety/stop and safety/arm
"""
from __future__ import annotations

from typing import Any

from sensor_msgs.msg import JointState, Joy
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.teleop import keys
from visuomotor.nodes.teleop.joy import Joystick
from visuomotor.nodes.teleop.keys import Keys
from visuomotor.nodes.teleop.operator_input import OperatorInput, proposal
from visuomotor.nodes.teleop.settings import TeleopSettings
from visuomotor.nodes.teleop.terminal import Terminal
from visuomotor.specs.robot import load_robot
from visuomotor.srv import Arm, Stop


class TeleopNode(Node):
    """Speaks for one person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('teleop', **kwargs)
        self.settings = declare(self, TeleopSettings)

    def open(self) -> None:
        self.spec = load_robot(self.settings.robot)
        self.keys = Keys(self.settings.dead_man)
        self.stick = Joystick(self.settings)
        self.terminal = Terminal()
        if self.settings.device == 'keyboard':
            self.terminal.open()
            self.also_undo(self.terminal.close)
            self.get_logger().info(keys.HELP)
        self.observed, self.held = 0.0, False
        self.proposals = self.publisher(Proposal, 'action/teleop', qos.COMMAND)
        self.stops, self.arms = self.client(Stop, 'safety/stop'), self.client(Arm, 'safety/arm')
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        self.subscription(Joy, 'joy', self.on_joy, qos.STATE)
        self.timer(1.0 / self.settings.rate, self.on_tick)

    def halt(self) -> None:
        if self.held:
            self.propose(OperatorInput())

    def on_state(self, message: JointState) -> None:
        self.observed = convert.seconds(message.header.stamp)

    def on_joy(self, message: Joy) -> None:
        if self.settings.device == 'joy':
            self.stick.update(message.axes, message.buttons, self.now)

    def on_tick(self) -> None:
        if self.settings.device == 'keyboard':
            given = self.keys.read(self.terminal.read(), self.now)
        else:
            given = self.stick.read(self.now)
        who = f'operator, by {self.settings.device}'
        if given.stop:
            self.ask(self.stops, Stop.Request(category=Stop.Request.BRAKE, reason=who))
        if given.arm:
            self.ask(self.arms, Arm.Request(reason=who))
        if given.held or self.held:
            self.propose(given)

    def propose(self, given: OperatorInput) -> None:
        self.held = given.held
        wanted = proposal(given, self.spec, self.settings, self.observed or self.now, self.now)
        self.proposals.publish(convert.proposal_message(wanted, self.now,
                                                        frame=self.spec.base_link))

    def ask(self, client: Any, request: Any) -> None:
        if not client.service_is_ready():
            self.get_logger().error(f'Nobody serves {client.srv_name}; is the safety node active?')
            return
        answer = client.call_async(request)
        answer.add_done_callback(lambda future: self.get_logger().info(str(future.result())))


def main() -> None:
    run(TeleopNode)
