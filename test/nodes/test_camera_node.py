"""The camera node in a graph of its own. Stamps, latency, numbers of the lens, and one sentence for
what is absent."""
from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import CameraInfo, Image
from visuomotor.nodes._ros import convert, images, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.specs.errors import BadInput
from visuomotor.worlds import running


class Viewer(Node):
    """Looks at the pictures, and shows some of its own."""

    def open(self):
        self.seen = []
        self.infos = []
        self.health = []
        self.raw = self.publisher(Image, 'usb/raw', qos.IMAGE)
        self.subscription(Image, 'camera/front/image', lambda m: self.seen.append((self.now, m)),
                          qos.IMAGE)
        self.subscription(Image, 'camera/shoulder/image', lambda m: self.seen.append((self.now, m)),
                          qos.IMAGE)
        self.subscription(CameraInfo, 'camera/shoulder/camera_info', self.infos.append, qos.IMAGE)
        self.subscription(DiagnosticArray, '/diagnostics', self.health.append, qos.EVENT)


@pytest.fixture
def start(rig):
    """Start a camera with these parameters beside a viewer; return both and the conductor."""
    def start(**parameters):
        rig.namespace = 'left'
        camera, viewer = rig.make('camera', **parameters), rig.add(Viewer, name='viewer')
        rig.up()
        return camera, viewer, rig.conductor

    return start


@pytest.fixture
def world():
    """Stand in for a simulated world. Every picture is one shade brighter, at half the speed of the
    graph."""
    shown = []

    def picture(camera):
        shown.append(camera)
        return SimpleNamespace(stamp=float(len(shown)),
                               rgb=np.full((128, 128, 3), len(shown), np.uint8))

    running.publish('/left', SimpleNamespace(picture=picture), lambda seconds: 1.0 + 0.05 * seconds)
    yield shown
    running.withdraw('/left')


def test_a_simulated_camera_is_as_late_as_its_task_says(start, world):
    _, viewer, conductor = start(camera='shoulder', source='world', robot='iiwa7', task='grasp')
    for _ in range(21):
        conductor.beat()
    # Light at 1.05, 1.10 .. s, at the 20 Hz of config/tasks/grasp.yaml, there 0.02 s later.
    assert [round(now, 6) for now, _ in viewer.seen] == [1.07, 1.12, 1.17]
    assert [convert.seconds(m.header.stamp) for _,
            m in viewer.seen] == pytest.approx([1.05, 1.1, 1.15])
    assert [m.data[0] for _, m in viewer.seen] == [1, 2, 3]
    assert set(world) == {'shoulder'}
    info = viewer.infos[0]
    assert (info.width, info.height, info.header.stamp) == (128, 128,
                                                            viewer.seen[0][1].header.stamp)
    assert info.k[0] == pytest.approx(166.73, abs=0.01)   # 64 / tan(21 deg)
    assert info.k[2] == 63.5


def test_nothing_is_published_while_inactive_and_nothing_old_afterwards(start, world):
    camera, viewer, conductor = start(camera='shoulder', source='world', robot='iiwa7',
                                      task='grasp')
    for _ in range(6):
        conductor.beat()
    camera.trigger_deactivate()
    for _ in range(10):
        conductor.beat()
    assert viewer.seen == []
    assert len(world) == 1
    camera.trigger_activate()
    for _ in range(5):
        conductor.beat()
    assert [m.data[0] for _, m in viewer.seen] == [2]


def test_a_world_that_is_gone_is_told_and_ends_nothing(start, world, capfd):
    _, viewer, conductor = start(camera='shoulder', source='world', robot='iiwa7', task='grasp')
    running.withdraw('/left')
    for _ in range(21):
        conductor.beat()
    assert viewer.seen == []
    assert 'no simulated world in this' in capfd.readouterr().err


def test_another_topic_is_cropped_and_keeps_its_stamp(start):
    _, viewer, conductor = start(camera='front', source='topic', address='usb/raw', crop='box',
                                 box=[1, 0, 2, 2])
    picture = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    viewer.raw.publish(images.image_message(picture, 0.25, 'usb'))
    viewer.raw.publish(images.image_message(picture[:1], 0.5, 'usb'))   # too small for the box
    for _ in range(101):
        conductor.beat()
    ((_, message),) = viewer.seen
    assert convert.seconds(message.header.stamp) == 0.25
    assert (message.width, message.height, message.header.frame_id) == (2, 2, 'front')
    assert images.picture(message).tolist() == [[[3, 4, 5], [6, 7, 8]],
                                                 [[15, 16, 17], [18, 19, 20]]]
    status = [s for m in viewer.health for s in m.status if s.name == 'camera front'][-1]
    assert 'box (1, 0, 2, 2) does not fit into its pictures of 4 x 1' in status.message
    assert [(v.key, v.value) for v in status.values] == [
        ('captured', '2'), ('dropped', '0'), ('published', '1'), ('source', 'topic')]


def test_a_film_is_shown_in_ros_time(start, tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / 'a.avi'), cv2.VideoWriter_fourcc(*'FFV1'), 50, (32, 24))
    for shade in (10, 20, 30):
        writer.write(np.full((24, 32, 3), shade, np.uint8))
    writer.release()
    _, viewer, conductor = start(camera='front', source='video', address=str(tmp_path / 'a.avi'),
                                 width=16, height=12)
    for _ in range(8):
        conductor.beat()
    assert [(round(now, 6), m.width, m.data[0]) for now, m in viewer.seen] == [
        (1.02, 16, 10), (1.04, 16, 20), (1.06, 16, 30), (1.08, 16, 10)]


@pytest.mark.parametrize(('parameters', 'sentence'), [
    ({'camera': 'front', 'source': 'video', 'address': '/none.avi'},
     r'camera: There is no video file /none.avi'),
    ({'camera': 'front', 'source': 'device', 'address': '77'},
     r"camera: There is no camera '77' that gives pictures"),
    ({'camera': 'shoulder', 'source': 'world', 'robot': 'iiwa7', 'task': 'grasp'},
     r'no simulated world in this'),
    ({'camera': 'sholder', 'source': 'world', 'robot': 'iiwa7', 'task': 'grasp'},
     r"no camera 'sholder'; did you mean shoulder"),
])
def test_what_is_absent_is_refused_in_one_sentence(start, parameters, sentence):
    with pytest.raises(BadInput, match=sentence):
        start(**parameters)
