"""Follows proposals of every mode, one joint target a beat, inside speed, acceleration and position limits.

It makes no promise of safety: it does not know stale states, workspaces or obstacles. The safety node adds those.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from visuomotor.robots import motion
from visuomotor.robots.kinematics import Kinematics, difference
from visuomotor.robots.minitaur import legs
from visuomotor.specs.chunk import SPEEDS, due, slope
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting
from visuomotor.specs.values import FloatArray, Proposal, Target

__all__ = ['Servo', 'ServoGains', 'due', 'slope', 'width']

JOINT_MODES = (Mode.JOINT_POSITION, Mode.JOINT_VELOCITY)
FIXED = {Mode.CARTESIAN_POSE: 7, Mode.CARTESIAN_TWIST: 6, Mode.GRIPPER: 0}   # width of the others: the joints


@dataclass(frozen=True)
class ServoGains:
    """How Cartesian targets become speeds."""

    pose: float = setting(6.0, 'twist for each unit of pose error', '1/s')
    linear: float = setting(0.8, 'largest speed of the tip', 'm/s')
    angular: float = setting(2.5, 'largest turning speed of the tip', 'rad/s')
    posture: float = setting(0.5, 'pull of spare joints towards home', '1/s')
    damping: float = setting(0.05, 'near singular postures; larger is calmer and less exact')


def width(mode: Mode, spec: RobotSpec) -> int:
    """Return how many numbers a target of this mode has."""
    if mode not in JOINT_MODES and (mode is Mode.LEG) != (bool(spec.legs)):
        raise BadInput(f'{spec.name} cannot follow mode {mode.name.lower()}; use a joint mode.')
    return FIXED.get(mode, len(spec.joints))


class Servo:
    """Moves its own commanded position, so that noise does not feed back; `reset` puts it on the measured one."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None = None, gains: ServoGains | None = None) -> None:
        self.spec, self.kinematics, self.gains = spec, kinematics, gains or ServoGains()
        self._home = np.array(spec.home)
        self._endless = np.array([joint.continuous for joint in spec.joints])
        self._ends = not self._endless.any()
        self.reset(self._home)

    def reset(self, position: FloatArray, gripper: float = 0.0) -> None:
        """Begin at rest at this position."""
        self.position = np.array(position, dtype=np.float64)
        self.velocity = np.zeros_like(self.position)
        self.gripper = gripper

    def follow(self, proposal: Proposal | None, now: float, dt: float) -> Target:
        """Return the joint target of the next beat; without a proposal due, brake and hold."""
        wanted, gripper = self._wanted(proposal, now, dt)
        self.position, self.velocity = motion.step(self.position, self.velocity, wanted, self.spec, dt)
        return Target(self.position.copy(), self.velocity.copy(), self._grip(gripper, dt))

    def _wanted(self, proposal: Proposal | None, now: float, dt: float) -> tuple[FloatArray, float | None]:
        found = due(proposal, now) if proposal else None
        if proposal is None or found is None:
            return np.zeros_like(self.position), None
        target, gripper = found
        expected = width(proposal.mode, self.spec)
        if target.shape != (expected,):
            raise BadInput(f'{self.spec.name} takes {expected} numbers for mode {proposal.mode.name.lower()}, '
                           f'but {target.size} came.')
        if proposal.mode in SPEEDS:
            return self._cartesian(target) if proposal.mode is Mode.CARTESIAN_TWIST else target, gripper
        return self._speeds(proposal, target, slope(proposal, now), dt), gripper

    def _speeds(self, proposal: Proposal, target: FloatArray, rate: FloatArray, dt: float) -> FloatArray:
        """Return the speeds that reach a place."""
        if proposal.mode is Mode.LEG:
            target, rate = legs.motors(target), legs.motors(rate)
        if proposal.mode in (Mode.JOINT_POSITION, Mode.LEG):
            return motion.approach(self.position, target + rate * dt, rate, self.spec, dt)
        if proposal.mode is Mode.GRIPPER:
            return np.zeros_like(self.position)
        return self._cartesian(self._towards(target, rate))

    def _towards(self, pose: FloatArray, rate: FloatArray) -> FloatArray:
        twist = self.gains.pose * difference(self._reckoner.pose(self.position), pose)
        twist[:3] += rate[:3]
        return twist

    def _cartesian(self, twist: FloatArray) -> FloatArray:
        # A whole turn away from home is as good as home.
        posture = self._home if self._ends else np.where(self._endless, self.position, self._home)
        speeds = self._reckoner.differential(self.position, self._clipped(twist), self.gains.damping, posture,
                                             self.gains.posture)
        # All joints slow down together, so that the tip keeps its direction.
        excess = max([abs(speed) / joint[2] for speed, joint in zip(speeds.tolist(), self.spec.bounds, strict=True)])
        return speeds / excess if excess > 1.0 else speeds

    @property
    def _reckoner(self) -> Kinematics:
        if self.kinematics is None:
            raise BadInput(f'The servo of {self.spec.name} has no kinematics and cannot follow Cartesian modes.')
        return self.kinematics

    def _clipped(self, twist: FloatArray) -> FloatArray:
        x, y, z, *turn = twist.tolist()
        excess = math.hypot(x, y, z) / self.gains.linear, math.hypot(*turn) / self.gains.angular
        if max(excess) <= 1.0:
            return twist
        clipped = twist.copy()
        clipped[:3] /= max(1.0, excess[0])
        clipped[3:] /= max(1.0, excess[1])
        return clipped

    def _grip(self, wanted: float | None, dt: float) -> float | None:
        if self.spec.gripper is None or wanted is None:
            return None if self.spec.gripper is None else self.gripper
        stride = self.spec.gripper.speed * dt
        self.gripper += min(max(wanted - self.gripper, -stride), stride)
        self.gripper = min(max(self.gripper, 0.0), 1.0)
        return self.gripper
