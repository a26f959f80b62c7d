"""Publishes the pictures of one camera, stamped with the time when the light fell.

in   a simulated world of this process, a device, a video file or another Image topic
out  camera/<name>/image   rgb8, straightened, cropped and resized as asked
     camera/<name>/camera_info
     /diagnostics          pictures captured, published and dropped
"""
from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import CameraInfo, Image
from visuomotor.nodes._ros import convert, images, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.camera.device import Device, open_device
from visuomotor.nodes.camera.picture import Frame, Pipeline, lens_of_view
from visuomotor.nodes.camera.settings import CameraSettings
from visuomotor.nodes.camera.source import Rendered, Source
from visuomotor.nodes.camera.video import Video
from visuomotor.specs import settings
from visuomotor.specs.delay_queue import DelayQueue
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.worlds import running

DELIVERY = 0.005  # s, between two looks at pictures on their way


class CameraNode(Node):
    """One camera."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('camera', **kwargs)
        self.settings = declare(self, CameraSettings)

    def open(self) -> None:
        self.pipeline = Pipeline(self.settings)
        self.published = 0
        self.trouble = ''
        self.described: tuple[int, ...] = ()   # shape of the source's picture that `info` is for
        self.info: CameraInfo | None = None
        self.waiting = DelayQueue[Frame](max(0.0, self.settings.latency))
        self.source: Source = getattr(self, f'open_{self.settings.source}')()
        topic = f'camera/{self.settings.camera}'
        self.pictures = self.publisher(Image, f'{topic}/image', qos.IMAGE)
        self.infos = self.publisher(CameraInfo, f'{topic}/camera_info', qos.IMAGE)
        self.health = self.publisher(DiagnosticArray, '/diagnostics', qos.EVENT)
        self.timer(1.0, self.on_second)
        self.delivery = self.timer(DELIVERY, self.deliver)
        self.delivery.cancel()
        self.also_undo(self.source.close)
        if self.source.rate:
            self.timer(1.0 / self.source.rate, self.capture)
        else:
            self.subscription(Image, self.settings.address, self.on_picture, qos.IMAGE)

    # One for each source by its name.
    def open_video(self) -> Source:
        return Video(Path(self.settings.address), self.settings.rate, self.settings.loop)

    def open_device(self) -> Source:
        return Device(open_device(self.settings.address), self.settings.address, lambda: self.now)

    def open_topic(self) -> Source:
        return Source()   # pictures come by themselves

    def open_world(self) -> Source:
        task = load_task(self.settings.task)
        mounts = {**load_robot(self.settings.robot).cameras, **task.cameras}
        mount = mounts[settings.choose('camera', self.settings.camera, mounts)]
        running.find(self.get_namespace())
        self.pipeline.lens = lens_of_view(mount.fov, mount.width, mount.height)
        self.waiting = DelayQueue(self.settings.latency if self.settings.latency >= 0
                                  else task.latency.camera)
        return Rendered(self.render, self.settings.rate or mount.rate)

    def render(self) -> Frame:
        space = self.get_namespace()
        picture = running.find(space).picture(self.settings.camera)
        return Frame(running.graph_time(space, picture.stamp), picture.rgb)

    def capture(self) -> None:
        frame = self.source.take(self.now)
        if frame is None:
            return
        self.waiting.put(frame, frame.stamp)
        self.deliver()
        if not self.waiting.empty:
            self.delivery.reset()

    def on_picture(self, message: Image) -> None:
        self.source.counts.captured += 1
        self.publish(Frame(convert.seconds(message.header.stamp), images.picture(message)))

    def deliver(self) -> None:
        for frame in self.waiting.due(self.now):
            self.publish(frame)
        if self.waiting.empty:
            self.delivery.cancel()

    def publish(self, frame: Frame) -> None:
        try:
            rgb = self.pipeline.process(frame.rgb)
        except BadInput as error:
            self.trouble = str(error)
            return
        message = images.image_message(rgb, frame.stamp, self.settings.camera)
        self.pictures.publish(message)
        self.published += 1
        if info := self.info_of(message, frame.rgb.shape):
            self.infos.publish(info)

    def info_of(self, message: Image, source: tuple[int, ...]) -> CameraInfo | None:
        """Describe the lens; its numbers change only with the size of the source's pictures."""
        if source != self.described:
            lens = self.pipeline.published(source[1], source[0])
            self.info = (images.camera_info(message, lens.fx, lens.fy, lens.cx, lens.cy)
                         if lens else None)
            self.described = source
        if self.info:
            self.info.header = message.header
        return self.info

    def halt(self) -> None:
        self.waiting.clear()

    def on_second(self) -> None:
        name, complaints = self.settings.camera, (self.trouble, self.source.complaint())
        numbers = {**asdict(self.source.counts), 'published': self.published,
                   'source': self.settings.source}
        self.health.publish(convert.diagnostics(self.now, f'camera {name}', name, complaints,
                                                numbers))


def main() -> None:
    run(CameraNode)
