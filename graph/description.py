"""The graph, described once, for launch files and `visuomotor up`: nodes, parameters, processes."""
from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from visuomotor.episodes import naming
from visuomotor.graph.entry import EXAMPLE, NodeEntry, overridden, resolve
from visuomotor.graph.stop_file import lay_out, stop_file
from visuomotor.nodes.camera.settings import of_mount
from visuomotor.policies.make import names as policies
from visuomotor.robots import registry
from visuomotor.safety.limits import SIMULATED
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec, load_robot, robot_names
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.task import TaskSpec, load_task, task_names

CAMERAS = ('observed', 'all')
TELEOP = ('none', 'keyboard', 'joy')
NODES = paths.ROOT / 'nodes'
SCENE_EXAMPLE = "'split=test, objects=3'"


@dataclass(frozen=True)
class Choices(Settings):
    """What a person chooses; every default is one that runs. Command line and launch arguments are
    made from these fields. `known`: words to choose from, for help; `switch`: the options of yes
    and no; `hand=False`: without meaning where a person drives by hand."""

    robot: str = setting('iiwa7', 'which robot', known=robot_names)
    task: str = setting('', 'what to do; empty: the first task that this robot can do',
                        known=task_names)
    policy: str = setting('scripted', 'who acts: a name, or a folder with policy.yaml and weights',
                          known=policies, hand=False)
    world: str = setting(
        'sim', 'sim: PyBullet; fake: no physics; with a driver also real, and emulated: its wire '
        'simulated; `visuomotor list robots`')
    lockstep: bool = setting(
        False, 'deterministic and as fast as the machine allows, in one process',
        switch='--lockstep/--realtime', hand=False)
    episodes: int = setting(10, 'how many to run; 0: until stopped', least=0, below=2**32,
                            hand=False)
    seed: int = setting(0, 'every random choice comes from it', least=0, below=2**63)
    horizon: float = setting(0.0, 'longest episode; 0: as the task says', 's', least=0, most=86_400,
                             hand=False)
    cameras: str = setting(
        'observed', 'observed: those that the policy looks through; all: those of robot and task',
        known=lambda: CAMERAS)
    scene: tuple[str, ...] = setting(
        (), f"numbers of the task's scene to replace, such as {SCENE_EXAMPLE}")
    set: tuple[str, ...] = setting(
        (), "settings of nodes, such as 'safety.speed_share=0.3, policy.replan=4'; "
        '`visuomotor list nodes --settings` prints them all')
    namespace: str = setting(
        '', 'put in front of every topic, so that several robots share one network')
    data: str = setting('data', 'folder for recorded episodes')
    run: str = setting(
        '', 'name of the folder of this run inside the data folder; empty: the moment of starting')
    record: bool = setting(True, 'write one MCAP file for each episode',
                           switch='--record/--no-record', hand=False)
    teleop: str = setting(
        'none', 'joy: sensor_msgs/Joy; keyboard: of this terminal, not from launch files',
        known=lambda: TELEOP)
    randomise: bool = setting(
        False, 'draw textures, light, masses, friction and latencies anew for each scene',
        switch='--randomise/--nominal')


@dataclass(frozen=True)
class Graph:
    """The nodes in their fixed order, and the choices that led to them."""

    choices: Choices
    task: TaskSpec
    spec: RobotSpec
    nodes: tuple[NodeEntry, ...] = ()
    within: str = ''   # namespace that a launch file pushed

    @property
    def processes(self) -> dict[str, tuple[NodeEntry, ...]]:
        """The nodes of each process, in order."""
        names = dict.fromkeys(entry.process for entry in self.nodes)
        return {name: tuple(e for e in self.nodes if e.process == name) for name in names}

    @property
    def folder(self) -> Path:
        """Where this run keeps its episodes."""
        chosen = self.choices
        return naming.run_folder(Path(chosen.data), chosen.robot, self.task.name,
                                 chosen.run).absolute()

    @property
    def stop_file(self) -> Path:
        """Where the safety node keeps its stop."""
        chosen = self.choices
        return stop_file(chosen.world, chosen.robot, self.folder, self.within, chosen.namespace)

    def lay_out(self) -> None:
        """Make what a run has before its nodes start."""
        lay_out(self.choices.world, self.stop_file)


def rooms() -> list[str]:
    """Return the nodes that there are: every folder here with a node.py."""
    return sorted(path.parent.name for path in NODES.glob('*/node.py')
                  if not path.parent.name.startswith('_'))


def tasks_of(robot: str) -> list[str]:
    """Return the tasks that one robot can do."""
    return [name for name in task_names() if robot in load_task(name).robots]


def describe(choices: Choices, within: str = '') -> Graph:
    """Check the choices and lay out the graph; refuse what does not fit, with what would. `within`:
    the namespace that a launch file pushed."""
    spec, task = load_robot(choices.robot), _task(choices)
    _check(choices, spec, task)
    run = choices.run or datetime.now().strftime('%Y%m%d-%H%M%S')
    chosen = dataclasses.replace(choices, run=run)
    graph = Graph(chosen, task, spec, within=within)
    nodes = tuple(overridden(_entries(graph), chosen.set))
    for entry in nodes:
        if entry.overrides:
            resolve(entry)
    return dataclasses.replace(graph, nodes=nodes)


