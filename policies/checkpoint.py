"""A trained policy on disk: a folder with policy.yaml (what it is) and model.safetensors (its weights and normaliser).

The yaml ends with a hash of everything before it and of the weights, so one cannot be exchanged without the other.
"""
from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn
from visuomotor.policies.nets import visuomotor_net
from visuomotor.policies.nets.visuomotor_net import VisuomotorNet
from visuomotor.specs.errors import BadCheckpoint

DESCRIPTION, WEIGHTS = 'policy.yaml', 'model.safetensors'
FORMAT = 1
ALGORITHMS: dict[str, tuple[type[Any], Callable[[Any], VisuomotorNet]]] = {
    'visuomotor_net': (visuomotor_net.Knobs, VisuomotorNet),
}


@dataclass(frozen=True)
class Checkpoint:
    """A policy, what it is for, and the hash that names these very weights."""

    algorithm: str
    robot: str
    task: str
    net: VisuomotorNet
    hash: str = ''


def store(checkpoint: Checkpoint, folder: Path) -> str:
    """Write the folder, weights first; return the hash."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({name: value.contiguous() for name, value in checkpoint.net.state_dict().items()})
    description = {'format': FORMAT, 'algorithm': checkpoint.algorithm, 'robot': checkpoint.robot,
                   'task': checkpoint.task, 'knobs': _plain(dataclasses.asdict(checkpoint.net.settings))}
    digest = _hash(description, weights)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / DESCRIPTION).write_text(yaml.safe_dump({**description, 'hash': digest}, sort_keys=False))
    return digest


def restore(folder: Path, robot: str, task: str) -> Checkpoint:
    """Read a folder back; refuse what is missing, damaged or meant for another robot or task."""
    description, weights = _description(folder), _bytes(folder, WEIGHTS)
    digest = description.pop('hash', None)
    if _hash(description, weights) != digest:
        raise BadCheckpoint(f'{folder} is damaged: {DESCRIPTION} and {WEIGHTS} do not belong together; copy both.')
    for kind, asked in (('robot', robot), ('task', task)):
        if description.get(kind) != asked:
            raise BadCheckpoint(f"{folder} was trained for {kind} '{description.get(kind)}', not for '{asked}'; "
                                f'choose another folder or another {kind}.')
    net = _net(folder, description)
    _fill(net, folder, weights)
    return Checkpoint(description['algorithm'], robot, task, net, digest)


def _description(folder: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(_bytes(folder, DESCRIPTION))
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise BadCheckpoint(f'{folder / DESCRIPTION} is damaged: {first}; copy it again.') from error
    if not isinstance(content, dict) or content.get('format') != FORMAT:
        raise BadCheckpoint(f'{folder / DESCRIPTION} should be a policy of format {FORMAT}; export it anew.')
    return content


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise BadCheckpoint(f'A policy folder holds {DESCRIPTION} and {WEIGHTS}, but {folder / name} '
                            f'cannot be read: {error.strerror}.') from error


def _net(folder: Path, description: Mapping[str, Any]) -> VisuomotorNet:
    algorithm = str(description.get('algorithm'))
    if algorithm not in ALGORITHMS:
        raise BadCheckpoint(f"{folder} was made by '{algorithm}', but known are {', '.join(sorted(ALGORITHMS))}; "
                            'use the version of this software that made it.')
    settings, make = ALGORITHMS[algorithm]
    try:
        return make(settings(**_tuples(description['knobs'])))
    except (KeyError, TypeError, ValueError) as error:
        raise BadCheckpoint(f'{folder / DESCRIPTION}: the knobs do not fit {algorithm}: {error}.') from error


def _fill(net: nn.Module, folder: Path, weights: bytes) -> None:
    try:
        net.load_state_dict(load(weights))
    except (SafetensorError, RuntimeError) as error:
        raise BadCheckpoint(f'{folder / WEIGHTS} does not fit the network that {DESCRIPTION} describes: '
                            f'{str(error).splitlines()[0]}') from error


def _hash(description: Mapping[str, Any], weights: bytes) -> str:
    """Name description and weights together, however the yaml is laid out."""
    canonical = yaml.safe_dump(dict(description), sort_keys=True).encode()
    return hashlib.sha256(canonical + b'\0' + weights).hexdigest()


def _plain(value: Any) -> Any:
    """Turn tuples into lists, which YAML has a plain word for."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
