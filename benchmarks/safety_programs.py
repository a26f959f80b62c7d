"""The driver of a simulated arm and the safety node as programs of their own, and somebody outside
both who swings the arm, writes down its measured path, and can end, freeze and start either."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rclpy.context import Context
from rclpy.node import Node
from sensor_msgs.msg import JointState
from visuomotor.graph import compose
from visuomotor.msg import Command, SafetyStatus, Sent
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.environment import STARTER
from visuomotor.nodes.driver.machine import CATCH_UP
from visuomotor.specs.codes import PROPOSERS, Mode, Source
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import FloatArray, Proposal
from visuomotor.srv import Arm, Stop

ROBOT, TASK = 'iiwa7', 'reach'
SWUNG = 0, 6     # joints
SWINGS = 0.4     # rad, of the first joint, after which it turns
COMES_TO_REST = 5.0  # s, within which an arm has to stand to be armed
PATIENCE = 60.0  # s, for anything that takes a process to start


class Point(NamedTuple):
    """One measured point of a path."""

    stamp: float          # s, of the robot's clock
    position: FloatArray  # rad


class Ear(Node):
    """Somebody who wants to swing at full speed, and an operator."""

    def __init__(self, context: Context, source: Source) -> None:
        super().__init__('ear', context=context, use_global_arguments=False,
                         start_parameter_services=False)
        self.spec = load_robot(ROBOT)
        self.asks = 0.0        # part of the speed limit that is asked for; not a number: nothing
        self.turns = True      # whether it turns before it is far out
        self.path: list[Point] = []
        self.commands: list[tuple[float, Command]] = []   # arrival on a steady clock
        self.sent: list[tuple[float, FloatArray]] = []   # s, of the graph's clock; rad, obeyed
        self.status: SafetyStatus | None = None
        self._way, self._source = 1.0, source
        self.create_subscription(JointState, 'joint_states', self.on_state, qos.EVERYTHING)
        self.create_subscription(Command, 'command', self.on_command, qos.EVERYTHING)
        self.create_subscription(Sent, 'sent', self.on_sent, qos.EVERYTHING)
        self.create_subscription(SafetyStatus, 'safety/status', self.on_status, qos.LATCHED)
        self._voice = self.create_publisher(ProposalMessage, f'action/{PROPOSERS[source]}',
                                            qos.COMMAND)
        self.stop = self.create_client(Stop, 'safety/stop')
        self.arm = self.create_client(Arm, 'safety/arm')

    def on_state(self, message: JointState) -> None:
        stamp, joints = convert.seconds(message.header.stamp), len(self.spec.joints)
        position = np.array(message.position[:joints])
        self.path.append(Point(stamp, position))
        if np.isnan(self.asks):
            return
        if self.turns and self._way * position[0] > SWINGS:
            self._way = -self._way
        speeds = np.zeros(joints)
        speeds[[*SWUNG]] = self.asks * self._way * self.spec.velocity[[*SWUNG]]
        wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), speeds[None], np.zeros(0), stamp,
                        self._source)
        self._voice.publish(convert.proposal_message(wish, stamp))

    def goes_on(self) -> None:
        """Ask for no other way than that in which it moves."""
        self.turns = False
        self._way = float(np.sign(self.shares()[-1, SWUNG[0]]))

    def on_command(self, message: Command) -> None:
        self.commands.append((time.monotonic(), message))

    def on_sent(self, message: Sent) -> None:
        self.sent.append((time.time(), np.array(message.position[:len(self.spec.joints)])))

    def on_status(self, message: SafetyStatus) -> None:
        self.status = message

    def shares(self, count: int = 4) -> FloatArray:
        """Return the newest measured speeds as parts of their limits, (count - 1, joints)."""
        return speeds(self.path[-count:]) / self.spec.velocity


def speeds(path: list[Point]) -> FloatArray:
    """Return the measured speeds between the points of a path, rad/s, (points - 1, joints). After a
    longer pause the simulated arm has lived through no more than CATCH_UP."""
    times = np.array([point.stamp for point in path])
    places = np.array([point.position for point in path])
    spans = np.clip(np.diff(times), 1e-6, CATCH_UP)[:, None]
    moved: FloatArray = np.diff(places, axis=0) / spans
    return moved


class Programs:
    """The driver and the safety node, each a program that can be killed."""

    def __init__(self, domain: int, folder: Path, world: str = 'sim',
                 source: Source = Source.POLICY) -> None:
        self._environment = self.surroundings(domain)
        self.context = compose.new_context(domain)
        self.ear = Ear(self.context, source)
        self.threads = compose.Threads(self.context, [[self.ear]])
        self.threads.start()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        scene = ['-p', f'task:={TASK}', '-p', f'robot:={ROBOT}']
        self._words = {
            'driver': ['driver', *scene, '-p', f'world:={world}'],
            'safety': ['safety', *scene, '-p', 'armed_at_start:=true',
                       '-p', f"latch_file:='{folder / 'run' / 'stop.json'}'"]}

    @staticmethod
    def surroundings(domain: int) -> dict[str, str]:
        """Return the environment of programs that hear each other, and end with this one."""
        return {**os.environ, 'ROS_DOMAIN_ID': str(domain), STARTER: str(os.getpid())}

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.kill(name)
        self.threads.stop()
        self.ear.destroy_node()
        self.context.try_shutdown()

    def begin(self, name: str) -> None:
        """Start a program, and wait until it is heard."""
        ear = self.ear
        heard = len(ear.path if name == 'driver' else ear.commands)
        if name == 'safety':
            ear.status = None
        words = [sys.executable, '-m', 'visuomotor.cli.main', 'node', *self._words[name]]
        self.running[name] = subprocess.Popen(words, env=self._environment,
                                              stdin=subprocess.DEVNULL)
        if name == 'driver':
            until(lambda: len(ear.path) > heard + 3)
        else:
            until(lambda: ear.status is not None)

    def kill(self, name: str) -> None:
        """Send SIGKILL: no last words."""
        program = self.running.pop(name)
        program.kill()
        program.wait()

    def freeze(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGCONT)

    def ask(self, client: Any, request: Any) -> Any:
        """Ask until there is an answer: a server that was killed still seems ready for a while."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            until(client.service_is_ready)
            future = client.call_async(request)
            if happens(future.done, 2.0):
                return future.result()
        raise TimeoutError(f'nobody answered for {PATIENCE:g} s')

    def call_stop(self, reason: str) -> None:
        self.ask(self.ear.stop, Stop.Request(reason=reason))

    def arm(self) -> str:
        """Arm, once the robot stands; or say why not."""
        request, answer = Arm.Request(reason='bench: again'), Arm.Response()
        began = time.monotonic()
        while not answer.armed and time.monotonic() - began < COMES_TO_REST:
            answer = self.ask(self.ear.arm, request)
            wait(0.1)
        return '' if answer.armed else answer.message


def happens(fact: Callable[[], bool], patience: float) -> bool:
    """Wait for a fact; say whether it came to be."""
    pause, began = threading.Event(), time.monotonic()
    while not fact():
        if time.monotonic() - began > patience:
            return False
        pause.wait(0.001)
    return True


def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact; give up aloud."""
    if not happens(fact, PATIENCE):
        raise TimeoutError(f'waited {PATIENCE:g} s in vain')


def wait(seconds: float) -> None:
    """Let time pass."""
    threading.Event().wait(seconds)
