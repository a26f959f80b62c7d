"""Renders the cameras of a world: RGB, metres, segmentation; in software or, if big, by EGL."""
from __future__ import annotations

import functools
import importlib.util
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from visuomotor.specs import rotation
from visuomotor.specs.robot import CameraMount
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.interface import Picture
from visuomotor.worlds.randomise import Visuals

NEAR, FAR = 0.02, 6.0   # m, what a camera sees
BIG = 256               # px of height from which EGL is worth its start
LIGHT_DISTANCE = 3.0    # m
PROBE = ('import pybullet, importlib.util as u; pybullet.connect(pybullet.DIRECT);'
         'n = pybullet.loadPlugin(u.find_spec("eglRenderer").origin, "_eglRendererPlugin");'
         'pybullet.getCameraImage(8, 8); raise SystemExit(0 if n >= 0 else 1)')


@functools.lru_cache
def egl_works() -> bool:
    """Try EGL once, in a process of its own: a broken graphics driver ends that, not this."""
    if importlib.util.find_spec('eglRenderer') is None:
        return False
    return subprocess.run([sys.executable, '-c', PROBE], capture_output=True,
                          timeout=60).returncode == 0


class Renderer:
    """The cameras of one simulation. Make it before any body: EGL sees what comes after."""

    def __init__(self, client: Any, cameras: Mapping[str, CameraMount]) -> None:
        self.client = client
        self._visuals = Visuals()
        big = any(mount.height >= BIG for mount in cameras.values())
        self.egl = big and egl_works() and self._load_egl()
        self._views: dict[CameraMount, tuple[Any, Any]] = {}

    @property
    def visuals(self) -> Visuals:
        """How the present scene looks different to a camera."""
        return self._visuals

    @visuals.setter
    def visuals(self, visuals: Visuals) -> None:
        self._visuals = visuals
        self._views.clear()

    def render(self, mount: CameraMount, frame: FloatArray | None, stamp: float, depth: bool,
               segmentation: bool) -> Picture:
        """Render one camera; `frame` is the pose of the link that carries it, none: it is fixed."""
        view, projection = (self._scene_view(mount) if frame is None
                            else self._carried_view(mount, frame))
        flags = 0 if segmentation else self.client.ER_NO_SEGMENTATION_MASK
        renderer = (self.client.ER_BULLET_HARDWARE_OPENGL if self.egl
                    else self.client.ER_TINY_RENDERER)
        _, _, rgba, far_share, bodies = self.client.getCameraImage(
            mount.width, mount.height, view, projection, renderer=renderer, flags=flags,
            lightDirection=self.visuals.light_direction, lightColor=self.visuals.light_colour,
            lightDistance=LIGHT_DISTANCE, shadow=int(self.visuals.shadow),
            lightAmbientCoeff=self.visuals.ambient, lightSpecularCoeff=0.05,
            lightDiffuseCoeff=0.95 - 0.5 * self.visuals.ambient)
        shape = (mount.height, mount.width)
        rgb = cv2.cvtColor(_array(rgba, np.uint8).reshape(*shape, 4), cv2.COLOR_RGBA2RGB)
        return Picture(stamp, np.asarray(rgb, dtype=np.uint8),
                       metres(_array(far_share, np.float32).reshape(shape)) if depth else None,
                       _array(bodies, np.int32).reshape(shape) if segmentation else None)

    def _load_egl(self) -> bool:
        found = importlib.util.find_spec('eglRenderer')
        return bool(found and self.client.loadPlugin(found.origin, '_eglRendererPlugin') >= 0)

    def _scene_view(self, mount: CameraMount) -> tuple[Any, Any]:
        """Return the matrices of a camera fixed to the scene: they change with the scene alone."""
        if mount not in self._views:
            eye = np.add(mount.position, self.visuals.camera_position)
            aim = np.add(mount.look_at, self.visuals.camera_aim)
            self._views[mount] = self._matrices(mount, eye, aim, mount.up, self.visuals.camera_fov)
        return self._views[mount]

    def _carried_view(self, mount: CameraMount, frame: FloatArray) -> tuple[Any, Any]:
        turned = rotation.matrix(frame[3:])
        eye, aim = (frame[:3] + turned @ np.array(at) for at in (mount.position, mount.look_at))
        return self._matrices(mount, eye, aim, turned @ np.array(mount.up), 0.0)

    def _matrices(self, mount: CameraMount, eye: Any, aim: Any, up: Any,
                  wider: float) -> tuple[Any, Any]:
        fov, aspect = min(max(mount.fov + wider, 1.0), 170.0), mount.width / mount.height
        return (self.client.computeViewMatrix(list(eye), list(aim), list(up)),
                self.client.computeProjectionMatrixFOV(fov, aspect, NEAR, FAR))


def metres(share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn the renderer's depth, 0 near .. 1 far, not linear, into metres on the optical axis."""
    return np.asarray(FAR * NEAR / (FAR - (FAR - NEAR) * share), dtype=np.float32)


def _array(values: Any, kind: Any) -> NDArray[Any]:
    # A PyBullet built from source without numpy gives tuples.
    return np.asarray(values, dtype=kind)
