"""Changes how a scene looks: colours and textures of surfaces, the robot's colour, distractors."""
from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pybullet_data
from visuomotor.worlds.randomise import Vector, Visuals

PATTERNS = 12           # textures that we make
SIDE = 64               # px of each
# Of pybullet_data.
STORED = ('checker_blue.png', 'cube.png', 'tex256.png', 'table/table.png')


def pattern(number: int) -> Any:
    """Make one of our textures: bands, blobs or grain in grey, the same for the same number."""
    rng = np.random.default_rng(number)
    shape = (2 ** (1 + number % 5), 2 ** (1 + number % 3))
    coarse = rng.integers(90, 256, shape).astype(np.uint8)
    smooth = cv2.INTER_NEAREST if number % 2 else cv2.INTER_CUBIC
    grey = cv2.resize(coarse, (SIDE, SIDE), interpolation=smooth)
    return np.repeat(grey[..., None], 3, axis=2)


class Appearance:
    """What can be recoloured in one simulation. Scenes add their surfaces with `surface`."""

    def __init__(self, client: Any, robot: int) -> None:
        self.client, self.robot = client, robot
        self.surfaces: list[tuple[int, list[float], int]] = []   # body, its own colour and texture
        self._robot_colours = [(shape[1], shape[7]) for shape in client.getVisualShapeData(robot)]
        self._textures: list[int] = []
        self._distractors: list[int] = []
        self._recoloured = False

    @property
    def choices(self) -> tuple[int, int]:
        """How many surfaces and textures a sample has to choose among."""
        return len(self.surfaces), PATTERNS + len(STORED)

    def surface(self, body: int) -> None:
        """Let this body be recoloured from scene to scene."""
        flags = self.client.VISUAL_SHAPE_DATA_TEXTURE_UNIQUE_IDS
        shape = self.client.getVisualShapeData(body, flags=flags)[0]
        self.surfaces.append((body, list(shape[7]), shape[8]))

    def apply(self, visuals: Visuals) -> None:
        """Give everything its colour, texture and distractors of this scene."""
        self._recolour_surfaces(visuals)
        chosen = [*visuals.robot, 1.0] if visuals.robot else None
        for link, colour in self._robot_colours:
            self.client.changeVisualShape(self.robot, link, rgbaColor=chosen or colour)
        while self._distractors:
            self.client.removeBody(self._distractors.pop())
        self._distractors = [self._distractor(*one) for one in visuals.distractors]

    def _recolour_surfaces(self, visuals: Visuals) -> None:
        change = self.client.changeVisualShape
        if visuals.surfaces:
            textures = self._load_textures()
            pairs = zip(self.surfaces, visuals.surfaces, strict=True)
            for (body, _, _), (texture, colour) in pairs:
                change(body, -1, textureUniqueId=textures[texture], rgbaColor=[*colour, 1.0])
        elif self._recoloured:
            for body, own_colour, own_texture in self.surfaces:
                change(body, -1, textureUniqueId=own_texture, rgbaColor=own_colour)
        self._recoloured = bool(visuals.surfaces)

    def _load_textures(self) -> list[int]:
        """Load all textures once, when first wanted; PyBullet reads them only from files."""
        if not self._textures:
            with tempfile.TemporaryDirectory() as folder:
                ours = [Path(folder) / f'{number}.png' for number in range(PATTERNS)]
                for number, path in enumerate(ours):
                    cv2.imwrite(str(path), pattern(number))
                stored = [Path(pybullet_data.getDataPath()) / name for name in STORED]
                self._textures = [self.client.loadTexture(str(path)) for path in (*ours, *stored)]
        return self._textures

    def _distractor(self, shape: int, colour: Vector, place: Vector) -> int:
        angle, distance, size = place
        kind = self.client.GEOM_BOX if shape else self.client.GEOM_SPHERE
        visual = self.client.createVisualShape(kind, radius=size, halfExtents=[size] * 3,
                                               rgbaColor=[*colour, 1.0])
        centre = [0.55 + distance * float(np.cos(angle)), distance * float(np.sin(angle)), size]
        return int(self.client.createMultiBody(0.0, -1, visual, centre))
