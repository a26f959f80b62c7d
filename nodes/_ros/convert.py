"""Messages to plain values and back. Only nodes and their tests call this; decisions see values
alone. Stamps go through float seconds. A float holds the present date to 0.24 us, so a stamp made
here from a float comes back as the same float, and from there as the same stamp; a stamp that
somebody else made is passed on as the message it is."""
from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Pose
from sensor_msgs.msg import Imu as ImuMessage
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from visuomotor import msg
from visuomotor.specs.codes import Mode, code
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Imu, Proposal, State, Target, Truth

if TYPE_CHECKING:   # what these pages import, only the safety node has to load
    from visuomotor.safety.filter import SafetyFilter
    from visuomotor.safety.verdict import Permitted

GRIPPER = 'gripper'
# What is taken over from a message is never longer than this: characters, names, rows, numbers.
HASH = NAME = 64
NAMES = 256
PATH = 4096
ROWS = 100_000   # more than the safety node's longest_chunk may be; that is 500 by default
WIDTH = 64
LATEST = 2**31 - 1   # s, the last stamp that there is
Picker = Callable[[Sequence[float]], Sequence[float]]


def stamp(seconds: float) -> Time:
    """Seconds to a stamp, to the nanosecond; refuse what no stamp can say."""
    if not -LATEST <= seconds < LATEST:
        raise BadInput(f'a stamp should be between {-LATEST} s and {LATEST} s, but is {seconds}')
    whole = int(seconds // 1)
    carry, nanoseconds = divmod(round((seconds - whole) * 1e9), 1_000_000_000)
    return Time(sec=whole + carry, nanosec=nanoseconds)


def seconds(time: Any) -> float:
    """A stamp to seconds."""
    return float(time.sec + time.nanosec * 1e-9)


def ticks(header: Header) -> tuple[int, int]:
    """Return the stamp of a header as it came, whole seconds and nanoseconds."""
    return header.stamp.sec, header.stamp.nanosec


def few(what: str, values: Sequence[Any], most: int) -> Sequence[Any]:
    """Return a text or a list of a message; refuse a longer one than is ever kept."""
    if len(values) > most:
        raise BadInput(f'{what} should be at most {most} long, but is {len(values)}.')
    return values


def header(when: float, frame: str = '') -> Header:
    return Header(stamp=stamp(when), frame_id=frame)


def doubles(values: FloatArray | Sequence[float]) -> array[float]:
    """Numbers for a float64[] field, in the one form that rclpy does not check one by one."""
    return array('d', values.tolist() if isinstance(values, np.ndarray) else values)


# Joint states.
def joint_state(state: State, spec: RobotSpec) -> JointState:
    """What the driver publishes: the joints in order, then the gripper when there is one."""
    message = JointState(header=header(state.stamp, spec.base_link), name=list(spec.names),
                         position=doubles(state.position), velocity=doubles(state.velocity),
                         effort=doubles(state.effort))
    if spec.gripper is not None:
        message.name.append(GRIPPER)
        message.position.append(state.gripper)
        message.velocity.append(0.0)
        message.effort.append(state.gripper_effort)
    return message


def state(message: JointState, spec: RobotSpec, imu: Imu | None = None) -> State:
    """Read a joint state by name, in any order; speeds and efforts that are missing are 0."""
    where, gripper = _places(tuple(few('the names', message.name, NAMES)), spec.names)
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
def _places(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Picker, int]:
    """Return what picks these numbers out of a column, and the place of the gripper; -1: none."""
    place = {name: index for index, name in enumerate(names)}
    missing = [name for name in wanted if name not in place]
    if missing:
        raise BadInput(f'joint_states should name {", ".join(wanted)}, but lacks '
                       f'{", ".join(missing)}; is this the robot that was asked for?')
    picker = itemgetter(*(place[name] for name in wanted))
    return picker if len(wanted) > 1 else lambda column: (picker(column),), place.get(GRIPPER, -1)


# Attitude.
def imu_message(imu: Imu, when: float, frame: str) -> ImuMessage:
    message = ImuMessage(header=header(when, frame))
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
                     terminate: bool = False) -> msg.Proposal:
    rows = np.asarray(proposal.targets, dtype=np.float64).reshape(len(proposal.times), -1)
    return msg.Proposal(
        header=header(now, frame), source=proposal.source, mode=int(proposal.mode),
        dead_man=proposal.dead_man, terminate=terminate, policy_hash=proposal.policy_hash,
        observation_stamp=stamp(proposal.observed), width=rows.shape[1],
        times=doubles(proposal.times), targets=doubles(rows.ravel()),
        gripper=doubles(proposal.gripper))


