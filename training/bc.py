"""Behaviour cloning: recorded episodes -> policies/learn/behaviour_cloning.py -> policy/last."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import track
from visuomotor.episodes.dataset import Dataset, files_in, read_dataset
from visuomotor.policies.act.network import NetworkSettings
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.policies.learn.behaviour_cloning import BehaviourCloning, BehaviourCloningSettings
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.errors import BadInput
from visuomotor.specs.observation import ObservationSpec, observation_spec
from visuomotor.specs.policy import Gives
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.task import TaskSpec, load_task
from visuomotor.training._lab.batches import Draw, Windows, split
from visuomotor.training._lab.run import Run

LOOK = 200   # steps between two looks at the held-out episodes
PAGE = BehaviourCloningSettings(act=NetworkSettings(parts={'hidden': [256, 256]}))


@dataclass(frozen=True)
class BcSettings(Settings):
    """Numbers of the recipe."""

    robot: str = required('which robot')
    task: str = required('which task')
    data: tuple[str, ...] = required('folders or files of recorded episodes')
    observe: tuple[str, ...] = setting(
        (), 'observations to act by; empty: goal and tip where the task has a goal, else '
        'everything but the time')
    results: tuple[str, ...] = setting(('SUCCESS',), 'outcomes of the episodes that are copied',
                                       choices=('SUCCESS', 'FAILURE', 'UNKNOWN'))
    steps: int = setting(6000, 'batches learned from', least=1, most=1_000_000_000)
    batch: int = setting(256, 'rows of a batch', least=1, most=1_000_000)
    rows: int = setting(1, 'actions in a chunk', least=1, most=1000)
    held_out: float = setting(0.1, 'share of the episodes that is only looked at', least=0, below=1)
    page: BehaviourCloningSettings = setting(PAGE, 'of the algorithm')


def train(run: Run, chosen: BcSettings) -> Path:
    """Learn, or go on learning; return the folder of the policy."""
    torch.set_num_threads(1)     # a second thread is slower on a busy pair of cores
    robot, task = load_robot(chosen.robot), load_task(chosen.task)
    shown = sees(chosen, robot, task)
    data = read(chosen, robot, task, shown)
    average = chosen.page.act.average
    gives = Gives(task.action.size, chosen.rows, task.action.rate if average else 0.0)
    page = fitted(chosen, shown)
    shapes = {name: shape.shape for name, shape in shown.shapes.items()}
    learner = BehaviourCloning(page, shapes, gives, run.seed)
    windows = Windows(data, page.act, chosen.rows, task.action)
    learned, looked_at = split(data, chosen.held_out, Draw(run.seed, 'split'))
    run.restore(learner)
    if run.step == 0:
        learner.measure(windows.batch(learned).seen)
    draw = Draw(run.seed, 'batches')
    for step in run.steps('cloning', chosen.steps):
        rows = learned[draw.at(step).integers(0, len(learned), chosen.batch)]
        numbers = learner.update(windows.batch(rows), step)
        if len(looked_at) and step % LOOK == 0:
            with torch.inference_mode():
                numbers['held_out'] = float(learner.loss(windows.batch(looked_at)))
        run.log(**numbers)
    kind, acting, net = learner.actor()
    made = {'recipe': 'bc', 'seed': run.seed, 'step': run.step, 'data': data.hash}
    return run.publish('last',
                       Checkpoint(kind, robot.name, task.name, acting, shapes, gives, net, made))


def sees(chosen: BcSettings, robot: RobotSpec, task: TaskSpec) -> ObservationSpec:
    """Return what the policy will act by; refuse what this robot and task do not show."""
    there = observation_spec(robot, task)
    usual = (('goal', 'tip_pose') if task.goal and robot.tip_link
             else tuple(name for name in there if name != 'time'))
    names = chosen.observe or usual
    unknown = [name for name in names if name not in there]
    if unknown:
        raise BadInput(f"There is no observation '{unknown[0]}' of {robot.name} at {task.name}; "
                       f'there are {", ".join(there)}.')
    return there.only({name: there.shapes[name].shape for name in names})


def fitted(chosen: BcSettings, shown: ObservationSpec) -> BehaviourCloningSettings:
    """Let the rate fall over all steps; where goal and tip are seen, show the way that is left."""
    act = chosen.page.act
    if {'goal', 'tip_pose'} <= set(shown) and act.net == 'visuomotor_net':
        act = dataclasses.replace(act, parts={'differences': [['goal', 'tip_pose']], **act.parts})
    return dataclasses.replace(chosen.page, steps=chosen.page.steps or chosen.steps, act=act)


def read(chosen: BcSettings, robot: RobotSpec, task: TaskSpec, shown: ObservationSpec) -> Dataset:
    """Read the recordings, with a bar."""
    if not chosen.data:
        raise BadInput('Cloning needs recorded episodes: give --data and a folder that `visuomotor '
                       'up` recorded.')
    files = files_in([Path(place) for place in chosen.data])
    kinematics = Kinematics(robot) if robot.tip_link else None
    return read_dataset(track(files, 'reading episodes'), robot, task, shown,
                        task.latency.answer(bool(shown.cameras)), kinematics, chosen.results)
