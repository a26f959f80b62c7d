"""Drives a world by a policy's actions as the graph does: decode, follow, send, advance, with the task's delays."""
from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.kinematics import Kinematics
from visuomotor.robots.servo import Servo
from visuomotor.specs.observation import observe
from visuomotor.specs.values import FloatArray, Proposal, Target, Truth
from visuomotor.worlds.world import BulletWorld


class ActionRunner:
    """One world under one stream of actions. `begin` an episode, then `step` and `observe` in turn."""

    def __init__(self, world: BulletWorld, pictures: bool = True) -> None:
        self.world, self.task, self.spec = world, world.task, world.spec
        self.kinematics = Kinematics(world.spec) if world.spec.tip_link else None
        self.servo = Servo(world.spec, self.kinematics)
        self.beat = 1 / world.spec.control_hz
        self.cameras = world.task.observe if pictures else ()
        self._row_beats = world.spec.control_hz / world.task.action.rate

    def begin(self) -> None:
        """Take over the robot where it stands; the episode's time is 0 now."""
        self.world.robot.connect()
        state = self.world.robot.read()
        self.servo.reset(state.position, state.gripper)
        self.started, self.rows, self._beats = self.world.time, 0, 0
        self._playing: Proposal | None = None
        self._coming: deque[Proposal] = deque()   # a slow policy has several under way
        self._look()

    @property
    def elapsed(self) -> float:
        """Seconds since the episode began."""
        return self.world.time - self.started

    def step(self, actions: FloatArray) -> Truth:
        """Give one action or a chunk, run until the next one is due, and judge."""
        rows = np.atleast_2d(actions)
        self._coming.append(self.task.action.decode(rows, self.world.time, self.task.latency.inference))
        self.rows += len(rows)
        beats = round(self.rows * self._row_beats) - self._beats
        blind = round(self.task.latency.camera / self.beat) if self.cameras else 0
        # All beats are planned before the first runs: the servo needs no measurement, and a warm cache halves its cost.
        for beat, target in enumerate([self._plan(self.world.time + beat * self.beat) for beat in range(beats)]):
            self.world.robot.send(target)
            self.world.advance(self.beat)
            if beat == beats - 1 - min(blind, beats - 1):
                self._look()
        self._beats += beats
        return self.world.truth()

    def observe(self, privileged: bool = False) -> dict[str, NDArray[Any]]:
        """Return what a policy sees now; pictures are as old as the camera is slow."""
        return observe(self.spec, self.task, self.kinematics, self.world.robot.read(), self.world.truth(),
                       self._pictures, self.elapsed, privileged)

    def _plan(self, now: float) -> Target:
        while self._coming and now + 1e-6 >= self._coming[0].observed + self._coming[0].times[0]:
            self._playing = self._coming.popleft()
        return self.servo.follow(self._playing, now, self.beat)

    def _look(self) -> None:
        self._pictures = {name: self.world.picture(name).rgb for name in self.cameras}