def proposal(message: msg.Proposal, base: str | None = None,
             source: int | None = None) -> Proposal:
    """Read a proposal; refuse numbers that cannot form one, and another source, or frame than that
    of the robot's base, where they are given. What they mean is judged by safety."""
    if source not in (None, message.source):
        raise BadInput(f'it says that it comes from source {message.source}')
    if base is not None and message.header.frame_id not in ('', base):
        raise BadInput(f"its frame_id should be '{base}' or empty, but is "
                       f"'{message.header.frame_id[:NAME]}'; transform it first")
    few('its policy_hash', message.policy_hash, HASH)
    times, flat = np.array(few('its times', message.times, ROWS)), np.array(message.targets)
    mode = code(Mode, message.mode)
    if message.width > WIDTH:
        raise BadInput(f'its width should be at most {WIDTH}, but is {message.width}')
    if len(flat) != len(times) * message.width:
        raise BadInput(f'{len(times)} targets of width {message.width} are '
                       f'{len(times) * message.width} numbers, but {len(flat)} came.')
    return Proposal(mode, times, flat.reshape(len(times), message.width),
                    np.array(few('its gripper', message.gripper, ROWS)),
                    seconds(message.observation_stamp), message.source, message.dead_man,
                    message.policy_hash)


# Commands.
def command_message(target: Target, permitted: Permitted, answered: Header,
                    writer: int = 0, sequence: int = 0) -> msg.Command:
    """What safety permits, as the answer to the joint states that had this header."""
    return msg.Command(
        writer=writer, sequence=sequence,
        header=answered, position=doubles(target.position), velocity=doubles(target.velocity),
        gripper=target.gripper or 0.0, verdict=int(permitted.verdict), reasons=permitted.reasons,
        asked_source=permitted.source, asked_mode=permitted.mode, asked=doubles(permitted.asked),
        observation_stamp=stamp(permitted.observed), policy_hash=permitted.policy_hash)


def safety_status(permitted: Permitted, safety: SafetyFilter, now: float,
                  steady: float) -> msg.SafetyStatus:
    """The same for people, with what stands between the filter and motion."""
    latch = safety.latch
    return msg.SafetyStatus(
        header=header(now), level=int(permitted.verdict), reasons=permitted.reasons,
        armed=latch.armed, stopped=latch.stopped, stop_reason=latch.reason,
        source=permitted.source, state_age=safety.whereabouts.age(steady),
        proposal_age=permitted.proposal_age, refused=safety.sources.refused,
        margins=[msg.Margin(limit=m.limit, value=m.value, unit=m.unit) for m in permitted.margins])


def target(command: msg.Command, spec: RobotSpec) -> Target:
    """Read what the robot should do; a robot without a gripper is told nothing about one."""
    return Target(np.array(command.position), np.array(command.velocity),
                  command.gripper if spec.gripper else None, seconds(command.header.stamp))


def driver_status(now: float, world: str, lost: float, alarms: Sequence[str],
                  **about: Any) -> msg.DriverStatus:
    """How a driver fares, and which robot it speaks for."""
    return msg.DriverStatus(header=header(now), world=world, lost=lost, alarms=list(alarms),
                            **about)


