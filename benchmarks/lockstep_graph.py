"""Actions a second of the whole graph in lock-step, recorder included, while its scripted expert
grasps."""
from __future__ import annotations

import time
from pathlib import Path
from typing import cast

from visuomotor.benchmarks.steps import ROBOT, TASK
from visuomotor.graph.description import Choices, describe
from visuomotor.graph.in_process import InLockstep
from visuomotor.worlds import running
from visuomotor.worlds.world import BulletWorld


class GraphSpeed:
    """The graph that `visuomotor up --lockstep` starts, beaten by hand while an episode runs."""

    def __init__(self, folder: Path, seed: int) -> None:
        graph = describe(Choices(robot=ROBOT, task=TASK, lockstep=True, episodes=0, seed=seed,
                                 data=str(folder),
                                 namespace='bench'))
        self.per_action = graph.spec.control_hz / graph.task.action.rate
        self.running = InLockstep(graph, 0.0)
        self.running.start()
        self.world = cast(BulletWorld, running.find('/bench'))

    def to_next_episode(self) -> None:
        """Go through judging, storing, reset and a new scene, up to the first beats of an
        episode."""
        statistics = self.running.statistics
        number = statistics.number
        while statistics.number == number or statistics.state != 'running':
            self.running.conductor.beat()

    def run(self, actions: int) -> float:
        """Return the seconds that so many actions took."""
        beats = round(actions * self.per_action)
        began = time.perf_counter()
        for _ in range(beats):
            self.running.conductor.beat()
        return time.perf_counter() - began

    def close(self) -> None:
        self.running.stop()
        self.running.close()
