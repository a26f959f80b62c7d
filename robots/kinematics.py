"""Where the end-effector is, how it moves with the joints, and which joints bring it somewhere.
Poses are x y z, quaternion x y z w in the robot's base frame; twists are m/s, rad/s at the tip,
along the base axes. Fingers are locked: only the joints of the specification move. One object
belongs to one thread (it reuses its memory)."""
from __future__ import annotations

import eigenpy
import numpy as np
import pinocchio as pin
from visuomotor.robots.model import arm_text
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import nearest
from visuomotor.specs.values import FloatArray

WEAK = 0.08           # singular value below which a direction of motion counts as nearly lost
LIMIT_APPROACH = 10.0  # 1/s: near a limit a joint may run at most this times its distance to it
REACHED_POSITION, REACHED_ANGLE = 1e-4, 1e-3  # m, rad
ITERATIONS = 200


class Kinematics:
    """Forward, differential and inverse kinematics of one arm."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec = spec
        self.model = _arm_only(spec)
        self.data = self.model.createData()
        self.tip = self._frame_number(spec.tip_link)
        self._frame_number(spec.base_link or spec.tip_link)
        self._check_home()

    def pose(self, q: FloatArray) -> FloatArray:
        """Return the pose of the tip."""
        pin.forwardKinematics(self.model, self.data, q)
        placed = pin.updateFramePlacement(self.model, self.data, self.tip)
        pose: FloatArray = pin.SE3ToXYZQUAT(placed)
        return pose

    def jacobian(self, q: FloatArray) -> FloatArray:
        """Return the 6 x joints matrix that turns joint speeds into the twist of the tip."""
        matrix: FloatArray = pin.computeFrameJacobian(self.model, self.data, q, self.tip,
                                                      pin.LOCAL_WORLD_ALIGNED)
        return matrix

    def bias(self, q: FloatArray, velocity: FloatArray) -> FloatArray:
        """Return the torque of each joint that gravity and this speed alone account for, N m."""
        torque: FloatArray = pin.nonLinearEffects(self.model, self.data, q, velocity)
        return torque

    def inertia(self, q: FloatArray) -> FloatArray:
        """Return the joints x joints matrix that turns accelerations into torques, kg m^2."""
        half = np.triu(pin.crba(self.model, self.data, q))
        matrix: FloatArray = half + np.triu(half, 1).T
        return matrix

    def differential(self, q: FloatArray, twist: FloatArray, damping: float = 0.05,
                     posture: FloatArray | None = None, pull: float = 1.0) -> FloatArray:
        """Return joint speeds for a twist: least squares, damped only where nearly lost.

        What the twist leaves free is used to pull (1/s) towards `posture`. A joint near its limit
        slows down before it, and the others take over what they can. Speed limits are the caller's
        to apply.
        """
        matrix = self.jacobian(q)
        drift = np.zeros(len(q)) if posture is None else pull * (posture - q)
        speeds = drift + _damped(matrix, twist - matrix.dot(drift), damping)
        if self._free(q.tolist(), speeds.tolist()):
            return speeds
        lowest = LIMIT_APPROACH * (self.spec.lower - q)
        highest = LIMIT_APPROACH * (self.spec.upper - q)
        blocked = (speeds < lowest) | (speeds > highest)
        held = np.where(blocked, np.clip(speeds, lowest, highest), 0.0)
        rest = drift * ~blocked
        return held + rest + _damped(matrix * ~blocked, twist - matrix @ (held + rest), damping)

    def solve(self, pose: FloatArray, q0: FloatArray) -> FloatArray | None:
        """Return joints inside their limits that bring the tip to `pose`, from `q0`, or None."""
        q = np.clip(q0, self.spec.lower, self.spec.upper)
        for _ in range(ITERATIONS):
            error = difference(self.pose(q), pose)
            if (error[:3] @ error[:3] < REACHED_POSITION**2
                    and error[3:] @ error[3:] < REACHED_ANGLE**2):
                return q
            step = self.differential(q, error)
            q = np.clip(q + step * min(1.0, 0.5 / np.abs(step).max()), self.spec.lower,
                        self.spec.upper)
        return None

    def _free(self, q: list[float], speeds: list[float]) -> bool:
        """Tell whether no joint has to slow down before its limit."""
        # a loop takes a quarter of numpy's time here
        for at, speed, (lower, upper, _, _) in zip(q, speeds, self.spec.bounds, strict=True):
            if not LIMIT_APPROACH * (lower - at) <= speed <= LIMIT_APPROACH * (upper - at):
                return False
        return True

    def _check_home(self) -> None:
        """Refuse a workspace that the end-effector is outside of at home: it could never move."""
        home, box = self.pose(np.array(self.spec.home))[:3], self.spec.workspace
        if (home < box.lower).any() or (home > box.upper).any():
            raise BadInput(f'{self.spec.name}: at home the end-effector is at '
                           f'{np.round(home, 3).tolist()} m, outside the workspace '
                           f'{list(box.lower)} .. {list(box.upper)}; mend workspace or home.')

    def _frame_number(self, name: str) -> int:
        if not self.model.existFrame(name):
            known = [frame.name for frame in self.model.frames]
            raise BadInput(f"{self.spec.name}: {self.spec.urdf} has no link '{name}'; "
                           f"{nearest(name, known)}")
        return int(self.model.getFrameId(name))


def difference(pose: FloatArray, goal: FloatArray) -> FloatArray:
    """Return the twist that takes `pose` to `goal` in one second."""
    turn = pin.Quaternion(goal[3:]) * pin.Quaternion(pose[3:]).conjugate()
    return np.concatenate((goal[:3] - pose[:3], pin.log3(turn.normalized().toRotationMatrix())))


def _damped(matrix: FloatArray, twist: FloatArray, damping: float) -> FloatArray:
    """Solve matrix @ speeds = twist; the more a singular value is below WEAK, the more damped."""
    # a third of the time of np.linalg.eigh
    solved = eigenpy.SelfAdjointEigenSolver(matrix.dot(matrix.T))
    squares, axes = solved.eigenvalues(), solved.eigenvectors()
    if squares[0] < WEAK**2:   # they rise
        squares = np.maximum(squares, 0.0) + damping**2 * np.maximum(0.0, 1.0 - squares / WEAK**2)
    speeds: FloatArray = axes.dot(twist.dot(axes) / (squares + 1e-12)).dot(matrix)
    return speeds


def _arm_only(spec: RobotSpec) -> pin.Model:
    model = pin.buildModelFromXML(arm_text(spec))
    if missing := [name for name in spec.names if not model.existJointName(name)]:
        known = nearest(missing[0], model.names)
        raise BadInput(f'{spec.name}: {spec.urdf} has no joint {", ".join(missing)}; {known}')
    others = {name: number for number, name in enumerate(model.names)
              if number and name not in spec.names}
    fingers = (*spec.gripper.joints, *spec.gripper.passive) if spec.gripper else ()
    if forgotten := [name for name in others if name not in fingers]:
        raise BadInput(f'{spec.name}: {spec.urdf} moves {", ".join(forgotten)}, which joints does '
                       "not list; add it there, or to the gripper's joints or passive ones.")
    arm = pin.buildReducedModel(model, list(others.values()), pin.neutral(model))
    outwards = tuple(arm.names)[1:]
    if outwards != spec.names:
        raise BadInput(f'{spec.name}: joints should be listed from the base outwards: '
                       f'{", ".join(outwards)}.')
    return arm