def sent_message(sent: Target, answered: Header, frame: str) -> msg.Sent:
    """What a robot really did with the command that had this header."""
    return msg.Sent(header=Header(stamp=answered.stamp, frame_id=frame),
                    position=doubles(sent.position), velocity=doubles(sent.velocity),
                    gripper=math.nan if sent.gripper is None else sent.gripper)


# Episodes.
def episode_status(now: float, started: float, outcome: Mapping[str, Any],
                   **where: Any) -> msg.EpisodeStatus:
    """Where a run is, and how its episode ended; the rest by the names of their fields."""
    return msg.EpisodeStatus(header=header(now), started=stamp(started),
                             outcome=msg.EpisodeOutcome(**outcome), **where)


# The simulator's truth.
def truth_message(truth: Truth) -> msg.WorldTruth:
    return msg.WorldTruth(
        header=header(truth.stamp, 'world'), names=list(truth.poses),
        poses=[_pose(pose) for pose in truth.poses.values()],
        values=array('d', truth.values.values()), value_names=list(truth.values),
        success=bool(truth.success), failed=bool(truth.failed), progress=float(truth.progress),
        reward=float(truth.reward), scene=truth.scene)


def truth(message: msg.WorldTruth) -> Truth:
    """Read a truth; refuse one whose names are not as many as what they name."""
    for names, named in ((message.names, message.poses), (message.value_names, message.values)):
        if len(few('the names', names, NAMES)) != len(named):
            raise BadInput(f'{len(names)} names should name as many, but {len(named)} came.')
        for name in names:
            few('a name', name, NAME)
    few('the scene', message.scene, HASH)
    poses = dict(zip(message.names, map(_pose_vector, message.poses), strict=True))
    values = dict(zip(message.value_names, message.values, strict=True))
    return Truth(seconds(message.header.stamp), poses, values, message.reward, message.success,
                 message.failed, message.progress, message.scene)


def _pose(vector: FloatArray) -> Pose:
    pose = Pose()
    p, q = pose.position, pose.orientation
    p.x, p.y, p.z, q.x, q.y, q.z, q.w = vector.tolist()
    return pose


def _pose_vector(pose: Pose) -> FloatArray:
    p, q = pose.position, pose.orientation
    return np.array([p.x, p.y, p.z, q.x, q.y, q.z, q.w])


# What is measured or wished for is finite, or not said; Sent.gripper may be NaN: there is none.
NUMBERS: dict[type[Any], Callable[[Any], Iterable[float]]] = {
    JointState: lambda m: chain(m.position, m.velocity, m.effort),
    ImuMessage: lambda m: (m.orientation.x, m.orientation.y, m.orientation.z, m.orientation.w,
                           m.angular_velocity.x, m.angular_velocity.y, m.angular_velocity.z),
    msg.Sent: lambda m: chain(m.position, m.velocity),
    msg.Proposal: lambda m: chain(m.times, m.targets, m.gripper),
    msg.Reward: lambda m: (m.value, m.success_probability)}


def finite(message: Any) -> bool:
    """Tell whether all numbers of a message that has to be finite are so."""
    numbers = NUMBERS.get(type(message))
    return numbers is None or all(map(math.isfinite, numbers(message)))


# Diagnostics.
def diagnostics(when: float, name: str, hardware: str, complaints: Iterable[str],
                numbers: Mapping[str, object]) -> DiagnosticArray:
    """One component's health: no complaint is OK, any is a warning; empty ones are none."""
    message = '; '.join(filter(None, complaints))
    level = DiagnosticStatus.WARN if message else DiagnosticStatus.OK
    values = [KeyValue(key=key, value=str(value)) for key, value in numbers.items()]
    status = DiagnosticStatus(level=level, name=name, message=message or 'fine',
                              hardware_id=hardware, values=values)
    return DiagnosticArray(header=header(when), status=[status])
