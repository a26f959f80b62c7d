"""The graph, described once: which nodes, parameters and processes. Launch files and `visuomotor up` both read it."""
from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from visuomotor.episodes import naming
from visuomotor.robots import registry
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.task import TaskSpec, load_task, task_names

TELEOP = ('none', 'keyboard', 'joy')
NODES = paths.ROOT / 'nodes'


@dataclass(frozen=True)
class Choices:
    """What a person chooses; every default is one that runs."""

    robot: str = setting('iiwa7', 'which robot; `visuomotor list robots`')
    world: str = setting('sim', 'sim: PyBullet; fake: no physics; emulated: real driver, simulated wire; real: the robot')
    task: str = setting('', 'what to do; empty: the first task that this robot can do')
    policy: str = setting('scripted', 'a name of `visuomotor list policies`, or a folder with policy.yaml and weights')
    namespace: str = setting('', 'put in front of every topic, so that several robots share one network')
    episodes: int = setting(10, 'how many to run; 0: until stopped')
    seed: int = setting(0, 'every random choice comes from it')
    lockstep: bool = setting(False, 'deterministic and as fast as the machine allows, in one process')
    data: str = setting('data', 'folder for recorded episodes')
    run: str = setting('latest', 'name of the folder of this run inside the data folder')
    teleop: str = setting('none', 'none, joy (sensor_msgs/Joy), or keyboard of this terminal, not from launch files')
    randomise: bool = setting(False, 'draw textures, light, masses, friction and latencies anew for each scene')
    record: bool = setting(True, 'write one MCAP file for each episode')
    horizon: float = setting(0.0, 'longest episode; 0: as the task says', 's')
    scene: str = setting('', "numbers of the task's scene to replace, such as 'split=test, objects=3'")


@dataclass(frozen=True)
class NodeEntry:
    """One node of the graph. Entries of one `process` have to share it; those of one `thread` may share it."""

    name: str
    room: str
    parameters: dict[str, Any]
    process: str
    thread: str
    package: str = 'visuomotor'

    @property
    def class_path(self) -> str:
        """Module and class, as in 'visuomotor.nodes.driver.node:DriverNode'."""
        return f'{self.package}.nodes.{self.room}.node:{self.room.title().replace("_", "")}Node'


@dataclass(frozen=True)
class Graph:
    """The nodes in their fixed order, and the choices that led to them."""

    choices: Choices
    task: TaskSpec
    spec: RobotSpec
    nodes: tuple[NodeEntry, ...] = field(default=())

    @property
    def processes(self) -> dict[str, tuple[NodeEntry, ...]]:
        """The nodes of each process, in order."""
        names = dict.fromkeys(entry.process for entry in self.nodes)
        return {name: tuple(e for e in self.nodes if e.process == name) for name in names}


def rooms() -> list[str]:
    """Return the nodes that there are: every folder here with a node.py."""
    return sorted(path.parent.name for path in NODES.glob('*/node.py') if not path.parent.name.startswith('_'))


def settings_class(room: str) -> type[Settings]:
    """Return the dataclass that holds the settings of the node of one folder, such as SafetySettings of safety."""
    node = importlib.import_module(f'visuomotor.nodes.{settings.choose("node", room, rooms())}.node')
    found: type[Settings] = getattr(node, f'{room.title().replace("_", "")}Settings')
    return found


def policies() -> list[str]:
    """Return the policies that have a name of their own."""
    return sorted(path.stem for path in (paths.CONFIG / 'policies').glob('*.yaml'))


def tasks_of(robot: str) -> list[str]:
    """Return the tasks that one robot can do."""
    return [name for name in task_names() if robot in load_task(name).robots]


def describe(choices: Choices) -> Graph:
    """Check the choices and lay out the graph; a choice that does not fit is refused with what would.

    The supervisor comes last: it begins when everybody listens.
    """
    robot = load_robot(choices.robot)
    task = _task(choices)
    _check(choices)
    entries = (_driver(choices, task), *_cameras(choices, task, robot), _policy(choices, task),
               _plain('reset', choices, task, world=choices.world), *_teleop(choices), _plain('reward', choices, task),
               _safety(choices, task), *_recorder(choices, task), _supervisor(choices, task))
    return Graph(choices, task, robot, entries)


def _task(choices: Choices) -> TaskSpec:
    able = tasks_of(choices.robot)
    if not choices.task and not able:
        raise BadInput(f"Robot '{choices.robot}' has no task yet; give it one in config/tasks/.")
    task = load_task(choices.task or able[0])
    if choices.robot not in task.robots:
        raise BadInput(f"Robot '{choices.robot}' cannot do task '{task.name}'; it can do {', '.join(able) or 'none'}, "
                       f"and '{task.name}' is for {', '.join(task.robots)}.")
    return task


