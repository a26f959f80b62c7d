"""Puts a trained policy on a device with its threads. Apart from make.py so that whoever trains
nothing loads no torch."""
from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from visuomotor.policies import checkpoint, kinds
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import LoadedPolicy, Role


def load_trained(folder: Path, name: str, robot: str, task: str, role: Role, threads: int,
                 device: str) -> LoadedPolicy:
    """Read a folder, check it, return its policy. Torch gets so many threads in this process."""
    stored = checkpoint.restore(folder, robot, task, role.shown, role.gives.size)
    torch.set_num_threads(threads)
    net = stored.net.to(known(device))
    own = dataclasses.replace(role, gives=stored.gives, shown=stored.sees)
    policy = kinds.actor(stored.kind)(stored.settings, own, net)
    return LoadedPolicy(policy, name, stored.hash, stored.sees, stored.gives.decides)


def known(device: str) -> torch.device:
    """Return a device that this machine has; refuse another in one sentence."""
    try:
        found = torch.device(device)
        torch.zeros(1, device=found)
    except (RuntimeError, AssertionError) as error:
        raise BadInput(f"There is no device '{device}' here that torch can use "
                       f"({str(error).splitlines()[0][:80]}); choose cpu.") from None
    return found
