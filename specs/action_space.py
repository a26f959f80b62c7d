"""What a policy's numbers mean: a few numbers in -1..1 become targets of one mode, in units."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from visuomotor.specs.chunk import SPEEDS
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.values import FloatArray, Proposal

FIXED_WIDTH = {Mode.CARTESIAN_POSE: 7, Mode.CARTESIAN_TWIST: 6, Mode.GRIPPER: 0}   # else: joints


@dataclass(frozen=True)
class ActionSpace(Settings):
    """The mode, and for each number of the policy which component it moves, by how much."""

    mode: str = required('joint_position, joint_velocity, cartesian_pose, cartesian_twist, gripper '
                         'or leg')
    width: int = required('components of the mode: joints, 7, 6, 0 or 2 x legs', least=0, most=1000)
    axes: tuple[int, ...] = required('component that each number moves')
    scale: tuple[float, ...] = required('value of the component at 1', 'unit of the mode',
                                        least=-1e3, most=1e3)
    centre: tuple[float, ...] = setting((), 'value of every component at 0; empty: zeros',
                                        'unit of the mode', least=-1e3, most=1e3)
    gripper: bool = setting(False, 'one more number: -1 open .. 1 closed')
    rate: float = setting(20.0, 'actions a second', 'Hz', above=0, most=10_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mode.upper() not in Mode.__members__:
            raise ValueError(f"unknown mode '{self.mode}'; known are "
                             f"{', '.join(m.lower() for m in Mode.__members__)}")
        expected = FIXED_WIDTH.get(self.code, self.width)
        if self.width != expected:
            raise ValueError(f'mode {self.mode} is {expected} wide, not {self.width}')
        if len(self.axes) != len(self.scale):
            raise ValueError(f'{len(self.axes)} axes but {len(self.scale)} scales')
        if self.centre and len(self.centre) != self.width:
            raise ValueError(f'centre has {len(self.centre)} values for width {self.width}')
        if 0.0 in self.scale or len(set(self.axes)) != len(self.axes):
            raise ValueError('each axis should come once, with a scale that is not 0, but they '
                             f'are {self.axes} and {self.scale}')
        if any(not 0 <= axis < self.width for axis in self.axes):
            raise ValueError(f'axes {self.axes} do not fit width {self.width}')

    @cached_property
    def _spread(self) -> FloatArray:
        """Matrix that puts each number on its axis, in its unit."""
        spread = np.zeros((len(self.axes), self.width))
        spread[range(len(self.axes)), self.axes] = self.scale
        return spread

    @cached_property
    def code(self) -> Mode:
        """The mode, as messages name it."""
        return Mode[self.mode.upper()]

    @property
    def size(self) -> int:
        """How many numbers a policy gives for one moment."""
        return len(self.axes) + self.gripper

    def rest(self, actions: FloatArray) -> FloatArray:
        """Return the action to end these with: speeds end, places and the gripper stay."""
        row = np.array(actions, dtype=np.float64, ndmin=2)[-1:]
        if self.code in SPEEDS:
            row[:, :len(self.axes)] = 0.0
        return row

    def decode(self, actions: FloatArray, observed: float, latency: float = 0.0) -> Proposal:
        """Turn actions, (size) or (n, size), into a proposal; the first is due `latency` later."""
        rows = np.minimum(np.maximum(np.array(actions, dtype=np.float64, ndmin=2), -1.0), 1.0)
        if rows.shape[1] != self.size:
            raise ValueError(f'the policy gave {rows.shape[1]} numbers for one action, but this '
                             f'task takes {self.size}')
        targets = rows[:, :len(self.axes)].dot(self._spread)
        if self.centre:
            targets += self.centre
        times = latency + np.arange(len(rows)) / self.rate
        closing = (rows[:, -1] + 1) / 2 if self.gripper else np.zeros(0)
        return Proposal(self.code, times, targets, closing, observed)

    def encode(self, targets: FloatArray, gripper: FloatArray | None = None) -> FloatArray:
        """Turn targets of the mode, (rows, width) in its unit, and closings, (rows,) 0..1, into
        actions, (rows, size): the exact inverse of `decode`, what lies outside cut to -1..1.

        Raises:
            BadInput: when the targets are of another width, or closings are missing or too many.
        """
        rows = np.array(targets, dtype=np.float64, ndmin=2)
        if rows.shape[1] != self.width:
            raise BadInput(f'targets of mode {self.mode} should be {self.width} wide, but are '
                           f'{rows.shape[1]}')
        if self.gripper and (gripper is None or len(gripper) != len(rows)):
            raise BadInput(f'{len(rows)} targets need one closing each, but '
                           f'{0 if gripper is None else len(gripper)} came')
        away = rows - np.array(self.centre) if self.centre else rows
        moved = away[:, list(self.axes)] / np.array(self.scale)
        if gripper is not None and self.gripper:
            moved = np.column_stack((moved, 2.0 * np.asarray(gripper) - 1.0))
        actions: FloatArray = np.clip(moved, -1.0, 1.0)
        return actions
