"""What a source of pictures is, and the count of what it did."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visuomotor.nodes.camera.picture import Frame


@dataclass
class Counts:
    """Pictures since the source was opened."""

    captured: int = 0
    dropped: int = 0   # captured or due, but replaced by a newer one before anybody took it


class Source:
    """Something that has pictures; one that is never asked is told them."""

    def __init__(self, rate: float = 0.0) -> None:
        self.counts = Counts()
        self.rate = rate   # Hz, at which it wants to be asked; 0: never

    def take(self, now: float) -> Frame | None:
        """Return the picture that is due at ROS time `now`; none when there is no new one."""
        return None

    def complaint(self) -> str:
        """Say what is wrong; empty: nothing."""
        return ''

    def close(self) -> None:
        """Let go of what it holds."""


class Rendered(Source):
    """A simulated camera: a picture whenever it is asked for."""

    def __init__(self, render: Callable[[], Frame], rate: float) -> None:
        super().__init__(rate)
        self._render = render

    def take(self, now: float) -> Frame | None:
        self.counts.captured += 1
        return self._render()
