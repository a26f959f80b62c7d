"""Makes a policy: by a name of config/policies, or from a folder with a trained one. Torch is
loaded only for the latter."""
from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from visuomotor.policies import kinds
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.observation import observation_spec
from visuomotor.specs.policy import Gives, LoadedPolicy, Policy, Role
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.task import TaskSpec

FOLDER = paths.CONFIG / 'policies'
Expert = Callable[[RobotSpec, TaskSpec], Policy]


@dataclass(frozen=True)
class PolicyEntry(Settings):
    """One policy by name, as its YAML says."""

    kind: str = setting('', 'a file of policies/act that acts without weights')
    folder: str = setting(
        '', 'of a trained one; relative to the folder in which the program was started')
    title: str = setting('', 'one line for people')
    settings: dict[str, Any] = setting({}, 'numbers of the kind')

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.kind) == bool(self.folder):
            raise BadInput('a policy has either a kind or the folder of a trained one, '
                           f"but kind is '{self.kind}' and folder is '{self.folder}'")
        if self.kind:
            settings.choose('kind of policy without weights', self.kind,
                            sorted({*kinds.names()} - {*kinds.trained()}))


def names() -> list[str]:
    """Return the policies that have a name."""
    return sorted(path.stem for path in FOLDER.glob('*.yaml'))


def find(policy: str) -> PolicyEntry:
    """Read a policy by name or by folder; refuse what is neither with the nearest names."""
    if policy not in names() and Path(policy).is_dir():
        return PolicyEntry(folder=policy)
    if '/' in policy:
        raise BadInput(f"There is no policy folder '{policy}'; give a folder with policy.yaml and "
                       "model.safetensors.")
    return settings.read(FOLDER / f'{settings.choose("policy", policy, names())}.yaml', PolicyEntry)


def make_policy(name: str, robot: RobotSpec, task: TaskSpec, expert: Expert | None = None,
                threads: int = 1, device: str = 'cpu') -> LoadedPolicy:
    """Make a policy by name or folder; `expert` makes the scripted one of a task, where there are
    worlds.

    Raises:
        BadInput: with a sentence, when there is none, or it does not fit robot, task or machine.
    """
    entry = find(name)
    shown = {key: shape.shape for key, shape in observation_spec(robot, task).shapes.items()}
    role = Role(Gives(task.action.size), shown, task.action.gripper, task.action.rate,
                partial(expert, robot, task) if expert else None)
    if entry.folder:
        from visuomotor.policies.load import load_trained
        return load_trained(Path(entry.folder), name, robot.name, task.name, role, threads, device)
    policy = kinds.actor(entry.kind)(kinds.settings_of(entry.kind, entry.settings, name), role)
    return LoadedPolicy(policy, name, named_hash(name, policy), policy.sees)


def named_hash(name: str, policy: object) -> str:
    """Return the hash of a policy without weights: of its YAML and of the code that acts."""
    code = Path(inspect.getfile(type(getattr(policy, 'expert', policy)))).read_bytes()
    return hashlib.sha256((FOLDER / f'{name}.yaml').read_bytes() + code).hexdigest()
