"""The last picture of each episode, framed in the colour of how it ended. And the figures of a
run."""
from __future__ import annotations

import struct

import cv2
import numpy as np
from visuomotor.episodes import read
from visuomotor.episodes.contact_sheet import contact_sheet, fitted
from visuomotor.episodes.log import EpisodeWriter

IMAGE = ('std_msgs/Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 '
         'is_bigendian\nuint32 step\n'
         'uint8[] data\n'
         + '=' * 80 + '\nMSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id\n'
         + '=' * 80 + '\nMSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n')


def image(red: int, green: int, blue: int, height: int = 4, width: int = 6) -> bytes:
    pixels = bytes((red, green, blue)) * (height * width)
    head = struct.pack('<iII1s3x', 1, 0, 1, b'\0') + struct.pack('<II', height, width)
    code = struct.pack('<I5s', 5, b'rgb8\0')
    return b'\x00\x01\x00\x00' + head + code + struct.pack('<B2xII', 0, 3 * width,
                                                           len(pixels)) + pixels


def episode(path, result: str, colours, duration: str = '2.0', truth: str = 'UNKNOWN'):
    about = {'robot': 'iiwa7', 'task': 'grasp', 'policy': 'hold', 'number': '1', 'seed': '0'}
    writer = EpisodeWriter(path, about)
    channel = writer.channel('camera/front/image', 'sensor_msgs/msg/Image', IMAGE)
    for when, colour in enumerate(colours):
        writer.write(channel, image(*colour), when, when)
    return writer.commit({'result': result, 'truth': truth, 'reason': '', 'return_value': '1.0',
                          'duration': duration,
                          'policy_hash': ''}).path


def test_the_newest_picture_of_an_episode(tmp_path):
    path = episode(tmp_path / 'episode_00001.mcap', 'SUCCESS', [(255, 0, 0), (0, 0, 255)])
    picture = read.last_picture(path)
    assert picture is not None
    assert picture.shape == (4, 6, 3)
    assert picture[0, 0].tolist() == [0, 0, 255]
    assert read.last_picture(path, 'camera/none/image') is None


def test_a_tile_for_each_episode_in_the_colour_of_its_outcome(tmp_path):
    files = [episode(tmp_path / 'episode_00001.mcap', 'SUCCESS', [(10, 20, 30)]),
             episode(tmp_path / 'episode_00002.mcap', 'FAILURE', []),
             episode(tmp_path / 'episode_00003.mcap', 'ABORTED', [(10, 20, 30)])]
    out = contact_sheet(files, tmp_path / 'sheet.png', columns=2, size=64)
    assert out == tmp_path / 'sheet.png'
    sheet = cv2.imread(str(out))[..., ::-1]
    assert sheet.shape == (2 * 90, 2 * 72, 3)
    assert sheet[1, 1].tolist() == [46, 160, 67]          # green frame
    assert sheet[36, 36].tolist() == [10, 20, 30]         # its picture
    assert sheet[1, 73].tolist() == [207, 34, 46]         # red frame
    assert sheet[36, 72 + 36].tolist() == [200, 200, 200]  # no picture
    assert sheet[91, 1].tolist() == [191, 135, 0]         # second row
    assert sheet[120, 100].tolist() == [255, 255, 255]    # paper


def test_without_any_picture_there_is_no_sheet(tmp_path):
    assert contact_sheet([episode(tmp_path / 'episode_00001.mcap', 'SUCCESS', [])], tmp_path
                         / 'sheet.png') is None
    assert not (tmp_path / 'sheet.png').exists()


def test_a_wide_picture_is_not_bent():
    square = fitted(np.zeros((10, 20, 3), np.uint8), 40)
    assert square[0, 0].tolist() == [255, 255, 255]
    assert square[20, 0].tolist() == [0, 0, 0]
    assert (square[:, 0, 0] == 0).sum() == 20
