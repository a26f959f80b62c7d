"""Messages to plain values and back. Only nodes and their tests call this; decisions see values
alone. Stamps go through float seconds. A float holds the present date to 0.24 us, so a stamp made
here from a float comes back as the same float, and from there as the same stamp; a stamp that
somebody else made is passed on as the message it is."""
from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Pose
from numpy.typing import NDArray
from sensor_msgs.msg import Image, JointState
from sensor_msgs.msg import Imu as ImuMessage
from std_msgs.msg import Header
from visuomotor.msg import Command, Sent, WorldTruth
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, Proposal, State, Target, Truth

GRIPPER = 'gripper'
Picker = Callable[[Sequence[float]], Sequence[float]]


def stamp(seconds: float) -> Time:
    """Seconds to a stamp, to the nanosecond."""
    whole = int(seconds // 1)
    fraction = round((seconds - whole) * 1e9)
    return Time(sec=whole, nanosec=fraction) if fraction < 1_000_000_000 else Time(sec=whole + 1,
                                                                                   nanosec=0)


def seconds(time: Any) -> float:
    """A stamp to seconds."""
    return float(time.sec + time.nanosec * 1e-9)


def doubles(values: FloatArray | Sequence[float]) -> array[float]:
    """Numbers for a float64[] field, in the one form that rclpy does not check element by
    element."""
    return array('d', values.tolist() if isinstance(values, np.ndarray) else values)


# Joint states.
def joint_state(state: State, spec: RobotSpec) -> JointState:
    """What the driver publishes: the joints in order, then the gripper when there is one."""
    message = JointState(name=_published_names(spec))
    message.header.stamp = stamp(state.stamp)
    message.header.frame_id = spec.base_link
    message.position = doubles(state.position)
    message.velocity = doubles(state.velocity)
    message.effort = doubles(state.effort)
    if spec.gripper is not None:
        message.position.append(state.gripper)
        message.velocity.append(0.0)
        message.effort.append(state.gripper_effort)
    return message


def state(message: JointState, spec: RobotSpec, imu: Imu | None = None) -> State:
    """Read a joint state by name, in whatever order it came. Speeds and efforts that are missing
    are 0."""
    where, gripper = _places(tuple(message.name), spec)
    columns = (message.position, message.velocity, message.effort)
    size = len(message.name)
    if len(columns[0]) != size:
        raise BadInput(f'joint_states should hold one position for each of its {size} names, '
                       f'but holds {len(columns[0])}.')
    position, velocity, effort = (np.array(where(c)) if len(c) == size
                                  else np.zeros(len(spec.joints)) for c in columns)
    held, force = (float(c[gripper]) if gripper >= 0 and len(c) == size else 0.0
                   for c in columns[::2])
    return State(seconds(message.header.stamp), position, velocity, effort, held, force, imu)


@lru_cache
def _names(spec_name: str, joints: tuple[str, ...], gripper: bool) -> list[str]:
    return [*joints, GRIPPER] if gripper else list(joints)


def _published_names(spec: RobotSpec) -> list[str]:
    return _names(spec.name, spec.names, spec.gripper is not None)


def _places(names: tuple[str, ...], spec: RobotSpec) -> tuple[Picker, int]:
    return _find(names, spec.names)


@lru_cache
def _find(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Picker, int]:
    """Return what picks the wanted numbers out of a column, and the place of the gripper, -1 when
    there is none."""
    place = {name: index for index, name in enumerate(names)}
    missing = [name for name in wanted if name not in place]
    if missing:
        raise BadInput(f'joint_states should name {", ".join(wanted)}, but lacks '
                       f'{", ".join(missing)}; '
                       'is this the robot that was asked for?')
    picker = itemgetter(*(place[name] for name in wanted))
    return picker if len(wanted) > 1 else lambda column: (picker(column),), place.get(GRIPPER, -1)


# Attitude.
def imu_message(imu: Imu, when: float, frame: str) -> ImuMessage:
    message = ImuMessage()
    message.header.stamp, message.header.frame_id = stamp(when), frame
    quaternion, rate = message.orientation, message.angular_velocity
    quaternion.x, quaternion.y, quaternion.z, quaternion.w = (float(v) for v in imu.orientation)
    rate.x, rate.y, rate.z = (float(v) for v in imu.angular_velocity)
    message.linear_acceleration_covariance[0] = -1.0  # not measured, as sensor_msgs asks to say it
    return message


def imu(message: ImuMessage) -> Imu:
    q, w = message.orientation, message.angular_velocity
    return Imu(np.array([q.x, q.y, q.z, q.w]), np.array([w.x, w.y, w.z]))


# Proposals.
def proposal_message(proposal: Proposal, now: float, *, frame: str = '',
                     terminate: bool = False) -> ProposalMessage:
    message = ProposalMessage(
        source=proposal.source, mode=int(proposal.mode), dead_man=proposal.dead_man,
        terminate=terminate,
        policy_hash=proposal.policy_hash, observation_stamp=stamp(proposal.observed))
    message.header.stamp, message.header.frame_id = stamp(now), frame
    rows = np.asarray(proposal.targets, dtype=np.float64).reshape(len(proposal.times), -1)
    message.width = rows.shape[1]
    message.times, message.targets = doubles(proposal.times), doubles(rows.ravel())
    message.gripper = doubles(proposal.gripper)
    return message


def proposal(message: ProposalMessage) -> Proposal:
    """Read a proposal; numbers that cannot form one are refused here, what they mean is judged by
    the safety node."""
    times, flat = np.array(message.times), np.array(message.targets)
    if message.mode not in Mode.__members__.values():
        raise BadInput(f'mode should be 1 .. {max(Mode):d}, but is {message.mode}.')
    if len(flat) != len(times) * message.width:
        raise BadInput(f'{len(times)} targets of width {message.width} are '
                       f'{len(times) * message.width} numbers, '
                       f'but {len(flat)} came.')
    return Proposal(Mode(message.mode), times, flat.reshape(len(times), message.width),
                    np.array(message.gripper),
                    seconds(message.observation_stamp), message.source, message.dead_man,
                    message.policy_hash)


# Commands.
def target(command: Command, spec: RobotSpec) -> Target:
    """Read what the robot should do; a robot without a gripper is told nothing about one."""
    return Target(np.array(command.position), np.array(command.velocity), command.gripper
                  if spec.gripper else None)


def sent_message(sent: Target, header: Header, frame: str) -> Sent:
    """What a robot really did with the command that had this header."""
    message = Sent(gripper=math.nan if sent.gripper is None else sent.gripper)
    message.header.stamp, message.header.frame_id = header.stamp, frame
    message.position, message.velocity = doubles(sent.position), doubles(sent.velocity)
    return message


# The simulator's truth.
def truth_message(truth: Truth) -> WorldTruth:
    message = WorldTruth(
        names=list(truth.poses), poses=[_pose(pose) for pose in truth.poses.values()],
        values=array('d', truth.values.values()), value_names=list(truth.values),
        success=bool(truth.success),
        progress=float(truth.progress), reward=float(truth.reward), scene=truth.scene,
        failed=bool(truth.failed))
    message.header.stamp, message.header.frame_id = stamp(truth.stamp), 'world'
    return message


def truth(message: WorldTruth) -> Truth:
    poses = {name: _pose_vector(pose) for name,
             pose in zip(message.names, message.poses, strict=True)}
    values = dict(zip(message.value_names, message.values, strict=True))
    return Truth(seconds(message.header.stamp), poses, values, message.reward, message.success,
                 message.failed,
                 message.progress, message.scene)


def _pose(vector: FloatArray) -> Pose:
    pose = Pose()
    p, q = pose.position, pose.orientation
    p.x, p.y, p.z, q.x, q.y, q.z, q.w = vector.tolist()
    return pose


def _pose_vector(pose: Pose) -> FloatArray:
    p, q = pose.position, pose.orientation
    return np.array([p.x, p.y, p.z, q.x, q.y, q.z, q.w])


# Pictures.
def image_message(rgb: NDArray[np.uint8], when: float, frame: str) -> Image:
    """Height x width x 3 to an rgb8 Image."""
    height, width, _ = rgb.shape
    message = Image(height=height, width=width, encoding='rgb8', step=3 * width)
    message.header.stamp, message.header.frame_id = stamp(when), frame
    pixels = array('B')
    pixels.frombytes(np.ascontiguousarray(rgb, dtype=np.uint8).tobytes())
    message.data = pixels
    return message


def picture(message: Image) -> NDArray[np.uint8]:
    """An rgb8, bgr8 or mono8 Image to height x width x 3, red first."""
    channels = {'rgb8': 3, 'bgr8': 3, 'mono8': 1}.get(message.encoding)
    if channels is None:
        raise BadInput(f"pictures should be rgb8, bgr8 or mono8, but '{message.encoding}' came; "
                       "convert them first.")
    rows = np.frombuffer(message.data, dtype=np.uint8).reshape(message.height, message.step)
    pixels = rows[:, :channels * message.width].reshape(message.height, message.width, channels)
    if message.encoding == 'mono8':
        return np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels[..., ::-1] if message.encoding == 'bgr8' else pixels)


# Diagnostics.
def diagnostics(when: float, name: str, hardware: str, complaints: Sequence[str],
                numbers: Mapping[str, object]) -> DiagnosticArray:
    """One component's health: no complaint is OK, any is a warning."""
    level = DiagnosticStatus.WARN if complaints else DiagnosticStatus.OK
    status = DiagnosticStatus(level=level, name=name, message='; '.join(complaints) or 'fine',
                              hardware_id=hardware,
                              values=[KeyValue(key=key, value=str(value)) for key,
                                      value in numbers.items()])
    message = DiagnosticArray(status=[status])
    message.header.stamp = stamp(when)
    return message
