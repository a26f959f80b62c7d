"""Puts a trained policy on a device with its threads. Apart from make.py so that whoever trains
nothing loads no torch."""
from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import nn
from visuomotor.policies import checkpoint, kinds
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.specs.errors import BadCheckpoint, BadInput
from visuomotor.specs.policy import LoadedPolicy, Policy, Role


def load_trained(folder: Path, name: str, robot: str, task: str, role: Role, threads: int,
                 device: str) -> LoadedPolicy:
    """Read a folder, check it, return its policy. Torch gets so many threads in this process."""
    stored = checkpoint.restore(folder, robot, task, role.shown, role.gives.size)
    torch.set_num_threads(threads)
    net = stored.net.to(known(device))
    own = dataclasses.replace(role, gives=stored.gives, shown=stored.sees)
    policy = _rehearsed(folder, stored, own, net)
    return LoadedPolicy(policy, name, stored.hash, stored.sees, stored.gives.decides)


def _rehearsed(folder: Path, stored: Checkpoint, role: Role, net: nn.Module) -> Policy:
    """Make the policy and let it act once on blank observations: a network that another kind acts
    by is found here and not in an episode."""
    blank = {name: np.zeros(shape, np.uint8 if len(shape) == 3 else np.float64)
             for name, shape in stored.sees.items()}
    try:
        policy: Policy = kinds.actor(stored.kind)(stored.settings, role, net)
        rows = policy.act(blank)
        policy.reset(np.random.default_rng(0))
    # networks and kinds are anybody's code: whatever fails in them, the policy cannot act
    except Exception as error:
        raise BadCheckpoint(f"{folder} cannot act as kind '{stored.kind}' by its network "
                            f'({type(error).__name__}: {" ".join(str(error).split())[:120]}); '
                            'train it again.') from error
    if not np.isfinite(rows).all():
        raise BadCheckpoint(f'{folder} should give finite numbers, but its weights give others; '
                            'train it again.')
    return policy


def known(device: str) -> torch.device:
    """Return a device that this machine has; refuse another in one sentence."""
    try:
        found = torch.device(device)
        torch.zeros(1, device=found)
    except (RuntimeError, AssertionError) as error:
        raise BadInput(f"There is no device '{device}' here that torch can use "
                       f"({str(error).splitlines()[0][:80]}); choose cpu.") from None
    return found
