"""What a robot is, known before any connection: joints, limits, gripper, cameras, home. Read from config/robots/."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs import paths, settings
from visuomotor.specs.settings import required, setting


@dataclass(frozen=True)
class Joint:
    """One actuated joint and its limits."""

    name: str
    lower: float = required('lower position limit; continuous joints: -inf is written as continuous', 'rad')
    upper: float = required('upper position limit', 'rad')
    velocity: float = required('largest speed', 'rad/s')
    acceleration: float = required('largest acceleration', 'rad/s^2')
    jerk: float = required('largest jerk', 'rad/s^3')
    effort: float = required('largest torque', 'N m')
    continuous: bool = setting(False, 'turns without end; lower and upper then bound only what we command')

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f'joint {self.name}: lower limit {self.lower} is not below upper limit {self.upper}')
        for limit in ('velocity', 'acceleration', 'jerk', 'effort'):
            if not getattr(self, limit) > 0:
                raise ValueError(f'joint {self.name}: {limit} limit should be above 0, but is {getattr(self, limit)}')


@dataclass(frozen=True)
class Gripper:
    """Fingers driven as one: 0 open .. 1 closed."""

    joints: tuple[str, ...] = setting((), 'finger joints in the model, moved together')
    open: tuple[float, ...] = setting((), 'position of each when open', 'rad or m')
    closed: tuple[float, ...] = setting((), 'position of each when closed', 'rad or m')
    passive: dict[str, float] = setting({}, 'finger joints without a motor and the angle that they rest at', 'rad')
    speed: float = setting(1.0, 'largest speed of closing', '1/s')
    force: float = setting(40.0, 'largest force between the fingers', 'N')
    holds: float = setting(0.95, 'measured closing below which closed fingers are holding something', '0..1')


@dataclass(frozen=True)
class CameraMount:
    """A camera fixed to a link of the robot, or to the world when `link` is empty."""

    link: str = setting('', 'link that carries it; empty: the world')
    position: tuple[float, float, float] = setting((0.0, 0.0, 0.0), 'of the lens in the frame of the link', 'm')
    look_at: tuple[float, float, float] = setting((0.0, 0.0, 1.0), 'point on the optical axis, same frame', 'm')
    up: tuple[float, float, float] = setting((0.0, 0.0, 1.0), 'which way is up in the picture, same frame')
    fov: float = setting(60.0, 'vertical field of view', 'deg')
    width: int = setting(128, 'picture width', 'px')
    height: int = setting(128, 'picture height', 'px')
    rate: float = setting(20.0, 'pictures a second', 'Hz')


@dataclass(frozen=True)
class Workspace:
    """The box that the end-effector may be in."""

    lower: tuple[float, float, float] = setting((-2.0, -2.0, -2.0), 'corner, robot base frame', 'm')
    upper: tuple[float, float, float] = setting((2.0, 2.0, 2.0), 'corner, robot base frame', 'm')

    def __post_init__(self) -> None:
        if not all(low < high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError(f'workspace lower corner {self.lower} is not below the upper corner {self.upper}')


@dataclass(frozen=True)
class RobotSpec:
    """Everything known of a robot without asking it."""

    name: str
    kind: str = setting('arm', 'arm or legged')
    title: str = setting('', 'what people call it')
    urdf: str = setting('', 'file in urdf/, or pybullet_data:<path>; empty: the robot has no model')
    base_link: str = setting('', 'link that is bolted down; legged: the body')
    tip_link: str = setting('', 'link whose pose is the end-effector pose')
    joints: tuple[Joint, ...] = setting((), 'in the order of every command and state')
    home: tuple[float, ...] = setting((), 'where it waits', 'rad')
    gripper: Gripper | None = setting(None, 'none: no gripper')
    workspace: Workspace = setting(Workspace(), 'where the end-effector may be')
    cameras: dict[str, CameraMount] = setting({}, 'cameras by name')
    control_hz: float = setting(100.0, 'commands a second', 'Hz')
    command_age: float = setting(0.1, 'silence after which the robot brakes by itself', 's')
    sources: dict[str, str] = setting({}, 'where each kind of number comes from')

    def __post_init__(self) -> None:
        if self.kind not in ('arm', 'legged'):
            raise ValueError(f"kind should be arm or legged, but is '{self.kind}'")
        if len(self.home) != len(self.joints):
            raise ValueError(f'home has {len(self.home)} angles for {len(self.joints)} joints')
        for angle, joint in zip(self.home, self.joints, strict=True):
            if not joint.lower <= angle <= joint.upper:
                raise ValueError(f'home of joint {joint.name} is {angle}, outside {joint.lower} .. {joint.upper}')

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(joint.name for joint in self.joints)

    @cached_property
    def lower(self) -> NDArray[np.float64]:
        return np.array([joint.lower for joint in self.joints])

    @cached_property
    def upper(self) -> NDArray[np.float64]:
        return np.array([joint.upper for joint in self.joints])

    @cached_property
    def velocity(self) -> NDArray[np.float64]:
        return np.array([joint.velocity for joint in self.joints])

    @cached_property
    def acceleration(self) -> NDArray[np.float64]:
        return np.array([joint.acceleration for joint in self.joints])

    @cached_property
    def bounds(self) -> list[tuple[float, float, float, float]]:
        """Lower, upper, velocity and acceleration of each joint, for loops in plain Python."""
        return [(joint.lower, joint.upper, joint.velocity, joint.acceleration) for joint in self.joints]

    @cached_property
    def jerk(self) -> NDArray[np.float64]:
        return np.array([joint.jerk for joint in self.joints])

    @cached_property
    def effort(self) -> NDArray[np.float64]:
        return np.array([joint.effort for joint in self.joints])


def robot_names() -> list[str]:
    """Return the robots that there are."""
    return sorted(path.stem for path in (paths.CONFIG / 'robots').glob('*.yaml'))


@lru_cache
def load_robot(name: str) -> RobotSpec:
    """Read one robot by name; refuse an unknown one with the nearest names."""
    settings.choose('robot', name, robot_names())
    return settings.read(Path(paths.CONFIG / 'robots' / f'{name}.yaml'), RobotSpec)
