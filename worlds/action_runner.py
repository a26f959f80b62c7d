"""Drives a world by a policy's actions as the graph does, beat by beat."""
from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.limits import SIMULATED, Limits, limits_for
from visuomotor.safety.make import make_filter, make_unshielded
from visuomotor.specs.observation import observe
from visuomotor.specs.values import SAME_MOMENT, FloatArray, Proposal, Target, Truth
from visuomotor.worlds.world import BulletWorld


class ActionRunner:
    """One world under one stream of actions that obeys the safety filter of the graph: `begin`,
    then `step`, `observe`. Without the shield only the robot's own limits hold; `shield` says which
    it was, for whoever reports a result."""

    def __init__(self, world: BulletWorld, pictures: bool = True, *, depth: bool = False,
                 shield: bool = True, limits: Limits | None = None) -> None:
        self.world = world
        self.task = world.task
        self.spec = world.spec
        self.shield = shield
        self.kinematics = Kinematics(world.spec) if world.spec.tip_link else None
        law = limits or limits_for(world.spec, SIMULATED)
        self.filter = (make_filter(self.spec, law, self.task.fixtures) if shield
                       else make_unshielded(self.spec, law))
        self.beat = 1 / world.spec.control_hz
        self.cameras = world.task.observe if pictures else ()
        self._depth = depth
        self._moving = any(fixture.body for fixture in self.task.fixtures)
        self._row_beats = world.spec.control_hz / world.task.action.rate
        self._truth_beats = max(1, round(self._row_beats))

    def begin(self) -> None:
        """Take over the robot where it stands; the episode's time is 0 now."""
        self.world.robot.connect()
        self.filter = self.filter.anew()
        self.started = self.world.time
        self.rows = 0
        self._beats = 0
        self.sent: list[Target] = []   # what the robot really took over since `step`, beat by beat
        self._coming: deque[Proposal] = deque()   # a slow policy has several under way
        self._place()
        self.filter.begin(self.world.robot.read(), self.world.time)
        self._look()

    @property
    def elapsed(self) -> float:
        """Seconds since the episode began."""
        return self.world.time - self.started

    def step(self, actions: FloatArray) -> Truth:
        """Give one action or a chunk, run until the next one is due, and judge."""
        rows = np.atleast_2d(actions)
        seen = self._looked if self.cameras else self.world.time
        late = self.world.time - seen + self.task.latency.inference
        self._coming.append(self.task.action.decode(rows, seen, late))
        self.rows += len(rows)
        beats = round(self.rows * self._row_beats) - self._beats
        blind = round(self.task.latency.camera / self.beat) if self.cameras else 0
        self.sent, reward = [], 0.0
        for beat in range(beats):
            if beat and self._moving and beat % self._truth_beats == 0:
                reward += self._place()
            self._beat()
            if beat == beats - 1 - min(blind, beats - 1):
                self._look()
        self._beats += beats
        reward += self._place() if self._moving else 0.0
        truth = self.world.truth()
        return replace(truth, reward=reward) if self._moving else truth

    def observe(self, privileged: bool = False) -> dict[str, NDArray[Any]]:
        """Return what a policy sees now; pictures are as old as the camera is slow."""
        return observe(self.spec, self.task, self.kinematics, self.world.robot.read(),
                       self.world.truth(), self._pictures, self.elapsed, privileged)

    def _beat(self) -> None:
        """Live through one beat in the order of the lock-step graph."""
        now, state = self.world.time, self.world.robot.read()
        while (self._coming
               and now + SAME_MOMENT >= self._coming[0].observed + self._coming[0].times[0]):
            self.filter.sources.hear(self._coming.popleft(), now)
        target = self.filter.step(state, now).target
        if target is not None:   # else it holds by itself
            self.sent.append(self.world.robot.send(target))
        self.world.advance(self.beat)

    def _place(self) -> float:
        """Tell the filter where moving fixtures are, as world/truth does. Return the new reward."""
        if not self._moving:
            return 0.0
        truth = self.world.truth()
        for body, pose in truth.poses.items():
            self.filter.place(body, pose, self.world.time)
        return truth.reward

    def _look(self) -> None:
        pictures = {name: self.world.picture(name, depth=self._depth) for name in self.cameras}
        self._pictures = {name: picture.rgb for name, picture in pictures.items()}
        self.depths = {name: picture.depth for name, picture in pictures.items()
                       if picture.depth is not None}
        self._looked = self.world.time
