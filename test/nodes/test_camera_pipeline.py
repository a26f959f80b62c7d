"""Straighten, crop, resize: what leaves, and where the lens's numbers go."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.nodes.camera.picture import Pipeline, lens_of_view
from visuomotor.nodes.camera.settings import CameraSettings, of_mount
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import CameraMount

VIDEO = {'camera': 'front', 'source': 'video', 'address': 'a.avi'}


def pipeline(**chosen) -> Pipeline:
    return Pipeline(CameraSettings(**VIDEO, **chosen))


def ramp(width: int, height: int) -> np.ndarray:
    """Red is the column, green the row."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(width), np.arange(height)[:, None]
    return picture


def test_a_picture_left_alone_is_the_same():
    assert (pipeline().process(ramp(6, 4)) == ramp(6, 4)).all()


def test_a_box_is_cut_out():
    cut = pipeline(crop='box', box=(2, 1, 3, 2)).process(ramp(6, 4))
    assert cut.tolist() == [[[2, 1, 0], [3, 1, 0], [4, 1, 0]], [[2, 2, 0], [3, 2, 0], [4, 2, 0]]]


def test_the_centre_keeps_the_asked_shape():
    assert pipeline(crop='centre', width=2, height=2).part(640, 480) == (80, 0, 480, 480)
    assert pipeline(crop='centre', width=4, height=2).part(640, 480) == (0, 80, 640, 320)


def test_shrinking_averages():
    white = np.zeros((2, 2, 3), np.uint8)
    white[0, 0] = 200
    assert pipeline(width=1, height=1).process(white).tolist() == [[[50, 50, 50]]]


def test_growing_interpolates():
    assert pipeline(width=12,
                    height=8).process(np.full((4, 6, 3), 9, np.uint8)).tolist() == [[[9, 9, 9]]
                                                                                    * 12] * 8


def test_a_straight_lens_changes_nothing_and_a_bent_one_does():
    matrix = (50.0, 50.0, 31.5, 23.5)
    straight = pipeline(matrix=matrix, distortion=(0.0, 0.0, 0.0, 0.0)).process(ramp(64, 48))
    assert (straight == ramp(64, 48)).all()
    bent = pipeline(matrix=matrix, distortion=(0.2, 0.0, 0.0, 0.0)).process(ramp(64, 48))
    # A point at x = 0.4, y = 0 of the straight picture was seen at x (1 + 0.2 x^2) = 0.4128, so
    # 0.64 px further out.
    assert bent[24, 51, 0] == 52
    assert bent[24, 31, 0] == 31


def test_the_numbers_of_the_lens_follow():
    cut = {'crop': 'box', 'box': (16, 8, 32, 32), 'width': 64, 'height': 16}
    lens = pipeline(matrix=(100.0, 110.0, 31.5, 23.5), **cut).published(64, 48)
    assert lens is not None
    assert (lens.fx, lens.fy) == (200.0, 55.0)
    assert (lens.cx, lens.cy) == (31.5, 7.5)
    assert pipeline().published(64, 48) is None


def test_a_simulated_lens_from_its_field_of_view():
    lens = lens_of_view(90.0, 200, 100)
    assert (lens.fx, lens.fy, lens.cx, lens.cy) == pytest.approx((50.0, 50.0, 99.5, 49.5))


def test_a_box_outside_the_picture_is_refused():
    with pytest.raises(BadInput,
                       match=r'does not fit into its pictures of 6 x 4; choose a smaller one'):
        pipeline(crop='box', box=(2, 1, 5, 2)).process(ramp(6, 4))


@pytest.mark.parametrize(('chosen', 'sentence'), [
    ({'camera': 'front', 'source': 'vidio'},
     "source should be one of world, .*, but is 'vidio'; did you mean video"),
    ({'camera': 'front', 'source': 'video'}, 'needs the path of a file; set parameter address'),
    ({'camera': 'front', 'source': 'device'}, 'needs an index or a path'),
    ({'camera': 'front', 'source': 'world', 'robot': 'iiwa7'}, 'needs robot and task'),
    ({**VIDEO, 'crop': 'box'}, 'crop box needs box'),
    ({**VIDEO, 'crop': 'centre'}, 'crop centre needs width and height'),
    ({**VIDEO, 'width': 10}, 'width and height should both be given'),
    ({**VIDEO, 'matrix': [1.0, 2.0]}, 'matrix should be fx, fy, cx, cy'),
    ({**VIDEO, 'distortion': [1.0] * 4}, 'distortion needs it'),
    ({**VIDEO, 'matrix': [1.0] * 4, 'distortion': [1.0] * 3},
     '4, 5, 8, 12 or 14 numbers, but is 3'),
    ({**VIDEO, 'fov': 3.0}, "unknown key 'fov'"),
    ({**VIDEO, 'camera': 'my camera'},
     "letters, digits and _ such as 'wrist', but 'my camera' came"),
    ({**VIDEO, 'rate': -1.0}, 'rate should be 0 or more'),
])
def test_settings_that_do_not_fit_are_refused(chosen, sentence):
    with pytest.raises(BadInput, match=sentence):
        settings.build(CameraSettings, chosen, 'camera')


def test_a_camera_of_a_robot_has_its_pictures_in_every_world():
    plugged, heard = CameraMount(device='/dev/video0', width=64,
                                 height=48), CameraMount(topic='usb/raw')
    assert of_mount('wrist', plugged, simulated=True) == {'camera': 'wrist', 'source': 'world'}
    assert of_mount('wrist', plugged, simulated=False) == {
        'camera': 'wrist', 'source': 'device', 'address': '/dev/video0', 'crop': 'centre',
        'width': 64, 'height': 48}
    assert of_mount('wrist', heard, simulated=False)['address'] == 'usb/raw'
    assert of_mount('wrist', CameraMount(), simulated=False) is None
