"""The figures of `visuomotor bench graph`: the chain, lock-step speed, pictures on the way."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import Image
from visuomotor.benchmarks.chain import SIZE, BareChain, Chain, make_video, number_of
from visuomotor.benchmarks.figures import Figure, percentiles
from visuomotor.benchmarks.steps import GraphSpeed, paired, paired_face
from visuomotor.graph import compose
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.executor import make_executor
from visuomotor.worlds import gym_env

TURN = 50    # pictures or actions between two looks at the floor
RATE = 30.0      # pictures a second between processes
WIDTH, HEIGHT = 640, 480
NUMBERS = 60     # pictures until their numbers begin again
PATIENCE = 20.0  # s without a picture after which no more are expected
Rates = list[tuple[list[float], list[float]]]


def chain(pictures: int, domain: int) -> list[Figure]:
    """(a) In turns, so that a busy moment hits both."""
    taken: list[float] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(Path(folder) / 'noise.avi', SIZE, SIZE, 40)
        ours = Chain(video, domain)
        ours.run(TURN)
        bare = BareChain(ours.seen, domain + 1)
        for _ in range(max(1, pictures // TURN)):
            taken += ours.run(TURN)
            floor += [bare.once() for _ in range(TURN)]
        ours.close()
        bare.close()
    return percentiles('picture → proposal → command → driver', taken, floor, 1.5)


def speed(actions: int) -> list[Figure]:
    """(b) The graph and the gymnasium face, in turns with a replay of their own PyBullet calls."""
    turns = max(1, actions // TURN)
    return [rate('lock-step graph, actions a second', graph_rates(turns), 0.5),
            rate('gymnasium face, actions a second', face_rates(turns), 0.95)]


def graph_rates(turns: int) -> Rates:
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        running = GraphSpeed(Path(folder), seed=1)
        for _ in range(turns):
            running.to_next_episode()
            rates.append(paired(running.world, running.run, 1, TURN))
        running.close()
    return rates


def face_rates(turns: int) -> Rates:
    gym_env.register()
    environment: Any = gymnasium.make('visuomotor/Grasp-v0', robot='iiwa7')
    rates = [paired_face(environment, TURN) for _ in range(turns)]
    environment.close()
    return rates


def rate(name: str, pairs: Rates, bound: float) -> Figure:
    """Actions of all turns by the seconds of all turns."""
    ours, floor = (float(1 / np.mean(1 / np.ravel([pair[side] for pair in pairs])))
                   for side in (0, 1))
    return Figure(name, ours, floor, '/s', bound, at_most=False)


def arrivals(frames: int, domain: int) -> Figure:
    """(c) Every picture of a stretch has to arrive."""
    heard = listen(frames, domain)
    return Figure('640×480 RGB at 30 Hz between processes, arrived', heard.count,
                  heard.count + heard.missing, 'pictures', 1.0, at_most=False)


@dataclass
class Arrivals:
    """How many numbered pictures came, and how many between them were late or lost."""

    count: int = 0
    missing: int = 0
    newest: int = -1
    last: float = field(default_factory=time.monotonic)   # s, when one came

    def note(self, number: int) -> None:
        if self.count:
            self.missing += (number - self.newest - 1) % NUMBERS
        self.count += 1
        self.newest = number
        self.last = time.monotonic()


def visuomotor(*words: str) -> subprocess.Popen[bytes]:
    """Start one command of ours in a process of its own."""
    return subprocess.Popen([sys.executable, '-m', 'visuomotor.cli.main', *words],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def listen(frames: int, domain: int) -> Arrivals:
    """Run the graph and a camera in processes of their own, and hear the camera here."""
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(Path(folder) / 'noise.avi', WIDTH, HEIGHT, NUMBERS)
        os.environ['ROS_DOMAIN_ID'] = str(domain)
        job = ('--robot', 'iiwa7', '--task', 'grasp')
        graph = visuomotor('up', *job, '--realtime', '--episodes', '0', '--data', folder)
        camera = visuomotor('node', 'camera', '-p', 'camera:=bench', '-p', 'source:=video',
                            '-p', f"address:='{video}'", '-p', f'rate:={RATE}',
                            '-p', 'latency:=0.0')
        try:
            return hear(frames, domain)
        finally:
            for process in (camera, graph):
                process.terminate()
                process.wait(timeout=60)


def hear(frames: int, domain: int) -> Arrivals:
    context = compose.new_context(domain)
    node = Node('frames', context=context, use_global_arguments=False)
    arrivals = Arrivals()
    node.create_subscription(Image, 'camera/bench/image', lambda m: arrivals.note(number_of(m)),
                             qos.IMAGE)
    executor = make_executor(context)
    executor.add_node(node)
    while arrivals.count < frames and time.monotonic() - arrivals.last < PATIENCE:
        executor.spin_once()
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()
    return arrivals
