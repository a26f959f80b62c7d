"""What a camera node has to be told."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import CameraMount
from visuomotor.specs.settings import Settings, required, setting

SOURCES = ('world', 'device', 'topic', 'video')
CROPS = ('none', 'centre', 'box')
ADDRESSED = {'device': "an index or a path such as '0' or '/dev/video0'",
             'topic': "the topic's name", 'video': 'the path of a file'}


@dataclass(frozen=True)
class CameraSettings(Settings):
    """Where the pictures come from, and the shape that they leave in."""

    camera: str = required('name; pictures are on camera/<name>/image')
    source: str = setting('world', 'world: simulated; device: OpenCV; topic: an existing '
                          'sensor_msgs/Image; video: a file', choices=SOURCES)
    address: str = setting('', 'device: index or path; topic: its name; video: the file')
    robot: str = setting('', 'source world: which robot, for the cameras that it carries')
    task: str = setting('', 'source world: which task, for the cameras of its scene')
    rate: float = setting(0.0, 'pictures a second of a world or video; 0: its own', 'Hz', least=0,
                          most=1000)
    latency: float = setting(-1.0, 'modelled, from the light to the picture being there; below 0: '
                             'as the task says', 's', least=-1, most=2)
    loop: bool = setting(True, 'source video: begin again at the end')
    crop: str = setting(
        'none', 'none; centre: the largest part in the shape of width x height; box', choices=CROPS)
    box: tuple[int, ...] = setting((), 'crop box: left, top, width, height', 'px', least=0,
                                   most=16_384)
    width: int = setting(0, 'of the published picture; 0: as it is', 'px', least=0, most=8192)
    height: int = setting(0, 'of the published picture; 0: as it is', 'px', least=0, most=8192)
    matrix: tuple[float, ...] = setting((), 'fx, fy, cx, cy of the source; empty: not known', 'px',
                                        least=-1e5, most=1e5)
    distortion: tuple[float, ...] = setting(
        (), 'k1, k2, p1, p2 and further of OpenCV; straightened out when given')

    def __post_init__(self) -> None:
        super().__post_init__()
        if not re.fullmatch('[A-Za-z][A-Za-z0-9_]*', self.camera):
            raise BadInput("A camera's name is letters, digits and _ such as 'wrist', but "
                           f"'{self.camera}' came.")
        if self.source in ADDRESSED and not self.address:
            raise BadInput(f"Camera '{self.camera}': source {self.source} needs "
                           f"{ADDRESSED[self.source]}; set parameter address.")
        if self.source == 'world' and not (self.robot and self.task):
            raise BadInput(f"Camera '{self.camera}': source world needs robot and task; set both "
                           "parameters.")
        if (self.width == 0) != (self.height == 0):
            raise ValueError(f'width and height should both be given or both be 0, but they are '
                             f'{self.width} and {self.height}')
        if (self.crop == 'box') != (len(self.box) == 4) or (self.crop == 'centre'
                                                            and not self.width):
            raise ValueError('crop box needs box: left, top, width, height; crop centre needs '
                             'width and height')
        if len(self.matrix) not in (0, 4) or (self.distortion and not self.matrix):
            raise ValueError('matrix should be fx, fy, cx, cy, and distortion needs it')
        if self.distortion and len(self.distortion) not in (4, 5, 8, 12, 14):
            raise ValueError('distortion should be 4, 5, 8, 12 or 14 numbers, but is '
                             f'{len(self.distortion)}')


def of_mount(camera: str, mount: CameraMount, simulated: bool) -> dict[str, Any] | None:
    """Return what the node of one camera of a robot or a scene is told; None where nothing has its
    pictures. Outside simulation pictures come from the mount's device or topic, cut and resized to
    the mount's size."""
    if simulated:
        return {'camera': camera, 'source': 'world'}
    source = 'device' if mount.device else 'topic'
    shape = {'crop': 'centre', 'width': mount.width, 'height': mount.height}
    address = mount.device or mount.topic
    return {'camera': camera, 'source': source, 'address': address, **shape} if address else None
