"""The newest of everything that was heard, and whether it is enough to think about."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Newest:
    """Messages as they came, with the time of each in seconds; they are decoded only when a question is asked."""

    state: Any = None
    imu: Any = None
    truth: Any = None
    pictures: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, float] = field(default_factory=dict)  # camera -> s, ROS time of its newest picture
    used: float = float('-inf')                             # s, stamp of the newest picture asked about

    def begin(self) -> None:
        """Start an episode: no picture of it has been asked about."""
        self.used = float('-inf')

    def picture(self, camera: str, message: Any, stamp: float) -> None:
        self.pictures[camera], self.stamps[camera] = message, stamp

    def missing(self, cameras: Iterable[str], truth: bool, imu: bool, since: float) -> list[str]:
        """Name the topics that are needed and silent; pictures from before `since` show the last episode."""
        needed = [('joint_states', True, self.state), ('imu', imu, self.imu), ('world/truth', truth, self.truth)]
        dark = [camera for camera in cameras if self.stamps.get(camera, float('-inf')) < since]
        silent = [topic for topic, wanted, newest in needed if wanted and newest is None]
        return silent + [f'camera/{name}/image' for name in dark]

    def fresh(self, cameras: Iterable[str]) -> bool:
        """Tell whether a picture has come that nobody was asked about; without cameras everything is fresh."""
        newest = [self.stamps.get(camera, float('-inf')) for camera in cameras]
        return not newest or max(newest) > self.used

    def observed(self, cameras: Iterable[str], measured: float) -> float:
        """Return the stamp that a proposal answers: that of the newest picture, or of the joints without cameras."""
        newest = [self.stamps[camera] for camera in cameras]
        self.used = max(newest, default=self.used)
        return max(newest, default=measured)
