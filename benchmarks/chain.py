"""The picture-to-driver chain, ours and its floor. Ours: the real camera, policy, safety and driver
nodes in one process, no modelled delay. The floor: plain rclpy nodes with the same hops and message
sizes, no logic at all."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import Image
from visuomotor.graph import compose
from visuomotor.graph.lockstep import Lockstep
from visuomotor.msg import Command, EpisodeStatus, Proposal
from visuomotor.nodes._ros import qos

ROBOT = 'iiwa7'
TASK = 'grasp'
CAMERA = 'shoulder'
SIZE = 128     # px, as the task's camera
RATE = 20.0    # pictures a second
BIT, BITS = 16, 6  # px of a square, and how many squares number a picture


class Chain:
    """The nodes between a picture and the driver, beaten one by one, each picture timed."""

    def __init__(self, video: Path, domain: int) -> None:
        self.context = compose.new_context(domain)
        self.nodes = [self._make(room, values) for room, values in wiring(video).items()]
        self.conductor = Lockstep(self.context, self.nodes, 0.01)
        compose.bring_up(self.nodes)
        self.seen: dict[type, Any] = {}
        self.durations: list[float] = []
        self._began: dict[int, float] = {}
        self._answered = 0
        driver, camera, policy, safety = self.nodes
        notes = ((camera.pictures, self._picture), (policy.proposals, self._keep),
                 (safety.commands, self._command))
        for publisher, note in notes:
            watch(publisher, 'publish', before=note)
        watch(driver.robot, 'send', after=self._sent)
        self._begin_episode()

    def _make(self, room: str, values: dict[str, Any]) -> Any:
        path = f'visuomotor.nodes.{room}.node:{room.title()}Node'
        return compose.make(path, self.context, namespace='bench', parameters=values,
                            simulated_time=True)

    def _begin_episode(self) -> None:
        status = EpisodeStatus(state=EpisodeStatus.RUNNING, number=1, seed=1, robot=ROBOT,
                               task=TASK)
        status.started.sec = 1
        self._episode = self.nodes[0].create_publisher(EpisodeStatus, 'episode', qos.LATCHED)
        self._episode.publish(status)

    def _picture(self, message: Image) -> None:
        self._keep(message)
        self._began[nanoseconds(message)] = time.perf_counter()

    def _command(self, message: Command) -> None:
        self._keep(message)
        stamp = message.observation_stamp
        self._answered = stamp.sec * 10**9 + stamp.nanosec

    def _keep(self, message: Any) -> None:
        self.seen[type(message)] = message

    def _sent(self) -> None:
        began = self._began.pop(self._answered, None)
        if began is not None:
            self.durations.append(time.perf_counter() - began)

    def run(self, pictures: int) -> list[float]:
        """Return the seconds from publishing each picture to the driver sending its answer."""
        self.durations.clear()
        for _ in range(int(pictures * 100 / RATE * 3)):
            self.conductor.beat()
            if len(self.durations) >= pictures:
                return list(self.durations)
        raise RuntimeError(f'{pictures} pictures should have reached the driver, but '
                           f'{len(self.durations)} did.')

    def close(self) -> None:
        compose.take_down(self.nodes)
        self.conductor.close()
        self.context.try_shutdown()


def wiring(video: Path) -> dict[str, dict[str, Any]]:
    """The nodes of the chain and their parameters."""
    job = {'robot': ROBOT, 'task': TASK}
    return {'driver': {**job, 'world': 'fake'},
            'camera': {'camera': CAMERA, 'source': 'video', 'address': str(video), 'rate': RATE,
                       'latency': 0.0},
            'policy': {**job, 'policy': 'random', 'inline': True, 'latency': 0.0},
            'safety': {'robot': ROBOT, 'armed_at_start': True}}


def watch(owner: Any, name: str, before: Callable[[Any], None] | None = None,
          after: Callable[[], None] | None = None) -> None:
    """Note what passes through one method of one object."""
    method = getattr(owner, name)

    def watched(value: Any) -> Any:
        if before:
            before(value)
        result = method(value)
        if after:
            after()
        return result
    setattr(owner, name, watched)


def nanoseconds(message: Any) -> int:
    stamp = message.header.stamp
    return int(stamp.sec * 10**9 + stamp.nanosec)


def make_video(path: Path, width: int, height: int, pictures: int) -> Path:
    """Write a video of moving noise, each picture numbered in squares at its top."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), RATE, (width, height))
    noise = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    for index in range(pictures):
        picture = cv2.resize(np.roll(noise, index, axis=1), (width, height),
                             interpolation=cv2.INTER_NEAREST)
        for bit in range(BITS):
            picture[:BIT, bit * BIT:(bit + 1) * BIT] = 255 * (index >> bit & 1)
        writer.write(picture)
    writer.release()
    return path


def number_of(message: Image) -> int:
    """Read the number of a picture that `make_video` made."""
    middle = np.frombuffer(message.data, np.uint8)[BIT // 2 * message.step:]
    row = middle[:3 * BIT * BITS].reshape(BITS, BIT, 3)
    return int(sum((row[bit].mean() > 127) << bit for bit in range(BITS)))


class BareChain:
    """camera → policy → safety → driver, each passing on a ready-made message of ours."""

    def __init__(self, seen: Mapping[type, Any], domain: int) -> None:
        self.context = compose.new_context(domain)
        self._nodes = [Node(f'bare_{name}', context=self.context, use_global_arguments=False)
                       for name in ('camera', 'policy', 'safety', 'driver')]
        camera, policy, safety, driver = self._nodes
        self._picture = seen[Image]
        self._arrived = 0
        self._camera = camera.create_publisher(Image, 'bare/image', qos.IMAGE)
        pass_on(policy, Image, 'bare/image', qos.IMAGE, 'bare/proposal', seen[Proposal])
        pass_on(safety, Proposal, 'bare/proposal', qos.COMMAND, 'bare/command', seen[Command])
        driver.create_subscription(Command, 'bare/command', self._arrive, qos.COMMAND)
        self._executor = SingleThreadedExecutor(context=self.context)
        for node in self._nodes:
            self._executor.add_node(node)
        self._await_wires()

    def _arrive(self, _: Command) -> None:
        self._arrived += 1

    def _await_wires(self) -> None:
        publishers = [p for node in self._nodes for p in node.publishers if 'bare/' in p.topic_name]
        while not all(p.get_subscription_count() for p in publishers):
            self._executor.spin_once(timeout_sec=0.01)

    def once(self) -> float:
        """Return the seconds from publishing one picture to the driver holding the command."""
        wanted = self._arrived + 1
        began = time.perf_counter()
        self._camera.publish(self._picture)
        while self._arrived < wanted:
            self._executor.spin_once(timeout_sec=0.1)
        return time.perf_counter() - began

    def close(self) -> None:
        self._executor.shutdown()
        for node in self._nodes:
            node.destroy_node()
        self.context.try_shutdown()


def pass_on(node: Node, kind: Any, heard: str, profile: Any, said: str, message: Any) -> None:
    """Let a node answer whatever it hears with the same message."""
    publisher = node.create_publisher(type(message), said, qos.COMMAND)
    node.create_subscription(kind, heard, lambda _: publisher.publish(message), profile)
