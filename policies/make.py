"""Makes a policy by kind. Torch is loaded only when a trained one is asked for."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from visuomotor.policies.act.hold import Hold
from visuomotor.policies.act.hostile import Hostile
from visuomotor.policies.act.random import Random
from visuomotor.specs.policy import Policy

KINDS = ('random', 'hold', 'hostile', 'checkpoint')


def make_policy(kind: str, *, folder: str, robot: str, task: str, size: int, gripper: bool,
                numbers: Mapping[str, float]) -> tuple[Policy, str]:
    """Return a policy and the hash of its weights, empty where there are none. Raise BadCheckpoint with a sentence."""
    if kind == 'random':
        return Random(size, keep=numbers.get('keep', 0.0)), ''
    if kind == 'hold':
        return Hold(size, gripper), ''
    if kind == 'hostile':
        return Hostile(size, gripper), ''
    from visuomotor.policies.act import network
    return network.load(Path(folder), robot, task, size)
