"""What a policy is shown: one dictionary of arrays, the same from a live world, a ROS graph and a recording."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Imu, State, Truth


class TipPose(Protocol):
    """The part of robots.kinematics.Kinematics that an observation needs."""

    def pose(self, position: FloatArray) -> FloatArray: ...


def observe(spec: RobotSpec, task: TaskSpec, kinematics: TipPose | None, state: State, truth: Truth | None,
            pictures: Mapping[str, NDArray[np.uint8]], time: float, privileged: bool = True) -> dict[str, NDArray[Any]]:
    """Build an observation; `privileged` adds the truth as truth.<body> and value.<name>, for scripted experts."""
    seen: dict[str, NDArray[Any]] = {'joint_position': state.position, 'joint_velocity': state.velocity,
                                     'time': np.array([time])}
    if spec.gripper:
        seen['gripper'] = np.array([state.gripper])
    if kinematics is not None and spec.kind == 'arm':
        seen['tip_pose'] = kinematics.pose(state.position)
    if state.imu is not None:
        seen['imu'] = attitude(state.imu)
    if truth is not None and 'goal' in truth.poses:
        seen['goal'] = truth.poses['goal']
    if truth is not None and privileged:
        seen |= {f'truth.{body}': pose for body, pose in truth.poses.items()}
        seen |= {f'value.{name}': np.array([value]) for name, value in truth.values.items()}
    return seen | {f'image.{name}': pictures[name] for name in task.observe if name in pictures}


def attitude(imu: Imu) -> FloatArray:
    """Return roll, pitch and their rates."""
    x, y, z, w = imu.orientation
    roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = math.asin(min(max(2 * (w * y - z * x), -1.0), 1.0))
    return np.array([roll, pitch, imu.angular_velocity[0], imu.angular_velocity[1]])
