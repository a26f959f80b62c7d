"""What a policy is shown, known before any world is started, and the dictionary of one moment.

Names: joint_position, joint_velocity, gripper (1), tip_pose (7: x y z, quaternion x y z w; arms),
imu (4: roll, pitch and their rates; legged), time (1: s since the episode began), goal (7, of tasks
that have one), image_<camera> (height x width x 3, bytes), depth_<camera> (height x width, m; where
asked for). Scripted experts also see truth.<body> (7) and value.<name> (1), which no specification
lists.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import CameraMount, RobotSpec
from visuomotor.specs.rotation import roll_pitch_yaw
from visuomotor.specs.settings import choose
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray, Imu, State, Truth

BEYOND = 0.1      # rad, by which a joint may be measured outside its limits
FAST = 3.0        # times the speed limit, to which measured speeds are cut
AROUND = 0.5      # m around the workspace, in which a tip or goal may still be
SPIN = 50.0       # rad/s, of a body
IMAGE = 'image_'
DEPTH = 'depth_'
FARTHEST = 10.0   # m, in a picture of depth


@dataclass(frozen=True)
class Shape:
    """One entry of an observation: shape, type, smallest and largest values."""

    shape: tuple[int, ...]
    dtype: type[np.generic]
    low: NDArray[Any]
    high: NDArray[Any]


@dataclass(frozen=True)
class ObservationSpec:
    """Everything that a policy of one robot and task may see, by name."""

    shapes: Mapping[str, Shape]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Cameras whose pictures are shown."""
        return tuple(name.removeprefix(IMAGE) for name in self.shapes if name.startswith(IMAGE))

    def only(self, names: Mapping[str, tuple[int, ...]]) -> ObservationSpec:
        """Return the part that a policy needs; refuse names and shapes that are not shown."""
        for name, shape in names.items():
            if name not in self.shapes:
                raise BadInput(f"The policy needs the observation '{name}', but there are only "
                               f"{', '.join(self)}.")
            if self.shapes[name].shape != tuple(shape):
                raise BadInput(f"The policy needs '{name}' of shape {tuple(shape)}, but here it is "
                               f'{self.shapes[name].shape}.')
        return ObservationSpec({name: self.shapes[name] for name in names})

    def check(self, observation: Mapping[str, NDArray[Any]]) -> None:
        """Refuse an observation that lacks something or has another shape."""
        for name, expected in self.shapes.items():
            if name not in observation:
                raise BadInput(f"the policy needs the observation '{name}', but there are only "
                               f'{", ".join(sorted(observation))}')
            if np.shape(observation[name]) != expected.shape:
                raise BadInput(f"the policy needs '{name}' of shape {expected.shape}, but "
                               f'{np.shape(observation[name])} came')


def observation_spec(robot: RobotSpec, task: TaskSpec, pictures: bool = True,
                     depth: bool = False) -> ObservationSpec:
    """Say what a policy of this robot and task sees; without pictures, its numbers alone."""
    shapes = {'joint_position': _numbers(robot.lower - BEYOND, robot.upper + BEYOND),
              'joint_velocity': _numbers(-FAST * robot.velocity, FAST * robot.velocity),
              'time': _numbers(np.zeros(1), np.array([task.horizon + 1.0]))}
    corner = np.array(robot.workspace.lower) - AROUND
    opposite = np.array(robot.workspace.upper) + AROUND
    pose = _numbers(np.array([*corner, -1, -1, -1, -1]), np.array([*opposite, 1, 1, 1, 1]))
    if robot.gripper:
        shapes['gripper'] = _numbers(np.array([-0.1]), np.array([1.1]))
    if robot.tip_link:
        shapes['tip_pose'] = pose
    if robot.legs:
        most = np.array([np.pi, np.pi, SPIN, SPIN])
        shapes['imu'] = _numbers(-most, most)
    if task.goal:
        shapes['goal'] = pose
    mounts = {**robot.cameras, **task.cameras}
    shown = {name: mounts[choose('camera', name, mounts)] for name in task.observe if pictures}
    shapes |= {IMAGE + name: _picture(mount) for name, mount in shown.items()}
    if depth:
        shapes |= {DEPTH + name: _depth(mount) for name, mount in shown.items()}
    return ObservationSpec(shapes)


def _numbers(low: FloatArray, high: FloatArray) -> Shape:
    return Shape(low.shape, np.float32, low.astype(np.float32), high.astype(np.float32))


def _picture(mount: CameraMount) -> Shape:
    shape = (mount.height, mount.width, 3)
    return Shape(shape, np.uint8, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8))


def _depth(mount: CameraMount) -> Shape:
    shape = (mount.height, mount.width)
    return _numbers(np.zeros(shape), np.full(shape, FARTHEST))


class TipPose(Protocol):
    """The part of robots.kinematics.Kinematics that an observation needs."""

    def pose(self, position: FloatArray) -> FloatArray: ...


def observe(spec: RobotSpec, task: TaskSpec, kinematics: TipPose | None, state: State,
            truth: Truth | None, pictures: Mapping[str, NDArray[np.uint8]], time: float,
            privileged: bool = True) -> dict[str, NDArray[Any]]:
    """Build an observation; `privileged` adds truth.<body> and value.<name> for experts."""
    seen: dict[str, NDArray[Any]] = {'joint_position': state.position,
                                     'joint_velocity': state.velocity,
                                     'time': np.array([time])}
    if spec.gripper:
        seen['gripper'] = np.array([state.gripper])
    if kinematics is not None and spec.tip_link:
        seen['tip_pose'] = kinematics.pose(state.position)
    if state.imu is not None:
        seen['imu'] = attitude(state.imu)
    if truth is not None and 'goal' in truth.poses:
        seen['goal'] = truth.poses['goal']
    if truth is not None and privileged:
        seen |= {f'truth.{body}': pose for body, pose in truth.poses.items()}
        seen |= {f'value.{name}': np.array([value]) for name, value in truth.values.items()}
    return seen | {IMAGE + name: pictures[name] for name in task.observe if name in pictures}


def attitude(imu: Imu) -> FloatArray:
    """Return roll, pitch and their rates."""
    roll, pitch, _ = roll_pitch_yaw(imu.orientation)
    return np.array([roll, pitch, imu.angular_velocity[0], imu.angular_velocity[1]])
