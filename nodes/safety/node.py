"""Stands between every source of motion and the robot.

in   action/policy, action/reset, action/teleop   what somebody wants
     joint_states, imu    where the robot is
     world/truth          where bodies are that fixtures move with, when the task has such
     driver/status        which robot it is: no other is answered or armed
     safety/stop_now      latches a stop, with its reason
     operator/heartbeat   where one is required, silence stops
out  command         one for every joint_states, of the same stamp: what is permitted, and why
     safety/status   the same for people, with margins: at each change and ten times a second
serves safety/stop, safety/arm
"""
from __future__ import annotations

from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Imu as ImuMessage
from sensor_msgs.msg import JointState
from std_msgs.msg import Empty, String
from visuomotor.msg import Command, DriverStatus, Proposal, SafetyStatus, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.claim import Claim
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes._ros.urgent import SAFETY
from visuomotor.nodes.safety.interlock import Interlock
from visuomotor.nodes.safety.news import News, unheard
from visuomotor.nodes.safety.signature import Signature
from visuomotor.safety.limits import SafetySettings
from visuomotor.safety.make import make_lasting
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import PROPOSERS, Source, StopCategory, Verdict
from visuomotor.specs.errors import BadInput, short
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import Imu
from visuomotor.srv import Arm, Stop


class SafetyNode(Node):
    """Asks the filter, and says what it answers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('safety', urgency=SAFETY, **kwargs)
        self.limits, self.signature = declare(self, SafetySettings), Signature()

    def open(self) -> None:
        writer = self.signature.draw(self.nanoseconds if self.simulated else 0)
        self.also_undo(Claim('safety', self.context.get_domain_id(), self.get_namespace(),
                             words=(writer,)).release)
        self.spec = load_robot(self.limits.robot)
        fixtures = load_task(self.limits.task).fixtures if self.limits.task else ()
        self.filter, self.keeper = make_lasting(self.spec, self.limits, fixtures)
        self.also_undo(self.keeper.close)
        self.when_faulty = self.filter.fail
        self.news = News()
        self.imu: Imu | None = None
        self.imu_at = -1e18
        self.verdicts = dict.fromkeys(Verdict, 0)
        self.commands = self.publisher(Command, 'command', qos.COMMAND)
        self.status = self.publisher(SafetyStatus, 'safety/status', qos.LATCHED)
        self.health = self.publisher(DiagnosticArray, '/diagnostics', qos.EVENT)
        # What is heard first counts in the same beat: stop, then proposals, and the joints last.
        self.subscription(String, 'safety/stop_now',
                          lambda message: self.filter.stop(short(message.data)), qos.COMMAND)
        for source, name in PROPOSERS.items():
            self.subscription(Proposal, f'action/{name}', partial(self.on_proposal, source),
                              qos.COMMAND)
        self.subscription(ImuMessage, 'imu', self.on_imu, qos.STATE)
        if any(fixture.body for fixture in fixtures):
            self.subscription(WorldTruth, 'world/truth', self.on_truth, qos.STATE)
        self.subscription(DriverStatus, 'driver/status', self.on_driver, qos.LATCHED)
        joints = self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        self.interlock = Interlock(self.filter, self.keeper, joints.get_publisher_count,
                                   partial(self.speakers, joints.topic_name))
        self.subscription(Empty, 'operator/heartbeat',
                          lambda _: self.interlock.heartbeat.beat(self.steady), qos.COMMAND)
        self.service(Stop, 'safety/stop', self.on_stop, urgent=True)
        self.service(Arm, 'safety/arm', self.on_arm, urgent=True)
        self.timer(0.1, self.on_silence)
        self.timer(1.0, self.on_second)

    def on_proposal(self, source: int, message: Proposal) -> None:
        if source == Source.TELEOP:   # the switch counts, whatever else is wrong
            self.filter.sources.hand(message.dead_man)
        try:
            proposal = convert.proposal(message, self.spec.base_link, source)
        except BadInput as error:
            self.filter.sources.refuse(source, str(error))
            return
        self.filter.sources.hear(proposal, self.now, message.terminate, self.steady)

    def on_imu(self, message: ImuMessage) -> None:
        self.imu, self.imu_at = convert.imu(message), self.steady

    def on_truth(self, message: WorldTruth) -> None:
        for body, pose in convert.truth(message).poses.items():
            self.filter.place(body, pose, self.steady)

    def on_driver(self, message: DriverStatus) -> None:
        self.interlock.hear_driver(message.robot, message.description)

    def on_state(self, message: JointState) -> None:
        if self.interlock.unmet:
            return
        fresh = 0.0 <= self.steady - self.imu_at <= self.limits.state_age
        state = convert.state(message, self.spec, self.imu if fresh else None)
        permitted = self.filter.step(state, self.now, self.steady)
        if permitted.target is not None:   # else the robot holds by itself
            self.commands.publish(convert.command_message(
                permitted.target, permitted, message.header, *self.signature.next()))
        self.verdicts[permitted.verdict] += 1
        self.tell(permitted)

    def tell(self, permitted: Permitted) -> None:
        permitted = self.interlock.told_with(permitted)
        if self.news.worth_telling(self.steady, permitted, self.filter.latch):
            status = convert.safety_status(permitted, self.filter, self.now, self.steady)
            self.status.publish(status)

    def on_silence(self) -> None:
        """Without joint_states nothing is answered: the driver brakes by itself, and we say so."""
        if silence := self.interlock.silence(self.steady):
            self.tell(unheard(silence))
        self.interlock.watch(self.steady, sum(self.verdicts.values()))

    def on_stop(self, request: Stop.Request, response: Stop.Response) -> Stop.Response:
        self.filter.stop(short(request.reason), StopCategory(request.category > 0))
        response.stopped, response.message = True, self.filter.latch.forbids
        return response

    def on_arm(self, request: Arm.Request, response: Arm.Response) -> Arm.Response:
        response.message = self.interlock.arm(short(request.reason), self.steady)
        response.armed = not response.message
        return response

    def on_second(self) -> None:
        numbers = {verdict.name: count for verdict, count in self.verdicts.items()}
        self.health.publish(convert.diagnostics(
            self.now, self.get_fully_qualified_name(), self.spec.name,
            self.interlock.complaints(self.steady),
            {**numbers, 'refused': self.filter.sources.refused}))


def main() -> None:
    run(SafetyNode)
