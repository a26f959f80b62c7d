"""What a source of pictures is, and the count of what it did."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from visuomotor.nodes.camera.picture import Frame


@dataclass
class Counts:
    """Pictures since the source was opened."""

    captured: int = 0
    dropped: int = 0   # captured or due, but replaced by a newer one before anybody took it


class Source(Protocol):
    """Something that has pictures."""

    counts: Counts
    rate: float        # Hz, at which it wants to be asked

    def take(self, now: float) -> Frame | None:
        """Return the picture that is due at ROS time `now`; none when there is no new one."""

    def complaint(self) -> str:
        """Say what is wrong; empty: nothing."""

    def close(self) -> None: ...


class Rendered:
    """A simulated camera: a picture whenever it is asked for."""

    def __init__(self, render: Callable[[], Frame], rate: float) -> None:
        self.counts, self.rate = Counts(), rate
        self._render = render

    def take(self, now: float) -> Frame | None:
        self.counts.captured += 1
        return self._render()

    def complaint(self) -> str:
        return ''

    def close(self) -> None:
        """The world is the driver's."""
