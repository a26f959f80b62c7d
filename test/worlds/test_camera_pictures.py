"""Cameras: colour, metres, who is where in the picture, and what randomisation moves."""
import dataclasses

import numpy as np
import pytest
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import CameraMount
from visuomotor.worlds import renderer as rendering
from visuomotor.worlds.client import Client
from visuomotor.worlds.make import make_world
from visuomotor.worlds.randomise import Visuals
from visuomotor.worlds.renderer import Renderer, metres

DOWN = CameraMount(position=(0.0, 0.0, 2.0), look_at=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0), fov=40.0,
                   width=48, height=32)


@pytest.fixture
def client():
    made = Client()
    yield made
    made.close()


def red_box(client, place=(0.0, 0.0, 0.25)):
    """A cube of half a metre, seen and touchable."""
    seen = client.createVisualShape(client.GEOM_BOX, halfExtents=[0.25] * 3, rgbaColor=[1, 0, 0, 1])
    touched = client.createCollisionShape(client.GEOM_BOX, halfExtents=[0.25] * 3)
    return client.createMultiBody(0, touched, seen, place)


def test_a_red_box_two_metres_below(client):
    box = red_box(client)
    picture = Renderer(client, {'down': DOWN}).render(DOWN, None, 3.5, True, True)
    assert picture.stamp == 3.5
    assert picture.rgb.shape == (32, 48, 3)
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.flags.c_contiguous
    red, green, blue = picture.rgb[16, 24]
    assert red > 100
    assert max(green, blue) < 40
    assert picture.depth[16, 24] == pytest.approx(1.5, abs=0.01)  # the box is half a metre high
    assert picture.segmentation[16, 24] == box
    assert picture.segmentation[0, 0] == -1


def test_depth_and_segmentation_only_when_asked(client):
    picture = Renderer(client, {'down': DOWN}).render(DOWN, None, 0.0, False, False)
    assert picture.depth is None
    assert picture.segmentation is None


def test_depth_is_metres_at_both_ends():
    assert metres(np.array([0.0, 1.0], dtype=np.float32)) == pytest.approx([0.02, 6.0], rel=1e-3)


def test_a_look_moves_the_camera(client):
    red_box(client)
    renderer = Renderer(client, {'down': DOWN})
    before = renderer.render(DOWN, None, 0.0, False, False).rgb
    renderer.visuals = Visuals(camera_position=(0.1, 0.0, 0.0), camera_aim=(0.1, 0.0, 0.0))
    after = renderer.render(DOWN, None, 0.0, False, False).rgb
    # The background is white, the box has no blue. 10 cm at 1.5 m are 3 of these pixels.
    middle = [np.argwhere(rgb[16, :, 2] < 100).mean() for rgb in (before, after)]
    assert middle[1] == pytest.approx(middle[0] - 3, abs=1)


def test_light_goes_dim(client):
    red_box(client)
    renderer = Renderer(client, {'down': DOWN})
    bright = renderer.render(DOWN, None, 0.0, False, False).rgb[16, 24, 0]
    renderer.visuals = Visuals(light_colour=(0.3, 0.3, 0.3), ambient=0.3)
    assert renderer.render(DOWN, None, 0.0, False, False).rgb[16, 24, 0] < 0.6 * bright


def test_a_wrist_camera_moves_with_the_wrist():
    world = make_world('grasp', 'iiwa7')
    before = world.picture('wrist').rgb
    world.robot.place(np.array(world.spec.home) + np.array([0.5, 0, 0, 0, 0, 0, 0]))
    after = world.picture('wrist').rgb
    still = world.picture('shoulder').rgb
    assert before.shape == (64, 64, 3)
    assert still.shape == (128, 128, 3)
    assert np.abs(before.astype(int) - after).mean() > 3
    world.close()


def test_an_unknown_camera_is_refused():
    world = make_world('grasp', 'iiwa7')
    with pytest.raises(BadInput, match="no camera 'sholder'; did you mean shoulder"):
        world.picture('sholder')
    world.close()


def test_big_pictures_without_egl_use_the_software_renderer(client, monkeypatch):
    monkeypatch.setattr(rendering, 'egl_works', lambda: False)
    big = dataclasses.replace(DOWN, width=320, height=256)
    renderer = Renderer(client, {'big': big})
    red_box(client)
    assert not renderer.egl
    assert renderer.render(big, None, 0.0, False, False).rgb.shape == (256, 320, 3)


def test_small_pictures_never_ask_for_egl(client, monkeypatch):
    monkeypatch.setattr(rendering, 'egl_works', lambda: pytest.fail('probed'))
    assert not Renderer(client, {'down': DOWN}).egl
