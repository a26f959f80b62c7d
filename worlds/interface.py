"""What a world, a task and a scripted expert are. Plain values: importing this page does not start PyBullet."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots import paths, settings
from visuomotor.robots.action_space import ActionSpace
from visuomotor.robots.fixture import Fixture
from visuomotor.robots.interface import FloatArray, Robot
from visuomotor.robots.settings import knob, required
from visuomotor.robots.spec import CameraMount, RobotSpec

Observation = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Latency:
    """Delays of a real machine, modelled in seconds of the world's own time. Zero: none."""

    camera: float = knob(0.0, 'from the light to the picture being there', 's')
    inference: float = knob(0.0, 'from the observation to the first target being due', 's')
    actuation: float = knob(0.0, 'from a command being sent to the motors following it', 's')


@dataclass(frozen=True)
class DetectorSpec:
    """Which reward detector judges this task on the graph, and its parameters."""

    name: str = required('a detector of the reward node')
    parameters: dict[str, float] = knob({}, 'its numbers')
    subject: str = knob('', 'the body that it watches, if it watches one')


@dataclass(frozen=True)
class TaskSpec:
    """One task, read from config/tasks/<name>.yaml. `world` holds the numbers of the task's own scene class."""

    name: str
    title: str = required('one line for people')
    robots: tuple[str, ...] = required('robots that can do it')
    action: ActionSpace = required('what a policy controls')
    horizon: float = required('longest episode', 's')
    detector: DetectorSpec = required('how the graph judges it')
    physics_hz: float = knob(200.0, 'physics steps a second; a multiple of the control rate', 'Hz')
    solver_iterations: int = knob(50, 'of the contact solver')
    fixtures: tuple[Fixture, ...] = knob((), 'boxes that the safety node keeps the arm from')
    cameras: dict[str, CameraMount] = knob({}, 'cameras fixed to this scene')
    observe: tuple[str, ...] = knob((), 'cameras whose pictures a policy gets')
    latency: Latency = knob(Latency(), 'modelled delays')
    world: dict[str, Any] = knob({}, 'numbers of the scene; checked by the scene class')
    randomise: dict[str, Any] = knob({}, 'distributions drawn for each new scene; checked by worlds/randomise.py')


def task_names() -> list[str]:
    """Return the tasks that there are."""
    return sorted(path.stem for path in (paths.CONFIG / 'tasks').glob('*.yaml'))


def load_task(name: str) -> TaskSpec:
    """Read one task by name; refuse an unknown one with the nearest names."""
    settings.choose('task', name, task_names())
    return settings.read(Path(paths.CONFIG / 'tasks' / f'{name}.yaml'), TaskSpec)


@dataclass(frozen=True)
class Picture:
    """What a simulated camera saw at one moment."""

    stamp: float                        # s of world time, when the light fell
    rgb: NDArray[np.uint8]              # height x width x 3
    depth: NDArray[np.float32] | None = None        # m along the optical axis
    segmentation: NDArray[np.int32] | None = None   # body number, -1 background


@dataclass(frozen=True)
class Truth:
    """The simulator's own state and the task's verdict on it."""

    stamp: float
    poses: dict[str, FloatArray]        # body -> x y z, quaternion x y z w, world frame
    values: dict[str, float] = field(default_factory=dict)
    reward: float = 0.0                 # of the control step that ended now
    success: bool = False               # by the task's own rule, of the episode so far
    failed: bool = False                # beyond rescue: the episode may end (a fall)
    progress: float = 0.0               # 0..1
    scene: str = ''                     # hash of the scene's description


class World(Protocol):
    """One physics client with one robot doing one task. Time moves only in `advance`."""

    spec: RobotSpec
    task: TaskSpec

    @property
    def robot(self) -> Robot:
        """The simulated robot; `connect` it before sending."""

    @property
    def time(self) -> float:
        """Seconds of world time since the world was made."""

    def advance(self, seconds: float) -> None:
        """Run whole physics steps; what is left over is kept for the next call, so no time is lost."""

    def new_scene(self, generator: np.random.Generator) -> str:
        """Lay out objects and draw randomisation; return the scene's hash.

        The arm is not touched; a legged robot is put back on its start.
        """

    def picture(self, camera: str, depth: bool = False, segmentation: bool = False) -> Picture:
        """Render one of `cameras` now."""

    def truth(self) -> Truth:
        """Return the simulator's own state now."""

    def close(self) -> None: ...


class Expert(Protocol):
    """A scripted policy: the interface of policies/interface.py, with leave to look at the truth."""

    def reset(self, generator: np.random.Generator) -> None: ...

    def act(self, observation: Observation) -> FloatArray: ...

    @property
    def finished(self) -> bool: ...
