"""Which policies there are: names in config/policies/, or a folder with a trained one."""
from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass
from pathlib import Path

from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import required, setting

KINDS = ('scripted', 'random', 'hold', 'hostile', 'checkpoint')
FOLDER = paths.CONFIG / 'policies'


@dataclass(frozen=True)
class Entry:
    """One policy by name, as its YAML says."""

    kind: str = required('scripted, random, hold, hostile or checkpoint')
    title: str = setting('', 'one line for people')
    pictures: bool = setting(False, "waits for the pictures that the task's policies observe")
    folder: str = setting('', 'of a checkpoint; relative to the folder in which the program was started')
    numbers: dict[str, float] = setting({}, 'of the policy itself')

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind should be one of {', '.join(KINDS)}, but is '{self.kind}'")
        if (self.kind == 'checkpoint') != bool(self.folder):
            raise ValueError(f'a checkpoint has a folder and nothing else has one, but this is {self.kind}')

    @property
    def privileged(self) -> bool:
        """Whether it may look at the simulator's truth."""
        return self.kind == 'scripted'


def names() -> list[str]:
    """Return the policies that have a name."""
    return sorted(path.stem for path in FOLDER.glob('*.yaml'))


def find(policy: str) -> Entry:
    """Read a policy by name or by folder; refuse what is neither with the nearest names."""
    folder = Path(policy)
    if policy not in names() and folder.is_dir():
        return Entry('checkpoint', folder=policy, pictures=True)
    if '/' in policy:
        raise BadInput(f"There is no policy folder '{policy}'; give a folder with policy.yaml and model.safetensors.")
    return settings.read(FOLDER / f'{settings.choose("policy", policy, names())}.yaml', Entry)


def named_hash(name: str, policy: object) -> str:
    """Return the hash of a policy that has no weights: that of its YAML and of the code that acts."""
    code = Path(inspect.getfile(type(policy))).read_bytes()
    return hashlib.sha256((FOLDER / f'{name}.yaml').read_bytes() + code).hexdigest()


def between_episodes(running: int) -> None:
    """Refuse to change the policy while an episode runs."""
    if running:
        raise BadInput(f'A policy is loaded between episodes, but episode {running} is running; ask again after it.')
