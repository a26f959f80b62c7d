"""What a task is: read from config/tasks/, known before any world is started."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visuomotor.specs import paths, settings
from visuomotor.specs.action_space import ActionSpace
from visuomotor.specs.robot import CameraMount, Point
from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class Latency(Settings):
    """Delays of a real machine, modelled in seconds of the world's own time. Zero: none."""

    camera: float = setting(0.0, 'from the light to the picture being there', 's', least=0, most=1)
    inference: float = setting(0.0, 'from the observation to the first target being due', 's',
                               least=0, most=5)
    actuation: float = setting(0.0, 'from a command being sent to the motors following it', 's',
                               least=0, most=1)

    def answer(self, pictures: bool) -> float:
        """Return the time from what a policy is shown to its first target being due, s."""
        return self.inference + (self.camera if pictures else 0.0)


@dataclass(frozen=True)
class DetectorSpec(Settings):
    """Which reward detector judges this task on the graph, and its parameters."""

    name: str = required('a detector: a file of rewards/')
    parameters: dict[str, Any] = setting(
        {}, "its own settings; what it shares with the task's `world` stands there")
    subject: str = setting('', 'the body that it watches, if it watches one')
    cameras: tuple[str, ...] = setting((), 'cameras whose pictures it is shown')


@dataclass(frozen=True)
class Fixture(Settings):
    """A box around the robot that does not move. The hand may come closer than the arm, because
    its work is done there."""

    name: str
    size: Point = required('edge lengths', 'm', above=0, most=100)
    position: Point = required('centre, robot base frame', 'm', least=-100, most=100)
    rpy: Point = setting((0.0, 0.0, 0.0), 'roll, pitch, yaw', 'rad', least=-10, most=10)
    margin: float = setting(0.01, 'distance that the arm keeps', 'm', above=0, most=1)
    hand_margin: float = setting(0.002, 'distance that everything beyond the last joint keeps', 'm',
                                 above=0, most=1)
    body: str = setting('', 'body of the world that it moves with; empty: it stands')


@dataclass(frozen=True)
class TaskSpec(Settings):
    """One task; `world` holds the numbers of its own scene class."""

    name: str
    title: str = required('one line for people')
    robots: tuple[str, ...] = required('robots that can do it')
    action: ActionSpace = required('what a policy controls')
    horizon: float = required('longest episode', 's', above=0, most=86_400)
    detector: DetectorSpec = required('how the graph judges it')
    actions: dict[str, ActionSpace] = setting(
        {}, 'other action spaces that a learner may choose, by name')
    physics_hz: float = setting(200.0, 'physics steps a second; a multiple of the control rate',
                                'Hz', above=0, most=20_000)
    solver_iterations: int = setting(50, 'of the contact solver', least=1, most=1000)
    fixtures: tuple[Fixture, ...] = setting((), 'boxes that the safety node keeps the arm from')
    cameras: dict[str, CameraMount] = setting({}, 'cameras fixed to this scene')
    observe: tuple[str, ...] = setting((), 'cameras whose pictures a policy gets')
    goal: bool = setting(False, 'shows the policy where something should be, as a pose')
    latency: Latency = setting(Latency(), 'modelled delays')
    world: dict[str, Any] = setting({}, 'numbers of the scene; checked by the scene class')
    randomise: dict[str, Any] = setting(
        {}, 'distributions drawn for each new scene; checked by worlds/randomise.py')


def task_names() -> list[str]:
    """Return the tasks that there are."""
    return sorted(path.stem for path in (paths.CONFIG / 'tasks').glob('*.yaml'))


def load_task(name: str) -> TaskSpec:
    """Read one task by name; refuse an unknown one with the nearest names."""
    settings.choose('task', name, task_names())
    return settings.read(paths.CONFIG / 'tasks' / f'{name}.yaml', TaskSpec)
