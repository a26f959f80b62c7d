"""The thousand objects of pybullet_data, 900 to train with, 100 held out, and their shapes."""
from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pybullet_data
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import choose
from visuomotor.specs.values import FloatArray

SCALE = 0.015                    # m for one unit of the object files
SPLITS = ('train', 'test')
YAWS = np.radians(np.arange(0, 180, 7.5))   # directions tried across an object
FOLDER = Path(pybullet_data.getDataPath()) / 'random_urdfs'


@functools.lru_cache
def split(name: str) -> tuple[Path, ...]:
    """Return the model files of one split; held out are the folders whose number ends in 0."""
    choose('split', name, SPLITS)
    # fnmatch negates with `!`: the public benchmark's `[^0]` matches the held-out folders and leaks
    # them into training.
    pattern = '*0/*.urdf' if name == 'test' else '*[!0]/*.urdf'
    return tuple(sorted(path.resolve() for path in FOLDER.glob(pattern)))


@functools.lru_cache
def check_disjoint() -> None:
    """Refuse to run when an object is in both splits, compared by the file that it really is."""
    both = set(split('train')) & set(split('test'))
    if both or not split('train') or not split('test'):
        raise BadInput(f'Training and held-out objects in {FOLDER} should be disjoint and not '
                       f'empty, but {len(both)} are in both; install pybullet again.')


@functools.lru_cache(maxsize=1024)
def outline(model: Path) -> FloatArray:
    """Return the corners of an object's shape in its own frame, in metres."""
    lines = model.with_suffix('.obj').read_text().splitlines()
    return np.array([line.split()[1:4] for line in lines if line.startswith('v ')],
                    dtype=np.float64) * SCALE


@dataclass(frozen=True)
class Footprint:
    """The narrowest upright box around an object where it lies."""

    centre: FloatArray   # x y z, m, world
    size: FloatArray     # m: across the narrow side, along it, height
    yaw: float           # rad, of the narrow side's direction, -pi/2 .. pi/2

    @property
    def numbers(self) -> FloatArray:
        """All of it in one row."""
        return np.array([*self.centre, *self.size, self.yaw])


def wrapped(angle: float) -> float:
    """Return the same direction without sign, in -pi/2 .. pi/2."""
    return float((angle + np.pi / 2) % np.pi - np.pi / 2)


def footprint(corners: FloatArray, position: FloatArray, rotation: FloatArray) -> Footprint:
    """Find the direction across which an object is narrowest, seen from above."""
    points = corners @ rotation.T + position
    across = points[:, :2] @ np.array([np.cos(YAWS), np.sin(YAWS)])
    best = int(np.argmin(np.ptp(across, axis=0)))
    c, s = np.cos(YAWS[best]), np.sin(YAWS[best])
    lines = (across[:, best], points[:, :2] @ np.array([-s, c]), points[:, 2])
    x, y, z = ((line.min() + line.max()) / 2 for line in lines)
    return Footprint(np.array([c * x - s * y, s * x + c * y, z]),
                     np.array([np.ptp(line) for line in lines]), wrapped(float(YAWS[best])))
