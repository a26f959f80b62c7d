"""The Minitaur's body in PyBullet. Eight five-bar legs closed by constraints, put on its feet,
heavier or lighter."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from visuomotor.robots.minitaur.legs import DIRECTION
from visuomotor.robots.model import model_path
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.client import Client

LEGS = ('front_left', 'back_left', 'front_right', 'back_right')
START_HEIGHT = 0.2          # m, feet just above the floor when all motors are at pi/2
START_MOTOR = math.pi / 2   # rad
START_KNEE = -2.1834        # rad, where the two halves of a leg meet
# m, the point that the two lower legs share
KNEE_RIGHT, KNEE_LEFT = (0.0, 0.005, 0.2), (0.0, 0.01, 0.2)


class MinitaurBody:
    """The bodies, joints and masses; it knows nothing of motors or time."""

    def __init__(self, client: Client, spec: RobotSpec) -> None:
        self.client: Any = client
        self.number: int = self.client.loadURDF(str(model_path(spec)), [0.0, 0.0, START_HEIGHT])
        infos = [self.client.getJointInfo(self.number, i)
                 for i in range(self.client.getNumJoints(self.number))]
        self.joints = {info[1].decode(): info[0] for info in infos}
        base = self.client.getBodyInfo(self.number)[0].decode()
        if spec.base_link != base:
            raise BadInput(f"{spec.name}: base_link should be '{base}', the first link of its "
                           "model, but is "
                           f"'{spec.base_link}'.")
        self.links = {base: -1, **{info[12].decode(): info[0] for info in infos}}
        self.motors = [self.joints[name] for name in spec.names]
        self.feet = [self.joints[f'knee_{leg}{side}_link'] for leg in LEGS for side in 'LR']
        self._nominal = [self.client.getDynamicsInfo(self.number, link)[:2]
                         for link in self.links.values()]
        self._close_legs()
        for joint in self.joints.values():  # PyBullet brakes every joint by default
            self.client.setJointMotorControl2(self.number, joint, self.client.VELOCITY_CONTROL,
                                              force=0)

    def _close_legs(self) -> None:
        for leg in LEGS:
            self.client.createConstraint(self.number, self.joints[f'knee_{leg}R_link'], self.number,
                                         self.joints[f'knee_{leg}L_link'],
                                         self.client.JOINT_POINT2POINT,
                                         [0, 0, 0], KNEE_RIGHT, KNEE_LEFT)

    def place(self, x: float, y: float, yaw: float) -> None:
        """Put it on its feet at rest, all motors at pi/2."""
        turn = self.client.getQuaternionFromEuler([0.0, 0.0, yaw])
        self.client.resetBasePositionAndOrientation(self.number, [x, y, START_HEIGHT], turn)
        self.client.resetBaseVelocity(self.number, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
        for motor, foot, direction in zip(self.motors, self.feet, DIRECTION, strict=True):
            self.client.resetJointState(self.number, motor, direction * START_MOTOR, 0.0)
            self.client.resetJointState(self.number, foot, direction * START_KNEE, 0.0)

    def weigh(self, factors: tuple[float, ...]) -> None:
        """Scale every link's mass from nominal, base first; the inertia follows."""
        every = factors or (1.0,) * len(self.links)
        for link, (mass, _), factor in zip(self.links.values(), self._nominal, every, strict=True):
            self.client.changeDynamics(self.number, link, mass=mass * factor)

    def shoe(self, factor: float) -> None:
        """Scale the friction of the feet from nominal."""
        for link in self.feet:
            self.client.changeDynamics(self.number, link, lateralFriction=factor
                                       * self._nominal[link + 1][1])

    def motion(self) -> tuple[FloatArray, FloatArray]:
        """Return motor angles and speeds, leg frame."""
        states = self.client.getJointStates(self.number, self.motors)
        return (np.array([state[0] for state in states]) * DIRECTION,
                np.array([state[1] for state in states]) * DIRECTION)

    def pull(self, torque: FloatArray) -> None:
        """Apply motor torques for the next physics step, leg frame."""
        self.client.setJointMotorControlArray(self.number, self.motors, self.client.TORQUE_CONTROL,
                                              forces=(torque * DIRECTION).tolist())

    def pose(self) -> FloatArray:
        """Return x y z and quaternion x y z w of the base, world frame."""
        position, turn = self.client.getBasePositionAndOrientation(self.number)
        return np.array([*position, *turn])

    def spin(self) -> FloatArray:
        """Return the base's angular velocity, world axes."""
        return np.array(self.client.getBaseVelocity(self.number)[1])

    def push(self, force: FloatArray) -> None:
        """Push the base with a force in world axes during the next physics step."""
        here = self.client.getBasePositionAndOrientation(self.number)[0]
        self.client.applyExternalForce(self.number, -1, list(force), here, self.client.WORLD_FRAME)
