"""What a proposal asks of the joints at the next beat: a position to pass or a velocity."""
from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from visuomotor.robots.kinematics import Kinematics, difference
from visuomotor.robots.minitaur import legs
from visuomotor.safety.handful import largest, within
from visuomotor.safety.limit_check import AXES, LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import Aim, Course
from visuomotor.specs import rotation
from visuomotor.specs.chunk import due, slope
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal

PULL = 6.0            # 1/s, twist for each unit of pose error
STRAY_LENGTH = 0.05   # m that the tip may lag behind the pose that its twists add up to
STRAY_ANGLE = 0.2     # rad, the same
POSTURE = 0.5         # 1/s, pull of spare joints towards home


@dataclass(frozen=True)
class JointRequest:
    """What is asked, in joints. Without a position, the velocity alone counts."""

    velocity: FloatArray
    position: FloatArray | None = None
    course: Course | None = None    # where that position moves on to; None: it stands
    gripper: float | None = None
    asked: FloatArray = field(default_factory=lambda: np.zeros(0))   # the row due, as proposed
    clipped: tuple[str, ...] = ()   # limits that already changed it
    slowed: tuple[str, ...] = ()


class RequestDecoder:
    """Turns what is due into wishes. Twists add up to a pose that it remembers: none drifts."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None, limits: Limits,
                 check: LimitCheck) -> None:
        self.spec = spec
        self.limits = limits
        self.check = check
        self._kinematics = kinematics
        self._fastest = limits.speed_share * spec.velocity
        self._endless = np.array([joint.continuous for joint in spec.joints])
        self._home = np.array(spec.home)
        self._goal: FloatArray | None = None  # pose

    def forget(self) -> None:
        """Take the pose as it is: somebody else was followed meanwhile."""
        self._goal = None

    def make(self, proposal: Proposal, moment: float, position: FloatArray,
             step: float) -> JointRequest | None:
        """Return what is due at `moment`, for joints sent to `position` a step before; None:
        nothing."""
        found = due(proposal, moment)
        if found is None:
            return None
        row, gripper = found
        if proposal.mode is not Mode.CARTESIAN_TWIST:
            self.forget()
        if proposal.mode is Mode.GRIPPER:
            return JointRequest(np.zeros_like(position), gripper=gripper, asked=row)
        if proposal.mode is Mode.JOINT_VELOCITY:
            return self._clip_velocity(row, gripper)
        if proposal.mode in (Mode.JOINT_POSITION, Mode.LEG):
            return self._pass_through(proposal, moment, step, row, gripper)
        return self._cartesian(proposal.mode, row, slope(proposal, moment), gripper, position, step)

    def _pass_through(self, proposal: Proposal, moment: float, step: float, row: FloatArray,
                      gripper: float | None) -> JointRequest:
        wanted = legs.motors(row) if proposal.mode is Mode.LEG else row
        clipped = self.check.describe((wanted < self.check.lower) | (wanted > self.check.upper))
        first = self._aim(proposal, moment)
        moves, before = len(proposal.times) > 1, moment - step
        course = (lambda ahead: self._aim(proposal, before + ahead)) if moves else None
        return JointRequest(first.velocity, first.position, course, gripper, row, clipped)

    def _aim(self, proposal: Proposal, moment: float) -> Aim:
        """Where a chunk of positions leads, in joints and inside their limits."""
        found = due(proposal, moment)
        assert found is not None, 'positions never run out'
        curve = [found[0], *flow(proposal, moment)]
        if proposal.mode is Mode.LEG:
            curve = [legs.motors(row) for row in curve]
        wanted, speed, acceleration = curve
        inside = within(wanted, self.check.lower, self.check.upper)
        kept = inside == wanted
        return Aim(inside, np.where(kept, speed, 0.0), np.where(kept, acceleration, 0.0))

    def _clip_velocity(self, wanted: FloatArray, gripper: float | None) -> JointRequest:
        fast = tuple(f'{self.spec.names[joint]} faster than its speed limit'
                     for joint in (np.abs(wanted) > self._fastest).nonzero()[0])
        return JointRequest(within(wanted, -self._fastest, self._fastest), gripper=gripper,
                            asked=wanted, clipped=fast)

    def _cartesian(self, mode: Mode, row: FloatArray, rate: FloatArray, gripper: float | None,
                   position: FloatArray, step: float) -> JointRequest:
        assert self._kinematics is not None, 'refused before'
        pose = self._kinematics.pose(position)
        twist = row
        if mode is Mode.CARTESIAN_POSE:
            twist = PULL * difference(pose, row)
            twist[:3] += rate[:3]
        twist, clipped = self._clip_twist(twist)
        twist, slowed = self._slow_at_walls(twist, pose)
        if mode is Mode.CARTESIAN_TWIST:
            twist = twist + self._pull_back(pose, twist, step)
        else:
            clipped = ()  # a far pose is approached at the speed limit; that is no fault
        # spare joints drift home; an endless joint has no wrong turn to come back from
        posture = np.where(self._endless, position, self._home)
        speeds = self._kinematics.differential(position, twist, posture=posture, pull=POSTURE)
        share = np.abs(speeds / self._fastest)
        ratio = max(1.0, largest(share))
        if ratio > 1.0:
            worst = self.spec.names[int(share.argmax())]
            slowed = (*slowed, f'slowed to {100 / ratio:.0f} %: {worst} at its speed limit')
            self.forget()
        return JointRequest(speeds / ratio, gripper=gripper, asked=row, clipped=clipped,
                            slowed=slowed)

    def _clip_twist(self, twist: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
        x, y, z, a, b, c = twist.tolist()
        linear = math.hypot(x, y, z) / self.limits.tip_speed
        angular = math.hypot(a, b, c) / self.limits.tip_turn
        if linear <= 1.0 and angular <= 1.0:
            return twist, ()
        why = tuple(f'tip {what} faster than its limit'
                    for what, ratio in (('moves', linear), ('turns', angular)) if ratio > 1.0)
        return np.concatenate((twist[:3] / max(linear, 1.0), twist[3:] / max(angular, 1.0))), why

    def _slow_at_walls(self, twist: FloatArray,
                       pose: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
        """Let the tip approach a wall of its box no faster than it can brake before it."""
        slower, slowed = twist.tolist(), []
        box = zip(pose[:3].tolist(), self.check.box_lower.tolist(), self.check.box_upper.tolist(),
                  strict=True)
        for axis, (place, lowest, highest) in enumerate(box):
            left = highest - place if slower[axis] > 0.0 else place - lowest
            most = math.sqrt(self.limits.tip_acceleration * max(left, 0.0))
            if abs(slower[axis]) > most:
                slower[axis] = math.copysign(most, slower[axis])
                slowed.append(f'workspace {AXES[axis]}: slowed before the wall')
        return np.array(slower) if slowed else twist, tuple(slowed)

    def _pull_back(self, pose: FloatArray, twist: FloatArray, span: float) -> FloatArray:
        """Correct what the tip lags behind the sum of its twists."""
        goal = pose if self._goal is None else self._goal
        stray = difference(pose, goal)
        if stray[:3] @ stray[:3] > STRAY_LENGTH**2 or stray[3:] @ stray[3:] > STRAY_ANGLE**2:
            goal, stray = pose, np.zeros(6)
        step = twist * span
        turned = rotation.product(np.array([*step[3:] / 2, 1.0]), goal[3:])
        self._goal = np.concatenate((goal[:3] + step[:3], turned / math.sqrt(turned @ turned)))
        return PULL * stray


def flow(proposal: Proposal, moment: float) -> tuple[FloatArray, FloatArray]:
    """Return speed and acceleration of the curve that a chunk's rows mark, at one moment."""
    times = proposal.times
    after = slope(proposal, moment)
    if len(times) < 2:
        return after, np.zeros_like(after)
    span = float(times[-1] - times[0]) / (len(times) - 1)
    if moment - span / 2 < proposal.observed + times[0]:
        return after, np.zeros_like(after)
    before, after = slope(proposal, moment - span / 2), slope(proposal, moment + span / 2)
    return (before + after) / 2, (after - before) / span
