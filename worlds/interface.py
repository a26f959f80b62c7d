"""What a simulated world is to the rest: one robot, one task, time that moves only when asked."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.robots.interface import Robot
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import Truth


@dataclass(frozen=True)
class Picture:
    """What a simulated camera saw at one moment."""

    stamp: float                        # s of world time, when the light fell
    rgb: NDArray[np.uint8]              # height x width x 3
    depth: NDArray[np.float32] | None = None        # m along the optical axis
    segmentation: NDArray[np.int32] | None = None   # body number, -1 background


class World(Protocol):
    """One physics client with one robot doing one task. Time moves only in `advance`."""

    spec: RobotSpec
    task: TaskSpec

    @property
    def robot(self) -> Robot:
        """The simulated robot; `connect` it before sending."""

    @property
    def time(self) -> float:
        """Seconds of world time since the world was made."""

    def advance(self, seconds: float) -> None:
        """Run whole physics steps. What is left over is kept for the next call."""

    def new_scene(self, rng: np.random.Generator) -> str:
        """Lay out objects and draw randomisation; return the scene's hash. The arm is not touched;
        a legged robot is put back on its start."""

    def picture(self, camera: str, depth: bool = False, segmentation: bool = False) -> Picture:
        """Render one of `cameras` now."""

    def truth(self) -> Truth:
        """Return the simulator's own state now."""

    def close(self) -> None: ...
