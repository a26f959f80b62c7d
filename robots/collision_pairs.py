"""Which links touch whatever the arm does, found in random postures and stored in
config/collision/<robot>.yaml.

Links that one joint connects count as touching when they ever do: the joint's own limits keep them
apart, and simple shapes overlap there. Any other pair has to touch in (nearly) every posture. Nor
is there a use in looking at links whose distance no posture changes, as of two cylinders that turn
about their common axis.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from visuomotor.robots.collision import SELF_MARGIN, CollisionScene
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting
from visuomotor.specs.values import FloatArray

ALWAYS = 0.99  # part of the postures looked at
STEADY = 1e-3  # m, by which a distance that does not change may change


@dataclass(frozen=True)
class Pairs:
    """Links that are not looked at."""

    robot: str
    touching: tuple[tuple[str, str], ...] = setting((), 'pairs of links')
    postures: int = setting(0, 'how many random ones were looked at')
    seed: int = setting(0, 'of the generator that they came from')


def find(spec: RobotSpec, postures: int = 3000, seed: int = 0) -> Pairs:
    """Look at random postures."""
    scene, rng = CollisionScene(spec), np.random.default_rng(seed)
    endless = np.array([joint.continuous for joint in spec.joints])
    lower, upper = np.where(endless, -np.pi, spec.lower), np.where(endless, np.pi, spec.upper)
    seen = np.array([scene.clearances(q)
                     for q in rng.uniform(lower, upper, (postures, len(lower)))])
    nearest: dict[tuple[str, str], FloatArray] = {}
    for pair, clearances in enumerate(seen.T):
        names = scene.names(pair)
        nearest[names] = np.minimum(nearest.get(names, clearances), clearances)
    idle = (names for names, clearances in nearest.items()
            if _idle(clearances, scene.neighbours(*names)))
    return Pairs(spec.name, tuple(idle), postures, seed)


def _idle(clearances: FloatArray, neighbours: bool) -> bool:
    """Say whether looking at a pair tells nothing."""
    touching = float((clearances < 0.0).mean())
    if touching >= ALWAYS or (neighbours and touching > 0.0):
        return True
    return bool(np.ptp(clearances) < STEADY)


def load(spec: RobotSpec) -> Pairs:
    """Read what was stored for a robot; a robot without a file gets found anew."""
    path = file(spec.name)
    if not path.exists():
        return find(spec)
    pairs = settings.read(path, Pairs)
    if pairs.robot != spec.name:
        raise BadInput(f"{path} should be of {spec.name}, but is of '{pairs.robot}'; run "
                       f'`visuomotor safety pairs {spec.name}`.')
    return pairs


def store(pairs: Pairs) -> Path:
    """Write what was found."""
    path = file(pairs.robot)
    lines = [f'# Links that touch whatever the arm does (nearer than {SELF_MARGIN:g} m), found by',
             f'# `visuomotor safety pairs {pairs.robot}`; they are not looked at.',
             f'robot: {pairs.robot}', f'postures: {pairs.postures}', f'seed: {pairs.seed}',
             'touching:' if pairs.touching else 'touching: []',
             *(f'  - [{a}, {b}]' for a, b in pairs.touching)]
    path.write_text('\n'.join(lines) + '\n')
    return path


def file(robot: str) -> Path:
    return paths.CONFIG / 'collision' / f'{robot}.yaml'
