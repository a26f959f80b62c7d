"""A video file keeps its pace, a device never shows an old picture, and what is absent is
refused."""
from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from visuomotor.nodes.camera.device import Device, open_device
from visuomotor.nodes.camera.video import Video
from visuomotor.specs.errors import BadInput


@pytest.fixture
def film(tmp_path):
    """Five pictures at 10 a second, lossless: red 0, 50, 100, 150, 200."""
    path = tmp_path / 'film.avi'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'FFV1'), 10, (32, 24))
    for red in (0, 50, 100, 150, 200):
        picture = np.zeros((24, 32, 3), np.uint8)
        picture[..., 2] = red
        writer.write(picture)
    writer.release()
    return path


def reds(video: Video, times) -> list:
    frames = [video.take(time) for time in times]
    return [None if frame is None else int(frame.rgb[0, 0, 0]) for frame in frames]


def test_a_film_runs_at_its_own_rate(film):
    video = Video(film, loop=False)
    assert video.rate == 10.0
    assert reds(video, [7.0, 7.04, 7.1, 7.2]) == [0, None, 50, 100]
    assert video.counts.captured == 3


def test_a_film_runs_at_a_given_rate_and_skips_what_is_late(film):
    video = Video(film, rate=2.0, loop=False)
    assert reds(video, [0.0, 0.5, 1.5]) == [0, 50, 150]
    assert (video.counts.captured, video.counts.dropped) == (3, 1)


def test_a_film_ends_or_begins_again(film):
    once, again = Video(film, loop=False), Video(film, loop=True)
    times = [index / 10 for index in range(7)]
    assert reds(once, times) == [0, 50, 100, 150, 200, None, None]
    assert once.complaint().endswith('film.avi has ended')
    assert reds(again, times) == [0, 50, 100, 150, 200, 0, 50]
    assert again.complaint() == ''


def test_the_stamp_is_when_it_was_shown(film):
    frame = Video(film).take(3.25)
    assert frame is not None
    assert frame.stamp == 3.25
    assert frame.rgb.shape == (24, 32, 3)


def test_a_missing_or_broken_film_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r'no video file'):
        Video(tmp_path / 'none.avi')
    (tmp_path / 'text.avi').write_text('not a film')
    with pytest.raises(BadInput, match=r'cannot be read as a video'):
        Video(tmp_path / 'text.avi')


def test_an_absent_device_is_refused():
    with pytest.raises(BadInput, match=r"no camera '77' that gives pictures"):
        open_device('77')


class Scripted:
    """A capture that hands out pictures when the test allows it."""

    def __init__(self, reds):
        self.reds = list(reds)
        self.allowed = threading.Semaphore(0)
        self.grabbing = threading.Semaphore(0)
        self.released = False

    def grab(self):
        self.grabbing.release()
        self.allowed.acquire()
        return bool(self.reds)

    def retrieve(self):
        picture = np.zeros((2, 2, 3), np.uint8)
        picture[..., 2] = self.reds.pop(0)
        return True, picture

    def release(self):
        self.released = True

    def let(self, count):
        """Allow so many grabs and wait until the next one is asked for."""
        for _ in range(count):
            self.grabbing.acquire()
            self.allowed.release()
        self.grabbing.acquire()
        self.grabbing.release()


def test_the_newest_picture_of_a_device_wins():
    times = iter([1.0, 2.0, 3.0])
    capture = Scripted([10, 20, 30])
    device = Device(capture, '0', lambda: next(times))
    capture.let(2)
    frame = device.take(5.0)
    assert frame is not None
    assert (frame.stamp, frame.rgb[0, 0].tolist()) == (2.0, [20, 0, 0])
    assert device.take(5.0) is None
    assert (device.counts.captured, device.counts.dropped) == (2, 1)
    capture.let(1)
    frame = device.take(6.0)
    assert frame is not None
    assert frame.stamp == 3.0
    capture.allowed.release()  # nothing is left: as if it were unplugged
    device._thread.join()
    assert 'gives no more pictures' in device.complaint()
    device.close()
    assert capture.released
