"""A trained policy on disk: a folder with policy.yaml (what it is) and model.safetensors (its
weights and normaliser). The yaml ends with a hash of everything before it and of the weights, so
one cannot be exchanged without the other. There is no code in it: `kind` is a file of policies/act,
and the network that it names a file of policies/nets."""
from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from visuomotor.policies import kinds
from visuomotor.policies.nets.build import Normaliser
from visuomotor.specs import settings
from visuomotor.specs.errors import BadCheckpoint, BadInput
from visuomotor.specs.policy import Gives, Sees
from visuomotor.specs.settings import Settings, required, setting

DESCRIPTION, WEIGHTS = 'policy.yaml', 'model.safetensors'
FORMAT = 2


@dataclass(frozen=True)
class Description(Settings):
    """What policy.yaml says."""

    format: int = required('of this file')
    kind: str = required('a file of policies/act')
    robot: str = required('trained for; none: for no robot')
    task: str = required('trained for')
    settings: dict[str, Any] = required('numbers of that kind and of its network')
    sees: dict[str, tuple[int, ...]] = required('observations that it needs, and their shapes')
    gives: Gives = required('what it answers')
    made: dict[str, Any] = setting({}, 'by which recipe, seed, step, data and code')
    scores: dict[str, Any] = setting({}, 'how well it did, on what')
    hash: str = setting('', 'of everything above and of the weights')


@dataclass(frozen=True)
class Checkpoint:
    """A policy, what it is for, and the hash that names these very weights."""

    kind: str
    robot: str
    task: str
    settings: Any                 # of the kind, `<Kind>Settings`
    sees: Sees
    gives: Gives
    net: nn.Module
    made: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    scores: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    hash: str = ''


def store(checkpoint: Checkpoint, folder: Path) -> str:
    """Write the folder, weights first; return the hash."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({name: value.contiguous().cpu()
                    for name, value in checkpoint.net.state_dict().items()})
    said = {field.name: getattr(checkpoint, field.name, None)
            for field in dataclasses.fields(Description)}
    description = plain({**said, 'format': FORMAT})
    del description['hash']
    digest = signature(description, weights)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / DESCRIPTION).write_text(yaml.safe_dump({**description, 'hash': digest},
                                                     sort_keys=False))
    return digest


def restore(folder: Path, robot: str, task: str, shown: Sees, size: int) -> Checkpoint:
    """Read a folder back; refuse, before anything is built, what is damaged or does not fit robot,
    task and action.

    Raises:
        BadCheckpoint: with a sentence that says what was expected, what came and what to do.
    """
    try:
        content, weights = settings.read_mapping(folder / DESCRIPTION), _bytes(folder)
        signed = {key: value for key, value in content.items() if key != 'hash'}
        if signature(signed, weights) != content.get('hash'):
            raise BadCheckpoint(f'{folder} is damaged: {DESCRIPTION} and {WEIGHTS} do not belong '
                                'together; copy both.')
        said = settings.build(Description, _upgraded(content, folder), str(folder / DESCRIPTION))
        _check(said, folder, robot, task, shown, size)
        chosen = kinds.settings_of(said.kind, said.settings, str(folder / DESCRIPTION))
        net = _net(kinds.module(said.kind).network, chosen, said, folder, weights)
    except BadInput as error:
        raise BadCheckpoint(str(error)) from error
    return Checkpoint(said.kind, robot, task, chosen, said.sees, said.gives, net, said.made,
                      said.scores, said.hash)


def signature(description: Mapping[str, Any], weights: bytes) -> str:
    """Name description and weights together, however the yaml is laid out."""
    canonical = yaml.safe_dump(dict(description), sort_keys=True).encode()
    return hashlib.sha256(canonical + b'\0' + weights).hexdigest()


def plain(value: Any) -> Any:
    """Turn dataclasses into dicts and tuples into lists, which YAML has a plain word for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def _bytes(folder: Path) -> bytes:
    try:
        return (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise BadCheckpoint(f'A policy folder holds {DESCRIPTION} and {WEIGHTS}, but '
                            f'{folder / WEIGHTS} cannot be read: {error.strerror}.') from error


def _upgraded(content: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """Return what format 1 said in the words of this one."""
    if content.get('format') == FORMAT:
        return content
    knobs = dict(content.get('knobs') or {})
    if content.get('format') != 1 or not isinstance(knobs.get('observations'), dict):
        raise BadCheckpoint(f'{folder / DESCRIPTION} should be a policy of format {FORMAT} or 1, '
                            f'but is of format {content.get("format")}; use the version of this '
                            'software that made it.')
    sees = {name.replace('image.', 'image_'): shape
            for name, shape in knobs.pop('observations').items()}
    gives = {'size': knobs.pop('action_size', 1), 'rows': knobs.pop('rows', 1)}
    kept = {key: value for key, value in content.items() if key not in ('knobs', 'algorithm')}
    return {**kept, 'format': FORMAT, 'kind': 'network', 'sees': sees, 'gives': gives,
            'settings': {'net': content.get('algorithm'), 'parts': knobs}}


def _check(said: Description, folder: Path, robot: str, task: str, shown: Sees, size: int) -> None:
    for kind, trained, asked in (('robot', said.robot, robot), ('task', said.task, task)):
        if trained != asked:
            raise BadCheckpoint(f"{folder} was trained for {kind} '{trained}', not for '{asked}'; "
                                f'choose another folder or another {kind}.')
    if said.gives.size != size:
        raise BadCheckpoint(f"{folder} gives {said.gives.size} numbers for one action, but task "
                            f"'{task}' takes {size}; train it again.")
    for name, shape in said.sees.items():
        if shown.get(name) != shape:
            there = (f'here it is {shown[name]}' if name in shown
                     else f'there are only {", ".join(sorted(shown))}')
            raise BadCheckpoint(f"{folder} needs the observation '{name}' of shape {shape}, but "
                                f"{there}; train it again.")
    settings.choose('kind of trained policy', said.kind, kinds.trained())


def _net(make: Any, chosen: Any, said: Description, folder: Path, weights: bytes) -> nn.Module:
    """Build the network without memory first: its shapes are compared before any is taken."""
    with torch.device('meta'):
        net: nn.Module = make(chosen, said.sees, said.gives)
    try:
        found: dict[str, Tensor] = load(weights)
        net.load_state_dict(found, assign=True)
    except (SafetensorError, RuntimeError) as error:
        raise BadCheckpoint(f'{folder / WEIGHTS} does not fit the network that {DESCRIPTION} '
                            f'describes: {" ".join(str(error).split())[:200]}') from error
    for name, value in found.items():
        if value.dtype != torch.float32 or not bool(torch.isfinite(value).all()):
            wrong = 'others' if value.dtype == torch.float32 else value.dtype
            raise BadCheckpoint(f"{folder / WEIGHTS}: weight '{name}' should hold finite numbers "
                                f'of 32 bits, but holds {wrong}; train it again.')
    for name, part in net.named_modules():
        if isinstance(part, Normaliser) and not bool((part.deviation > 0).all()):
            raise BadCheckpoint(f"{folder / WEIGHTS}: '{name}.deviation' should be above 0, but "
                                f'is {float(part.deviation.min()):g}; train it again.')
    return net
