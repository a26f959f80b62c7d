"""The worlds as gymnasium environments, without ROS: importing this registers visuomotor/<Task>-v0 for every task."""
from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict
from numpy.typing import NDArray
from visuomotor.specs.task import load_task, task_names
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_world
from visuomotor.worlds.rollout import go_home

Seen = dict[str, NDArray[Any]]
FAR = 10.0         # m, rad or rad/s: beyond it a number of an observation is cut
FAST = 3.0         # times the speed limit, to which measured speeds are cut


class VisuomotorEnv(gymnasium.Env[Seen, NDArray[np.float32]]):
    """One action is one row of the task's action space, in -1..1; observations hold no truth, `info` says success."""

    metadata = {'render_modes': ['rgb_array'], 'render_fps': 20}

    def __init__(self, task: str, robot: str = '', render_mode: str | None = None, randomise: bool = True,
                 world: dict[str, Any] | None = None, shield: bool = True) -> None:
        self.render_mode = render_mode
        self.world = make_world(task, robot or load_task(task).robots[0], randomise=randomise, overrides=world)
        self.runner = ActionRunner(self.world, shield=shield)
        self.action_space = Box(-1.0, 1.0, (self.world.task.action.size,), np.float32)
        self.runner.begin()
        self._bounds = {name: self._bound(name, value) for name, value in self.runner.observe().items()}
        self._lay_out()
        boxes: dict[str, gymnasium.Space[Any]] = {
            name: Box(low, high, dtype=low.dtype.type) for name, (low, high) in self._bounds.items()}
        self.observation_space: gymnasium.Space[Any] = Dict(boxes)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        super().reset(seed=seed)
        go_home(self.world)
        scene = self.world.new_scene(self.np_random)
        self.runner.begin()
        return self._observe(), {'scene': scene, 'success': False, 'shield': self.runner.shield}

    def step(self, action: NDArray[np.float32]) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        truth = self.runner.step(np.asarray(action, dtype=np.float64))
        late = self.runner.elapsed >= self.world.task.horizon - 1e-6
        over = truth.success or truth.failed
        info = {'success': truth.success, 'failed': truth.failed, 'progress': truth.progress, 'scene': truth.scene,
                'shield': self.runner.shield}
        return self._observe(), truth.reward, over, late and not over, info

    def render(self) -> NDArray[np.uint8] | None:  # type: ignore[override]
        """Return what the task's first camera sees."""
        return self.world.picture(next(iter(self.world.task.cameras))).rgb if self.render_mode == 'rgb_array' else None

    def close(self) -> None:
        self.world.close()

    def _observe(self) -> Seen:
        seen = self.runner.observe()
        numbers = np.concatenate([seen[name] for name in self._places]).astype(np.float32)
        cut = np.minimum(np.maximum(numbers, self._lowest), self._highest)   # all at once: one by one takes longer
        return {name: cut[self._places[name]] if name in self._places else value for name, value in seen.items()}

    def _lay_out(self) -> None:
        """Give every number of an observation a place in one row, beside the bounds that it is cut to."""
        rows = {name: bounds for name, bounds in self._bounds.items() if bounds[0].dtype != np.uint8}
        sizes = [len(low) for low, _ in rows.values()]
        self._places = {name: slice(end - size, end)
                        for name, size, end in zip(rows, sizes, np.cumsum(sizes).tolist(), strict=True)}
        self._lowest, self._highest = (np.concatenate([bounds[side] for bounds in rows.values()]) for side in (0, 1))

    def _bound(self, name: str, value: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the smallest and largest values that this part of an observation takes."""
        if value.dtype == np.uint8:
            return np.zeros_like(value), np.full_like(value, 255)
        low, high = self._limits(name, value)
        return low.astype(np.float32), high.astype(np.float32)

    def _limits(self, name: str, value: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        spec, ones = self.world.spec, np.ones(value.shape)
        if name == 'joint_position':
            return spec.lower - 0.1, spec.upper + 0.1
        if name == 'joint_velocity':
            return -FAST * spec.velocity, FAST * spec.velocity
        if name == 'time':
            return 0 * ones, (self.world.task.horizon + 1.0) * ones
        return -FAR * ones, FAR * ones


def register() -> None:
    """Register every task, and once more without the safety filter; harmless when done already."""
    for task in task_names():
        for word, shield in (('', True), ('Unshielded', False)):
            name = f'visuomotor/{task.title()}{word}-v0'
            if name not in gymnasium.registry:
                gymnasium.register(name, entry_point='visuomotor.worlds.gym_env:VisuomotorEnv',
                                   kwargs={'task': task, 'shield': shield})


register()
