"""The numbers of a lens as sensor_msgs/CameraInfo."""
from __future__ import annotations

from sensor_msgs.msg import CameraInfo, Image


def camera_info(picture: Image, focal: tuple[float, float],
                centre: tuple[float, float]) -> CameraInfo:
    """Describe a picture that is free of distortion. Focal lengths and centre in pixels, stamped as
    the picture is."""
    (fx, fy), (cx, cy) = focal, centre
    return CameraInfo(header=picture.header, width=picture.width, height=picture.height,
                      distortion_model='plumb_bob', d=[0.0] * 5,
                      k=[fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0],
                      r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
                      p=[fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0])
