"""Goes straight to the goal, slower as it comes near, and ahead of a goal that moves."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.policy import Observation
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray

GAIN = 2.5           # 1/s
SMOOTH = 0.7         # of the goal's speed that is kept from the estimate before
THERE = 0.012        # m
PATIENCE = 0.8       # s there before it says that it has finished
WANDERED = 0.001     # m from where it was first seen: a goal that moves is followed to the end


class Expert:
    """Scripted: needs only tip_pose, goal and time, and estimates the goal's speed."""

    def __init__(self, robot: RobotSpec, task: TaskSpec) -> None:
        self.action = task.action
        self.delay = task.latency.inference + task.latency.actuation + 0.5 / task.action.rate
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        """Forget the goal that was."""
        self._seen: tuple[float, FloatArray] | None = None
        self._speed = np.zeros(3)
        self._first: FloatArray | None = None
        self._wanders = False
        self._there_since = np.inf
        self._now = -np.inf

    def act(self, observation: Observation) -> FloatArray:
        self._now = float(observation['time'][0])
        goal = observation['goal'][:3]
        self._watch(goal)
        error = goal - observation['tip_pose'][:3]
        there = float(np.linalg.norm(error)) < THERE and not self._wanders
        self._there_since = min(self._there_since, self._now) if there else np.inf
        velocity = GAIN * (error + self._speed * self.delay) + self._speed
        wish = velocity[list(self.action.axes)] / np.asarray(self.action.scale)
        return np.asarray(wish / max(1.0, float(np.max(np.abs(wish)))))[None]

    @property
    def finished(self) -> bool:
        return self._now - self._there_since >= PATIENCE

    def _watch(self, goal: FloatArray) -> None:
        self._first = goal.copy() if self._first is None else self._first
        self._wanders |= float(np.linalg.norm(goal - self._first)) > WANDERED
        if self._seen is not None and self._now > self._seen[0]:
            speed = (goal - self._seen[1]) / (self._now - self._seen[0])
            self._speed = SMOOTH * self._speed + (1 - SMOOTH) * speed
        self._seen = (self._now, goal.copy())
