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
from visuomotor.nodes.teleop.joy import JoyMap, Joystick
from visuomotor.nodes.teleop.keys import Keys
from visuomotor.nodes.teleop.settings import Parameters
from visuomotor.nodes.teleop.terminal import Terminal
from visuomotor.nodes.teleop.wish import Wish, proposal
from visuomotor.robots import spec
from visuomotor.srv import Arm, Stop


class TeleopNode(Node):
    """Speaks for one person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('teleop', **kwargs)
        self.parameters = declare(self, Parameters)

    def open(self) -> None:
        self.spec = spec.load(self.parameters.robot)
        self.keys = Keys(self.parameters.dead_man)
        self.stick = Joystick(JoyMap(), self.parameters.dead_zone, self.parameters.dead_man)
        self.terminal = Terminal()
        if self.parameters.device == 'keyboard':
            self.terminal.open()
            self.also_undo(self.terminal.close)
            self.get_logger().info(keys.HELP)
        self.observed, self.held = 0.0, False
        self.proposals = self.say(Proposal, 'action/teleop', qos.COMMAND)
        self.stops, self.arms = self.call(Stop, 'safety/stop'), self.call(Arm, 'safety/arm')
        self.hear(JointState, 'joint_states', self.on_state, qos.STATE)
        self.hear(Joy, 'joy', self.on_joy, qos.STATE)
        self.every(1.0 / self.parameters.rate, self.on_tick)

    def halt(self) -> None:
        if self.held:
            self.propose(Wish())

    def on_state(self, message: JointState) -> None:
        self.observed = convert.seconds(message.header.stamp)

    def on_joy(self, message: Joy) -> None:
        if self.parameters.device == 'joy':
            self.stick.hear(message.axes, message.buttons, self.now)

    def on_tick(self) -> None:
        if self.parameters.device == 'keyboard':
            wish = self.keys.wish(self.terminal.read(), self.now)
        else:
            wish = self.stick.wish(self.now)
        who = f'operator, by {self.parameters.device}'
        if wish.stop:
            self.ask(self.stops, Stop.Request(category=Stop.Request.BRAKE, reason=who))
        if wish.arm:
            self.ask(self.arms, Arm.Request(reason=who))
        if wish.held or self.held:
            self.propose(wish)

    def propose(self, wish: Wish) -> None:
        self.held = wish.held
        wanted = proposal(wish, self.spec, self.parameters, self.observed or self.now, self.now)
        self.proposals.publish(convert.proposal_message(wanted, self.now, frame=self.spec.base_link))

    def ask(self, client: Any, request: Any) -> None:
        if not client.service_is_ready():
            self.get_logger().error(f'Nobody serves {client.srv_name}; is the safety node active?')
            return
        client.call_async(request).add_done_callback(lambda future: self.get_logger().info(str(future.result())))


def main() -> None:
    run(TeleopNode)
