"""The worlds as gymnasium environments. Importing this registers visuomotor/<Task>-v0 for each."""
from __future__ import annotations

import math
import os
from functools import cached_property
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict
from gymnasium.wrappers import TimeLimit
from numpy.typing import NDArray
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.observation import DEPTH, observation_spec
from visuomotor.specs.task import load_task, task_names
from visuomotor.specs.values import Truth
from visuomotor.worlds import make
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.gym_settings import EnvSettings, chosen_task
from visuomotor.worlds.rollout import go_home
from visuomotor.worlds.world import BulletWorld

Seen = dict[str, NDArray[Any]]
VIEW = 'render'   # the camera of `render`: the task's first, as large as the task has it


class VisuomotorEnv(gymnasium.Env[Seen, NDArray[np.float32]]):
    """One action is one row of the task's action space, in -1..1; observations hold no truth.
    `chosen` are the fields of EnvSettings. The world starts when it is first needed."""

    metadata = {'render_modes': ['rgb_array', 'human'], 'render_fps': 20}

    def __init__(self, task: str, render_mode: str | None = None, **chosen: Any) -> None:
        self.settings = settings.build(EnvSettings, chosen, f'environment of task {task}')
        self.robot, self.task = chosen_task(task, self.settings)
        rate = self.task.action.rate / self.settings.frame_skip
        self.max_steps = math.ceil(self.task.horizon * rate - 1e-6)
        modes = self.metadata['render_modes']
        self.render_mode = render_mode and settings.choose('render_mode', render_mode, modes)
        self.metadata = {'render_modes': modes if os.environ.get('DISPLAY') else modes[:1],
                         'render_fps': max(1, round(rate))}
        self.action_space = Box(-1.0, 1.0, (self.task.action.size,), np.float32)
        self.observation_space: gymnasium.Space[Any] = self._make_space()
        if render_mode == 'human':
            _ = self.runner   # a window that cannot open is refused here, not at the first reset

    @cached_property
    def runner(self) -> ActionRunner:
        """What drives the world. Made when first needed: until then an environment is cheap."""
        world = make.make_world(self.task, self.robot.name, gui=self.render_mode == 'human',
                                randomise=self.settings.randomise)
        mounts = {**load_task(self.task.name).cameras, **self.robot.cameras}
        world.cameras[VIEW] = next(iter(mounts.values()))
        return ActionRunner(world, depth=self.settings.depth, shield=self.settings.shield)

    @property
    def world(self) -> BulletWorld:
        return self.runner.world

    def reset(self, *, seed: int | None = None,
              options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        super().reset(seed=seed)
        go_home(self.world)
        self.world.new_scene(self.np_random)
        self.runner.begin()
        truth = self.world.truth()
        self._steps, self._progress = 0, truth.progress
        return self._observe(), self._info(truth)

    def step(self, action: NDArray[np.float32]) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        row = np.asarray(action, dtype=np.float64)
        truth = self.runner.step(np.repeat(row[None], self.settings.frame_skip, axis=0))
        self._steps += 1
        seen = self._observe()
        over = truth.success or truth.failed
        late = self._steps >= self.max_steps and not over
        return seen, self._reward(truth, seen), over, late, self._info(truth)

    def render(self) -> NDArray[np.uint8] | None:  # type: ignore[override]
        """Return what the task's first camera sees; the window of `human` shows itself."""
        return self.world.picture(VIEW).rgb if self.render_mode == 'rgb_array' else None

    def close(self) -> None:
        if 'runner' in vars(self):
            self.world.close()

    def _make_space(self) -> Dict:
        """Lay out all numbers in one row, with its bounds, and return the space of everything."""
        shapes = observation_spec(self.robot, self.task, depth=self.settings.depth).shapes
        numbers = {name: shape for name, shape in shapes.items() if len(shape.shape) == 1}
        self._pictures = {name: shape for name, shape in shapes.items() if name not in numbers}
        self._low = np.concatenate([shape.low for shape in numbers.values()])
        self._high = np.concatenate([shape.high for shape in numbers.values()])
        ends = np.cumsum([len(shape.low) for shape in numbers.values()]).tolist()
        self._places = {name: slice(end - len(shape.low), end)
                        for (name, shape), end in zip(numbers.items(), ends, strict=True)}
        low, high = self.named(self._low), self.named(self._high)
        return Dict({**{name: Box(low[name], high[name], dtype=np.float32) for name in low},
                     **{name: Box(shape.low, shape.high, dtype=shape.low.dtype.type)
                        for name, shape in self._pictures.items()}})

    def named(self, row: NDArray[np.float32]) -> Seen:
        """Cut a row of all numbers into the parts of an observation."""
        return {name: row[place] for name, place in self._places.items()}

    def _observe(self) -> Seen:
        seen = self.runner.observe()
        row = np.concatenate([seen[name] for name in self._places]).astype(np.float32)
        cut = np.minimum(np.maximum(row, self._low), self._high)
        shown = {DEPTH + name: depth for name, depth in self.runner.depths.items()} | seen
        return self.named(cut) | {name: shown[name] for name in self._pictures}

    def _reward(self, truth: Truth, seen: Seen) -> float:
        gained, self._progress = truth.progress - self._progress, truth.progress
        if self.settings.reward == 'task':
            return truth.reward
        return float(truth.success) + (gained if self.settings.reward == 'dense' else 0.0)

    def _info(self, truth: Truth) -> dict[str, Any]:
        return {'is_success': truth.success, 'failed': truth.failed, 'progress': truth.progress,
                'scene': truth.scene, 'shield': self.settings.shield}


class VisuomotorGoalEnv(VisuomotorEnv):
    """The same with `observation`, `achieved_goal` (tip, m) and `desired_goal` (m), for HER."""

    def __init__(self, task: str, render_mode: str | None = None, **chosen: Any) -> None:
        super().__init__(task, render_mode, **chosen)
        self._within = float(make.make_scene(self.robot, self.task).settings.within)

    def compute_reward(self, achieved_goal: NDArray[Any], desired_goal: NDArray[Any],
                       info: Any) -> Any:
        """Return the rewards for tips and goals, (..., 3), m. Dense: minus the distance; else 0
        within the task's own distance and -1 elsewhere."""
        distance = np.linalg.norm(np.asarray(achieved_goal) - np.asarray(desired_goal), axis=-1)
        return (-distance if self.settings.reward == 'dense' else
                -(distance > self._within).astype(np.float64))

    def named(self, row: NDArray[np.float32]) -> Seen:
        parts = super().named(row)
        if not {'goal', 'tip_pose'} <= set(parts):
            raise BadInput(f'Task {self.task.name} shows no goal, so it has no goal environment; '
                           'leave goal_env out.')
        goal, tip = parts.pop('goal')[:3], parts['tip_pose'][:3]
        return {'observation': np.concatenate(list(parts.values())), 'achieved_goal': tip,
                'desired_goal': goal}

    def _reward(self, truth: Truth, seen: Seen) -> float:
        return float(self.compute_reward(seen['achieved_goal'], seen['desired_goal'], {}))


def make_env(goal_env: bool = False, **chosen: Any) -> gymnasium.Env[Seen, NDArray[np.float32]]:
    """Make an environment; its `spec.max_episode_steps` follows from horizon and action rate."""
    env = VisuomotorGoalEnv(**chosen) if goal_env else VisuomotorEnv(**chosen)
    return TimeLimit(env, env.max_steps)


def env_id(task: str, shield: bool = True) -> str:
    """Return the name of a task's environment: open_drawer is visuomotor/OpenDrawer-v0."""
    name = ''.join(word.title() for word in task.split('_'))
    return f'visuomotor/{name}{"" if shield else "Unshielded"}-v0'


def register() -> None:
    """Register every task, and once more without the safety filter; harmless when done already."""
    for task in task_names():
        for shield in (True, False):
            if env_id(task, shield) not in gymnasium.registry:
                gymnasium.register(env_id(task, shield),
                                   entry_point='visuomotor.worlds.gym_env:make_env',
                                   kwargs={'task': task, 'shield': shield})


register()
