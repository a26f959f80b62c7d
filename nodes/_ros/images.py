"""Pictures to messages and back: uint8 arrays of height x width x 3, red first."""
from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image
from visuomotor.nodes._ros.convert import NAME, header
from visuomotor.specs.errors import BadInput

SIDE = 10_000   # pixels


def image_message(rgb: NDArray[np.uint8], when: float, frame: str) -> Image:
    """Height x width x 3 to an rgb8 Image."""
    height, width, _ = rgb.shape
    message = Image(header=header(when, frame), height=height, width=width, encoding='rgb8',
                    step=3 * width)
    message.data = array('B', np.ascontiguousarray(rgb, dtype=np.uint8).tobytes())
    return message


def camera_info(picture: Image, fx: float, fy: float, cx: float, cy: float) -> CameraInfo:
    """Describe a picture free of distortion; focal lengths and centre are in pixels."""
    return CameraInfo(header=picture.header, width=picture.width, height=picture.height,
                      distortion_model='plumb_bob', d=[0.0] * 5,
                      k=[fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0],
                      r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
                      p=[fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0])


def picture(message: Image) -> NDArray[np.uint8]:
    """An rgb8, bgr8 or mono8 Image to height x width x 3, red first."""
    channels = {'rgb8': 3, 'bgr8': 3, 'mono8': 1}.get(message.encoding)
    if channels is None:
        raise BadInput("pictures should be rgb8, bgr8 or mono8, but "
                       f"'{message.encoding[:NAME]}' came; convert them first.")
    size, used = message.height * message.step, channels * message.width
    if not (0 < message.height <= SIDE and 0 < used <= min(message.step, 3 * SIDE)
            and len(message.data) == size):
        raise BadInput(f'a picture of {message.width} x {message.height} pixels in rows of '
                       f'{message.step} bytes should hold {size} bytes, but holds '
                       f'{len(message.data)}.')
    rows = np.frombuffer(message.data, dtype=np.uint8).reshape(message.height, message.step)
    pixels = rows[:, :channels * message.width].reshape(message.height, message.width, channels)
    if message.encoding == 'mono8':
        return np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels[..., ::-1] if message.encoding == 'bgr8' else pixels)
