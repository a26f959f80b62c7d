"""A camera that OpenCV can open, read all the time by a thread: its newest picture is new."""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from visuomotor.nodes.camera.picture import Frame
from visuomotor.nodes.camera.source import Source
from visuomotor.specs.errors import BadInput

POLL = 200.0  # Hz, at which to ask for a new picture; the camera itself sets the pace


class Device(Source):
    """The newest picture wins, with the time at which it was grabbed."""

    def __init__(self, capture: Any, address: str, clock: Callable[[], float]) -> None:
        super().__init__(POLL)
        self.address = address
        self._capture, self._clock = capture, clock
        self._newest: Frame | None = None
        self._lost = self._closing = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._read, name=f'camera {address}', daemon=True)
        self._thread.start()

    def take(self, now: float) -> Frame | None:
        with self._lock:
            frame, self._newest = self._newest, None
            return frame

    def complaint(self) -> str:
        return (f'camera {self.address} gives no more pictures; is it still plugged in?'
                if self._lost else '')

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self._capture.release()

    def _read(self) -> None:
        while not self._closing and self._capture.grab():
            stamp = self._clock()  # right after the grab: decoding takes its own time
            read, picture = self._capture.retrieve()
            if not read:
                break
            self._keep(Frame(stamp, np.ascontiguousarray(picture[..., ::-1])))
        self._lost = not self._closing

    def _keep(self, frame: Frame) -> None:
        with self._lock:
            self.counts.captured += 1
            self.counts.dropped += self._newest is not None
            self._newest = frame


def open_device(address: str) -> Any:
    """Open a camera by index or path; refuse one that is absent or busy."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)   # we say why ourselves
    capture = cv2.VideoCapture(int(address) if address.isdecimal() and len(address) < 5
                               else address)
    if not capture.isOpened() or not capture.grab():
        capture.release()
        raise BadInput(f"There is no camera '{address}' that gives pictures; plug it in, close the "
                       "program that uses it, or give another index or path.")
    return capture