def _entries(graph: Graph) -> list[NodeEntry]:
    """List the nodes: a new one is a line here. The order is that of lock-step."""
    chosen, task = graph.choices, graph.task
    real = registry.WORLDS[chosen.world].real
    who = {'robot': chosen.robot, 'task': task.name}
    scene = ', '.join(chosen.scene)
    recorded = [_entry('recorder', 'recorder', **who, folder=str(graph.folder),
                       policy=chosen.policy)] if chosen.record else []
    by_hand = [_entry('teleop', robot=chosen.robot, device=chosen.teleop)]
    return [
        _entry('driver', 'control', 'world', **who, world=chosen.world, seed=chosen.seed,
               randomise=chosen.randomise, scene=scene),
        *_cameras(graph, who),
        _entry('policy', 'policy', **who, policy=chosen.policy, inline=chosen.lockstep),
        _entry('reset', **who, world=chosen.world),
        *(by_hand if chosen.teleop != 'none' else ()),
        _entry('reward', **who, scene=scene),
        # Armed at once where nothing can be hurt; a real machine waits for a person.
        _entry('safety', 'control', **who, armed_at_start=not real,
               latch_file=str(graph.stop_file), **({} if real else SIMULATED)),
        *recorded,
        _entry('supervisor', **who, policy=chosen.policy, episodes=chosen.episodes,
               seed=chosen.seed, horizon=chosen.horizon or task.horizon, autorun=True,
               recorded=chosen.record,
               awaits=('action/policy', 'reward', 'safety/status',
                       *(['episode/stored'] if recorded else []))),
    ]


def _entry(room: str, thread: str = 'episode', process: str = '', **parameters: Any) -> NodeEntry:
    return NodeEntry(room, room, parameters, process or room, thread)


def _cameras(graph: Graph, who: dict[str, str]) -> list[NodeEntry]:
    """The cameras that somebody looks through, or all; at least one, for the record."""
    kind = registry.WORLDS[graph.choices.world]
    mounts = {**graph.task.cameras, **graph.spec.cameras}
    wanted = tuple(dict.fromkeys((*graph.task.observe, *graph.task.detector.cameras)))
    chosen = tuple(mounts) if graph.choices.cameras == 'all' else wanted or tuple(mounts)[:1]
    told = {name: of_mount(name, mounts[name], kind.physics) for name in chosen}
    if kind.real and (blind := [name for name in wanted if not told[name]]):
        raise BadInput(f"Task {graph.task.name} looks through camera {', '.join(blind)}, but "
                       f"nothing has its pictures in world '{graph.choices.world}'; set device or "
                       "topic of it in the robot's or the task's YAML.")
    return [NodeEntry(f'camera_{name}', 'camera', {**given, **who}, 'world', f'camera_{name}')
            for name, given in told.items() if given]


def console_entry(graph: Graph) -> NodeEntry:
    """The node that counts what this graph says."""
    cameras = tuple(entry.parameters['camera'] for entry in graph.nodes if entry.room == 'camera')
    return NodeEntry('console', 'console', {'cameras': cameras} if cameras else {},
                     process='console', thread='console')


def _task(choices: Choices) -> TaskSpec:
    able = tasks_of(choices.robot)
    if not choices.task and not able:
        raise BadInput(f"Robot '{choices.robot}' has no task yet; give it one in config/tasks/.")
    task = load_task(choices.task or able[0])
    if choices.robot not in task.robots:
        raise BadInput(f"Robot '{choices.robot}' cannot do task '{task.name}'; it can do "
                       f"{', '.join(able) or 'none'}, and '{task.name}' is for "
                       f"{', '.join(task.robots)}.")
    return task


def _check(choices: Choices, spec: RobotSpec, task: TaskSpec) -> None:
    registry.kind_of(spec, choices.world)
    settings.choose('teleop device', choices.teleop, TELEOP)
    settings.choose('choice of cameras', choices.cameras, CAMERAS)
    _check_policy(choices.policy)
    scene = settings.assignments(choices.scene, SCENE_EXAMPLE)
    for key in settings.assignments(choices.set, EXAMPLE):
        if (name := key.partition('.')[2]) in Choices.__dataclass_fields__:
            raise BadInput(f'{key}: {name} holds for the whole graph; choose it as --{name}, or '
                           f'{name}:= for ros2 launch.')
    if choices.lockstep and choices.world != 'sim':
        raise BadInput(f"Lock-step needs a world that waits: world sim, not '{choices.world}'; "
                       "leave lock-step out.")
    if choices.namespace and not re.fullmatch(r'/?[A-Za-z]\w*(/[A-Za-z]\w*)*', choices.namespace,
                                              re.ASCII):
        raise BadInput("A namespace is letters, digits and _ such as 'left_arm', but "
                       f"'{choices.namespace}' came.")
    if choices.world == 'sim':   # before any process starts
        # PyBullet takes its time to load: only for those who simulate
        from visuomotor.worlds import make
        make.check(make.with_overrides(task, scene), spec)


def _check_policy(policy: str) -> None:
    folder = Path(policy)
    if policy in policies():
        return
    if not folder.is_dir() and '/' not in policy:
        settings.choose('policy', policy, policies())
    for file in ('policy.yaml', 'model.safetensors'):
        if not (folder / file).is_file():
            raise BadInput("A policy folder holds policy.yaml and model.safetensors, but "
                           f"'{policy}' has no {file}; give another folder or one of "
                           f"{', '.join(policies())}.")
