"""Pictures between two processes while the graph runs: how many of 640 x 480 RGB at 30 Hz arrive."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rclpy.node import Node
from sensor_msgs.msg import Image

from visuomotor.cli.benches.chain import make_video
from visuomotor.nodes._ros import compose, qos
from visuomotor.nodes._ros.executor import Polled

RATE, WIDTH, HEIGHT = 30.0, 640, 480
PATIENCE = 20.0  # s without a picture after which no more are expected


@dataclass
class Arrivals:
    """Which pictures came, by their stamps; a picture lost leaves a gap of one period or more."""

    stamps: list[float]

    def count(self) -> int:
        return len(self.stamps)

    def expected(self) -> int:
        return round((self.stamps[-1] - self.stamps[0]) * RATE) + 1


def visuomotor(*words: str) -> subprocess.Popen[bytes]:
    """Start one command of ours in a process of its own."""
    return subprocess.Popen([sys.executable, '-m', 'visuomotor.cli.main', *words], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def listen(frames: int, domain: int) -> Arrivals:
    """Run the graph and a camera in processes of their own, and hear the camera here."""
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(Path(folder) / 'noise.avi', WIDTH, HEIGHT, 60)
        os.environ['ROS_DOMAIN_ID'] = str(domain)
        graph = visuomotor('up', '--robot', 'iiwa7', '--task', 'grasp', '--realtime', '--episodes', '0', '--data', folder)
        camera = visuomotor('node', 'camera', '-p', 'camera:=bench', '-p', 'source:=video', '-p', f"address:='{video}'",
                            '-p', f'rate:={RATE}', '-p', 'latency:=0.0')
        try:
            return hear(frames, domain)
        finally:
            for process in (camera, graph):
                process.terminate()
                process.wait(timeout=60)


def hear(frames: int, domain: int) -> Arrivals:
    context = compose.new_context(domain)
    node = Node('frames', context=context, use_global_arguments=False)
    arrivals = Arrivals([])

    def note(message: Any) -> None:
        stamp = message.header.stamp
        arrivals.stamps.append(stamp.sec + stamp.nanosec * 1e-9)
    node.create_subscription(Image, 'camera/bench/image', note, qos.IMAGE)
    executor = Polled(context=context)
    executor.add_node(node)
    last, seen = time.monotonic(), 0
    while arrivals.count() < frames and time.monotonic() - last < PATIENCE:
        executor.spin_once()
        if arrivals.count() > seen:
            last, seen = time.monotonic(), arrivals.count()
    executor.shutdown()
    node.destroy_node()
    context.try_shutdown()
    return arrivals
