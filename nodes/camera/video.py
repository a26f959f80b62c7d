"""A video file as a camera: its pictures at its own rate, or a given one, of ROS time."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from visuomotor.nodes.camera.picture import Frame
from visuomotor.nodes.camera.source import Source
from visuomotor.specs.errors import BadInput


class Video(Source):
    """Shows the picture that is due and skips those before it, so that it never runs late."""

    def __init__(self, path: Path, rate: float = 0.0, loop: bool = True) -> None:
        self.path = path
        self.loop = loop
        self._file = self._open()
        super().__init__(rate or float(self._file.get(cv2.CAP_PROP_FPS)))
        self._began: float | None = None
        self._shown = -1       # number of the newest picture shown, over all rounds
        self.ended = False
        if not self.rate > 0:
            raise BadInput(f'{path} does not say how many pictures a second it has; set parameter '
                           'rate.')

    def take(self, now: float) -> Frame | None:
        self._began = now if self._began is None else self._began
        due = round((now - self._began) * self.rate)
        if self.ended or due <= self._shown:
            return None
        self.counts.dropped += due - self._shown - 1
        picture = None
        while self._shown < due and not self.ended:
            picture = self._next()
            self._shown += 1
        if picture is None:
            return None
        self.counts.captured += 1
        return Frame(now, np.ascontiguousarray(picture[..., ::-1]))

    def complaint(self) -> str:
        return f'{self.path} has ended' if self.ended else ''

    def close(self) -> None:
        self._file.release()

    def _open(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            raise BadInput(f'There is no video file {self.path}; give the path of one.')
        file = cv2.VideoCapture(str(self.path))
        if not file.isOpened():
            raise BadInput(f'{self.path} cannot be read as a video; convert it to MP4 or AVI.')
        return file

    def _next(self) -> np.ndarray | None:  # type: ignore[type-arg]
        """Read on; at the end begin again or stay there."""
        read, picture = self._file.read()
        if not read and self.loop:
            self._file.release()
            self._file = self._open()
            read, picture = self._file.read()
        self.ended = not read
        return picture if read else None