def _check(choices: Choices) -> None:
    registry.kind_of(load_robot(choices.robot), choices.world)
    settings.choose('teleop device', choices.teleop, TELEOP)
    _check_policy(choices.policy)
    settings.assignments([choices.scene], "'split=test, objects=3'")
    if choices.lockstep and choices.world != 'sim':
        raise BadInput(f"Lock-step needs a world that waits: world sim, not '{choices.world}'; leave lock-step out.")
    if choices.namespace and not re.fullmatch(r'/?[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*', choices.namespace):
        raise BadInput(f"A namespace is letters, digits and _ such as 'left_arm', but '{choices.namespace}' came.")
    for name, top in (('episodes', 2**32), ('seed', 2**63), ('horizon', 10**6)):
        if not 0 <= getattr(choices, name) < top:
            raise BadInput(f'{name} should be 0 or more and below {top:g}, but is {getattr(choices, name)}.')


def _check_policy(policy: str) -> None:
    folder = Path(policy)
    if policy in policies():
        return
    if not folder.is_dir() and '/' not in policy:
        settings.choose('policy', policy, policies())
    for file in ('policy.yaml', 'model.safetensors'):
        if not (folder / file).is_file():
            raise BadInput(f"A policy folder holds policy.yaml and model.safetensors, but '{policy}' has no {file}; "
                           'give another folder or one of ' + ', '.join(policies()) + '.')


def _plain(room: str, choices: Choices, task: TaskSpec, **more: Any) -> NodeEntry:
    parameters = {'robot': choices.robot, 'task': task.name, **more}
    return NodeEntry(room, room, parameters, process=room, thread='episode')


def _driver(choices: Choices, task: TaskSpec) -> NodeEntry:
    parameters = {'robot': choices.robot, 'world': choices.world, 'task': task.name,
                  'seed': choices.seed, 'randomise': choices.randomise, 'scene': choices.scene}
    return NodeEntry('driver', 'driver', parameters, process='world', thread='control')


def _cameras(choices: Choices, task: TaskSpec, robot: RobotSpec) -> tuple[NodeEntry, ...]:
    """The cameras that the policy looks through; a task without any still gets one, for the record."""
    if choices.world != 'sim':
        return ()
    names = task.observe or tuple({**task.cameras, **robot.cameras})[:1]
    common = {'source': 'world', 'robot': choices.robot, 'task': task.name}
    return tuple(NodeEntry(node, 'camera', {'camera': name, **common}, process='world', thread=node)
                 for name, node in ((name, f'camera_{name}') for name in names))


def _policy(choices: Choices, task: TaskSpec) -> NodeEntry:
    parameters = {'policy': choices.policy, 'robot': choices.robot, 'task': task.name, 'inline': choices.lockstep}
    return NodeEntry('policy', 'policy', parameters, process='policy', thread='policy')


def _teleop(choices: Choices) -> tuple[NodeEntry, ...]:
    if choices.teleop == 'none':
        return ()
    parameters = {'robot': choices.robot, 'device': choices.teleop}
    return (NodeEntry('teleop', 'teleop', parameters, process='teleop', thread='episode'),)


def _safety(choices: Choices, task: TaskSpec) -> NodeEntry:
    """Arms by itself where nothing can be hurt; a real machine waits for a person."""
    harmless = not registry.WORLDS[choices.world].real
    parameters = {'robot': choices.robot, 'task': task.name, 'armed_at_start': harmless,
                  'latch_file': str(_run_folder(choices, task).absolute() / 'stop.json')}
    return NodeEntry('safety', 'safety', parameters, process='safety', thread='control')


def _supervisor(choices: Choices, task: TaskSpec) -> NodeEntry:
    return _plain('supervisor', choices, task, policy=choices.policy, episodes=choices.episodes, seed=choices.seed,
                  horizon=choices.horizon or task.horizon, autorun=True, recorded=choices.record)


def _recorder(choices: Choices, task: TaskSpec) -> tuple[NodeEntry, ...]:
    if not choices.record:
        return ()
    parameters = {'folder': str(_run_folder(choices, task).absolute()), 'robot': choices.robot, 'task': task.name,
                  'policy': choices.policy}
    return (NodeEntry('recorder', 'recorder', parameters, process='recorder', thread='recorder'),)


def _run_folder(choices: Choices, task: TaskSpec) -> Path:
    return naming.run_folder(Path(choices.data), choices.robot, task.name, choices.run)
