"""From the source's picture to the published one: straighten, crop, resize; the lens follows."""
from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from visuomotor.nodes.camera.settings import CameraSettings
from visuomotor.specs.errors import BadInput

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Lens:
    """Pinhole numbers of a picture, in pixels; the middle of the first pixel is 0, 0."""

    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()

    @property
    def matrix(self) -> NDArray[np.float64]:
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Frame:
    """One picture and the ROS time, in seconds, at which the light fell."""

    stamp: float
    rgb: Pixels


def lens_of_view(fov: float, width: int, height: int) -> Lens:
    """Return the numbers of a simulated camera with this vertical field of view, in degrees."""
    focal = height / 2 / math.tan(math.radians(fov) / 2)
    return Lens(focal, focal, (width - 1) / 2, (height - 1) / 2)


class Pipeline:
    """The same steps for every picture of one camera."""

    def __init__(self, settings: CameraSettings) -> None:
        self.settings = settings
        self.lens: Lens | None = None   # nobody has calibrated it
        if settings.matrix:
            fx, fy, cx, cy = settings.matrix
            self.lens = Lens(fx, fy, cx, cy, settings.distortion)
        self._maps: tuple[tuple[int, int], Pixels, Pixels] | None = None

    def process(self, rgb: Pixels) -> Pixels:
        """Return the picture as it is published."""
        if self.lens and self.lens.distortion:
            rgb = self._straighten(rgb, self.lens)
        left, top, width, height = self.part(rgb.shape[1], rgb.shape[0])
        rgb = rgb[top:top + height, left:left + width]
        if self.settings.width and (width, height) != (self.settings.width, self.settings.height):
            rgb = self._resize(rgb)
        return np.ascontiguousarray(rgb)

    def part(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of what is kept of a picture of this size."""
        chosen = self.settings
        if chosen.crop == 'none':
            return 0, 0, width, height
        if chosen.crop == 'box':
            left, top, wide, high = chosen.box
            fits = left + wide <= width and top + high <= height
            if min(left, top) < 0 or min(wide, high) < 1 or not fits:
                raise BadInput(f"Camera '{chosen.camera}': box {chosen.box} does not fit into its "
                               f'pictures of {width} x {height}; choose a smaller one.')
            return left, top, wide, high
        scale = min(width / chosen.width, height / chosen.height)
        wide, high = round(chosen.width * scale), round(chosen.height * scale)
        return (width - wide) // 2, (height - high) // 2, wide, high

    def published(self, width: int, height: int) -> Lens | None:
        """Return the numbers of the published picture for sources of this size, when known."""
        source = self.lens
        if source is None:
            return None
        left, top, wide, high = self.part(width, height)
        x, y = (self.settings.width or wide) / wide, (self.settings.height or high) / high
        cx, cy = (source.cx - left + 0.5) * x - 0.5, (source.cy - top + 0.5) * y - 0.5
        return Lens(source.fx * x, source.fy * y, cx, cy)

    def _resize(self, rgb: Pixels) -> Pixels:
        """Average when shrinking, so that nothing flickers; interpolate when growing."""
        shrinking = rgb.shape[1] >= self.settings.width
        how = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(rgb, (self.settings.width, self.settings.height),
                                     interpolation=how), np.uint8)

    def _straighten(self, rgb: Pixels, lens: Lens) -> Pixels:
        size = (rgb.shape[1], rgb.shape[0])
        if self._maps is None or self._maps[0] != size:
            coefficients = np.array(lens.distortion)
            maps = cv2.initUndistortRectifyMap(lens.matrix, coefficients, None, lens.matrix, size,
                                               cv2.CV_16SC2)
            self._maps = (size, *maps)
        return np.asarray(cv2.remap(rgb, self._maps[1], self._maps[2], cv2.INTER_LINEAR), np.uint8)
