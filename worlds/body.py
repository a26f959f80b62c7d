"""A robot's body in the simulation: its joints and links by name, read and driven all at once."""
from __future__ import annotations

from typing import Any

import numpy as np
from visuomotor.robots.model import model_path
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.client import Client
from visuomotor.worlds.randomise import Dynamics


class Body:
    """One loaded model; joints are addressed by name, arrays follow the order of the names
    given."""

    def __init__(self, client: Client, spec: RobotSpec) -> None:
        self.client: Any = client
        self.number: int = self.client.loadURDF(str(model_path(spec)), useFixedBase=True,
                                                flags=client.URDF_USE_INERTIA_FROM_FILE)
        infos = [self.client.getJointInfo(self.number, i)
                 for i in range(self.client.getNumJoints(self.number))]
        self.joints = {info[1].decode(): info[0] for info in infos}
        self.effort = {info[1].decode(): info[10] for info in infos}
        base = self.client.getBodyInfo(self.number)[0].decode()
        self.links = {base: -1, **{info[12].decode(): info[0] for info in infos}}
        self._nominal = [self.client.getDynamicsInfo(self.number, link)
                         for link in self.links.values()]

    def numbers(self, names: tuple[str, ...]) -> list[int]:
        """Return the simulation's numbers of these joints."""
        missing = [name for name in names if name not in self.joints]
        if missing:
            raise BadInput(f'The model has no joint {", ".join(missing)}; it has '
                           f'{", ".join(self.joints)}.')
        return [self.joints[name] for name in names]

    def place(self, numbers: list[int], positions: FloatArray) -> None:
        """Put joints somewhere at once, at rest."""
        for number, position in zip(numbers, positions, strict=True):
            self.client.resetJointState(self.number, number, float(position), 0.0)

    def pose(self, link: int) -> FloatArray:
        """Return the pose of a link's frame, x y z and quaternion."""
        if link < 0:
            position, orientation = self.client.getBasePositionAndOrientation(self.number)
            return np.array([*position, *orientation])
        state = self.client.getLinkState(self.number, link, computeForwardKinematics=1)
        return np.array([*state[4], *state[5]])

    def vary(self, dynamics: Dynamics) -> None:
        """Change masses and friction, counted from the nominal ones; inertia grows with mass."""
        factors = dynamics.mass or (1.0,) * len(self.links)
        for link, nominal, factor in zip(self.links.values(), self._nominal, factors, strict=True):
            self.client.changeDynamics(self.number, link, mass=nominal[0] * factor,
                                       lateralFriction=nominal[1] * dynamics.friction,
                                       localInertiaDiagonal=[inertia * factor
                                                             for inertia in nominal[2]])
