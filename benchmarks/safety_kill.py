"""Kills the safety program in motion: the driver has to hold, and the stop has to stand."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rclpy.context import Context
from rclpy.node import Node
from sensor_msgs.msg import JointState
from visuomotor.graph import compose
from visuomotor.msg import Command, SafetyStatus
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Proposal
from visuomotor.srv import Arm, Stop

ROBOT = 'iiwa7'
GRACE = 0.05    # s, beyond command age and one control period, within which the driver has to hold
PATIENCE = 60.0  # s, for anything that takes a process to start
FAST = 0.15     # rad/s, of the first joint, that counts as motion


@dataclass
class Kills:
    """What was seen."""

    times: int = 0
    held: list[float] = field(default_factory=list)  # s from the last command obeyed to braking
    speeds: list[float] = field(default_factory=list)  # rad/s of the fastest joint when killed
    late: int = 0
    forgotten: int = 0      # stops that a restart forgot


class Ear(Node):
    """A policy that wants to swing, and an operator."""

    def __init__(self, context: Context, driver: Any) -> None:
        super().__init__('ear', context=context, use_global_arguments=False,
                         start_parameter_services=False)
        self._driver, self.wants = driver, False
        self.speed = 0.0
        self.braked_at = 0.0
        self.commands = 0
        self.status: SafetyStatus | None = None
        self.create_subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        self.create_subscription(Command, 'command', self.on_command, qos.COMMAND)
        self.create_subscription(SafetyStatus, 'safety/status', self.on_status, qos.LATCHED)
        self._voice = self.create_publisher(ProposalMessage, 'action/policy', qos.COMMAND)
        self.stop = self.create_client(Stop, 'safety/stop')
        self.arm = self.create_client(Arm, 'safety/arm')

    def on_state(self, message: JointState) -> None:
        stamp = convert.seconds(message.header.stamp)
        self.speed = float(np.abs(message.velocity).max())
        if self._driver.watchdog.braking and not self.braked_at:
            self.braked_at = stamp
        if self.wants:
            speeds = np.array([0.5 * np.sign(np.sin(2.0 * stamp)), *np.zeros(5), 0.5])
            wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), speeds[None], np.zeros(0), stamp, 1)
            self._voice.publish(convert.proposal_message(wish, stamp))

    def on_command(self, message: Command) -> None:
        self.commands += 1
        self.last_command = convert.seconds(message.header.stamp)

    def on_status(self, message: SafetyStatus) -> None:
        self.status = message


class Stage:
    """The driver of a fake robot here, and the safety node as a program that can be killed."""

    def __init__(self, domain: int, folder: Path) -> None:
        self._domain, self.file = domain, folder / 'run' / 'stop.json'
        self.context = compose.new_context(domain)
        self.driver = compose.make('visuomotor.nodes.driver.node:DriverNode', self.context,
                                   parameters={'robot': ROBOT, 'world': 'fake'})
        self.ear = Ear(self.context, self.driver)
        compose.bring_up([self.driver])
        self.threads = compose.Threads(self.context, [[self.driver], [self.ear]])
        self.threads.start()
        self.program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.threads.stop()
        compose.take_down([self.driver])
        for node in (self.driver, self.ear):
            node.destroy_node()
        self.context.try_shutdown()

    def begin(self) -> None:
        """Start the safety program and wait until it answers."""
        self.ear.status, self.ear.commands = None, 0
        words = ['node', 'safety', '-p', f'robot:={ROBOT}', '-p', 'armed_at_start:=true',
                 '-p', f"latch_file:='{self.file}'"]
        environment = {**os.environ, 'ROS_DOMAIN_ID': str(self._domain)}
        self.program = subprocess.Popen([sys.executable, '-m', 'visuomotor.cli.main', *words],
                                        env=environment, stdin=subprocess.DEVNULL)
        until(lambda: self.ear.commands > 3 and self.ear.status is not None)

    def kill(self) -> None:
        """Send SIGKILL: no last words."""
        if self.program:
            self.program.kill()
            self.program.wait()
        self.program = None

    def ask(self, client: Any, request: Any) -> Any:
        until(client.service_is_ready)
        future = client.call_async(request)
        until(future.done)
        return future.result()


def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact; give up aloud."""
    pause, began = threading.Event(), time.monotonic()
    while not fact():
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f'waited {PATIENCE:g} s in vain')
        pause.wait(0.001)


def kills(times: int, domain: int, seed: int = 0) -> Kills:
    """Move, stop, kill while it still moves, look, start again, look again, arm; so many times."""
    seen = Kills()
    rng = np.random.default_rng(seed)
    robot = load_robot(ROBOT)
    allowed = robot.command_age + 1.0 / robot.control_hz + GRACE
    with tempfile.TemporaryDirectory() as folder, Stage(domain, Path(folder)) as stage:
        stage.begin()
        for _ in range(times):
            _once(stage, seen, int(rng.integers(1, 60)), allowed)
            seen.times += 1
    return seen


def _once(stage: Stage, seen: Kills, beats: int, allowed: float) -> None:
    ear = stage.ear
    ear.wants = True
    until(lambda: ear.speed > FAST)
    since = ear.commands
    until(lambda: ear.commands > since + beats and ear.speed > FAST)
    stage.ask(ear.stop, Stop.Request(reason='bench: red button'))
    seen.speeds.append(ear.speed)
    ear.braked_at = 0.0
    stage.kill()
    ear.wants = False
    until(lambda: bool(ear.braked_at))
    seen.held.append(ear.braked_at - ear.last_command)
    seen.late += seen.held[-1] > allowed
    until(lambda: ear.speed < 1e-6)
    stage.begin()
    status = ear.status
    seen.forgotten += not (status and status.stopped
                           and status.stop_reason == 'bench: red button')
    if not stage.ask(ear.arm, Arm.Request(reason='bench: again')).armed:
        raise RuntimeError('the safety program could not be armed again')
