"""The Minitaur's body in PyBullet. Four five-bar legs closed by constraints, put on its feet."""
from __future__ import annotations

import math

import numpy as np
from visuomotor.robots.minitaur.legs import DIRECTION
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.body import Body
from visuomotor.worlds.client import Client

LEGS = ('front_left', 'back_left', 'front_right', 'back_right')
START_HEIGHT = 0.2          # m, feet just above the floor when all motors are at pi/2
START_MOTOR = math.pi / 2   # rad
START_KNEE = -2.1834        # rad, where the two halves of a leg meet
# m, the point that the two lower legs share
KNEE_RIGHT, KNEE_LEFT = (0.0, 0.005, 0.2), (0.0, 0.01, 0.2)


class MinitaurBody(Body):
    """The bodies, joints and masses; it knows nothing of motors or time."""

    def __init__(self, client: Client, spec: RobotSpec) -> None:
        super().__init__(client, spec, basePosition=[0.0, 0.0, START_HEIGHT])
        if spec.base_link != self.base:
            raise BadInput(f"{spec.name}: base_link should be '{self.base}', the first link of its "
                           f"model, but is '{spec.base_link}'.")
        self.motors = self.numbers(spec.names)
        self.feet = [self.joints[f'knee_{leg}{side}_link'] for leg in LEGS for side in 'LR']
        for leg in LEGS:
            left, right = (self.joints[f'knee_{leg}{side}_link'] for side in 'LR')
            self.client.createConstraint(self.number, right, self.number, left,
                                         self.client.JOINT_POINT2POINT, [0, 0, 0],
                                         KNEE_RIGHT, KNEE_LEFT)
        for joint in self.joints.values():  # PyBullet brakes every joint by default
            self.client.setJointMotorControl2(self.number, joint, self.client.VELOCITY_CONTROL,
                                              force=0)

    def place(self, x: float, y: float, yaw: float) -> None:
        """Put it on its feet at rest, all motors at pi/2."""
        turn = self.client.getQuaternionFromEuler([0.0, 0.0, yaw])
        self.client.resetBasePositionAndOrientation(self.number, [x, y, START_HEIGHT], turn)
        self.client.resetBaseVelocity(self.number, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
        self.put(self.motors, DIRECTION * START_MOTOR)
        self.put(self.feet, DIRECTION * START_KNEE)

    def weigh(self, factors: tuple[float, ...]) -> None:
        """Scale every link's mass from nominal, base first; the inertia follows."""
        every = factors or (1.0,) * len(self.links)
        for link, nominal, factor in zip(self.links.values(), self._nominal, every, strict=True):
            self.client.changeDynamics(self.number, link, mass=nominal[0] * factor)

    def shoe(self, factor: float) -> None:
        """Scale the friction of the feet from nominal."""
        for link in self.feet:
            self.client.changeDynamics(self.number, link,
                                       lateralFriction=factor * self._nominal[link + 1][1])

    def motion(self) -> tuple[FloatArray, FloatArray]:
        """Return motor angles and speeds, leg frame."""
        angles, speeds, *_ = zip(*self.client.getJointStates(self.number, self.motors), strict=True)
        return np.array(angles) * DIRECTION, np.array(speeds) * DIRECTION

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
