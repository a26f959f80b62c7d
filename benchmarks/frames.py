"""How many pictures of 640 x 480 RGB at 30 Hz arrive in another process while the graph runs."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rclpy.node import Node
from sensor_msgs.msg import Image
from visuomotor.benchmarks.chain import make_video, number_of
from visuomotor.graph import compose
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.executor import make_executor

RATE = 30.0
WIDTH = 640
HEIGHT = 480
NUMBERS = 60     # pictures until their numbers begin again
PATIENCE = 20.0  # s without a picture after which no more are expected


@dataclass
class Arrivals:
    """How many numbered pictures came, and how many were missing between them, not taken in time or
    lost on the way."""

    count: int = 0
    missing: int = 0
    newest: int = -1

    def note(self, number: int) -> None:
        if self.count:
            self.missing += (number - self.newest - 1) % NUMBERS
        self.count, self.newest = self.count + 1, number


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
    last, seen = time.monotonic(), 0
    while arrivals.count < frames and time.monotonic() - last < PATIENCE:
        executor.spin_once()
        if arrivals.count > seen:
            last, seen = time.monotonic(), arrivals.count
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()
    return arrivals
