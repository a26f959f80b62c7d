"""What a robot is, known before any connection; read from config/robots/."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from visuomotor.specs import paths, settings
from visuomotor.specs.settings import Layer, Settings, required, setting
from visuomotor.specs.values import FloatArray

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Joint(Settings):
    """One actuated joint and its limits."""

    name: str
    lower: float = required('lower position limit; continuous joints: what we command at most',
                            'rad', least=-1e4, most=1e4)
    upper: float = required('upper position limit', 'rad', least=-1e4, most=1e4)
    velocity: float = required('largest speed', 'rad/s', above=0, most=1e3)
    acceleration: float = required('largest acceleration', 'rad/s^2', above=0, most=1e6)
    jerk: float = required('largest jerk', 'rad/s^3', above=0, most=1e9)
    effort: float = required('largest torque', 'N m', above=0, most=1e5)
    continuous: bool = setting(
        False, 'turns without end; lower and upper then bound only what we command')

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.lower < self.upper:
            raise ValueError(f'joint {self.name}: lower limit {self.lower} is not below upper '
                             f'limit {self.upper}')


@dataclass(frozen=True)
class Gripper(Settings):
    """Fingers driven as one: 0 open .. 1 closed."""

    joints: tuple[str, ...] = setting((), 'finger joints in the model, moved together')
    open: tuple[float, ...] = setting((), 'position of each when open', 'rad or m', least=-100,
                                      most=100)
    closed: tuple[float, ...] = setting((), 'position of each when closed', 'rad or m', least=-100,
                                        most=100)
    passive: dict[str, float] = setting(
        {}, 'finger joints without a motor and the angle that they rest at', 'rad',
        least=-100, most=100)
    speed: float = setting(1.0, 'largest speed of closing', '1/s', above=0, most=100)
    force: float = setting(40.0, 'largest force between the fingers', 'N', above=0, most=1e4)
    holds: float = setting(
        0.95, 'measured closing below which closed fingers are holding something', '0..1',
        above=0, most=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not len(self.joints) == len(self.open) == len(self.closed):
            raise ValueError(f'the gripper has {len(self.joints)} joints, but {len(self.open)} '
                             f'positions when open and {len(self.closed)} when closed')


@dataclass(frozen=True)
class CameraMount(Settings):
    """A camera fixed to a link of the robot, or to the world when `link` is empty."""

    link: str = setting('', 'link that carries it; empty: the world')
    position: Point = setting((0.0, 0.0, 0.0), 'of the lens in the frame of the link', 'm',
                              least=-100, most=100)
    look_at: Point = setting((0.0, 0.0, 1.0), 'point on the optical axis, same frame', 'm',
                             least=-100, most=100)
    up: Point = setting((0.0, 0.0, 1.0), 'which way is up in the picture, same frame',
                        least=-1, most=1)
    fov: float = setting(60.0, 'vertical field of view', 'deg', above=0, below=180)
    width: int = setting(128, 'picture width', 'px', least=1, most=8192)
    height: int = setting(128, 'picture height', 'px', least=1, most=8192)
    rate: float = setting(20.0, 'pictures a second', 'Hz', above=0, most=1000)
    device: str = setting('', 'outside simulation: index or path of the camera; empty: none')
    topic: str = setting(
        '', 'outside simulation: sensor_msgs/Image topic that has its pictures; empty: none')

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.position == self.look_at or not any(self.up):
            raise ValueError('the camera looks nowhere: look_at should differ from position, and '
                             f'up be a direction, but they are {self.look_at} and {self.up}')


@dataclass(frozen=True)
class Workspace(Settings):
    """The box that the end-effector may be in."""

    lower: Point = setting((-2.0, -2.0, -2.0), 'corner, robot base frame', 'm', least=-100,
                           most=100)
    upper: Point = setting((2.0, 2.0, 2.0), 'corner, robot base frame', 'm', least=-100, most=100)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(low < high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError(f'workspace lower corner {self.lower} is not below the upper corner '
                             f'{self.upper}')


@dataclass(frozen=True)
class DriverChoice(Settings):
    """What moves the real robot: robots/<kind>/driver.py, found by name, its emulator beside it."""

    kind: str = setting('', 'folder in robots/ that has the driver; empty: nobody has written one')
    address: str = setting('', 'where the robot is, in the words of its driver')
    settings: dict[str, Any] = setting({}, 'of the driver; checked by its own dataclass')
    back_drivable: bool = setting(
        False, 'bears its own weight when led by hand; then it follows while it is stopped')


def _of_each(what: str) -> cached_property[FloatArray]:
    """Make a property that is the array of one number of each joint."""
    return cached_property(lambda spec: np.array([getattr(joint, what) for joint in spec.joints]))


@dataclass(frozen=True)
class RobotSpec(Settings):
    """Everything known of a robot without asking it."""

    name: str
    title: str = setting('', 'what people call it')
    urdf: str = setting('', 'file in urdf/, or pybullet_data:<path>; empty: the robot has no model')
    base_link: str = setting('', 'link that is bolted down; legged: the body')
    tip_link: str = setting(
        '', 'link whose pose is the end-effector pose; empty: it has no end-effector')
    legs: int = setting(0, 'legs of two motors each; 0: it is bolted down', least=0, most=100)
    joints: tuple[Joint, ...] = setting((), 'in the order of every command and state')
    home: tuple[float, ...] = setting((), 'where it waits', 'rad')
    gripper: Gripper | None = setting(None, 'none: no gripper')
    workspace: Workspace = setting(Workspace(), 'where the end-effector may be')
    cameras: dict[str, CameraMount] = setting({}, 'cameras by name')
    control_hz: float = setting(100.0, 'commands a second', 'Hz', above=0, most=10_000)
    command_age: float = setting(0.1, 'silence after which the robot brakes by itself', 's',
                                 above=0, most=2)
    driver: DriverChoice = setting(DriverChoice(), 'what moves the real robot')
    safety: dict[str, Any] = setting({}, 'settings of the safety node for this robot')
    sources: dict[str, str] = setting({}, 'where each kind of number comes from')

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.joints:
            raise ValueError('joints is empty; a robot has one or more')
        if len(set(self.names)) != len(self.names):
            raise ValueError('each joint should have a name of its own, but they are '
                             f'{", ".join(self.names)}')
        if len(self.home) != len(self.joints):
            raise ValueError(f'home has {len(self.home)} angles for {len(self.joints)} joints')
        if self.legs and len(self.joints) != 2 * self.legs:
            raise ValueError(f'{self.legs} legs have {2 * self.legs} motors, but there are '
                             f'{len(self.joints)} joints')
        for angle, joint in zip(self.home, self.joints, strict=True):
            if not joint.lower <= angle <= joint.upper:
                raise ValueError(f'home of joint {joint.name} is {angle}, outside {joint.lower} .. '
                                 f'{joint.upper}')

    lower = _of_each('lower')
    upper = _of_each('upper')
    velocity = _of_each('velocity')
    acceleration = _of_each('acceleration')
    jerk = _of_each('jerk')
    effort = _of_each('effort')

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(joint.name for joint in self.joints)

    @cached_property
    def bounds(self) -> list[tuple[float, float, float, float]]:
        """Lower, upper, velocity and acceleration of each joint, for loops in plain Python."""
        return [(joint.lower, joint.upper, joint.velocity, joint.acceleration)
                for joint in self.joints]


def robot_names() -> list[str]:
    """Return the robots that there are."""
    return sorted(path.stem for path in (paths.CONFIG / 'robots').glob('*.yaml'))


@lru_cache
def load_robot(name: str) -> RobotSpec:
    """Read one robot by name; refuse an unknown one with the nearest names."""
    settings.choose('robot', name, robot_names())
    return settings.read(paths.CONFIG / 'robots' / f'{name}.yaml', RobotSpec)


def node_layers(node: str, robot: str) -> list[Layer]:
    """Return what is set for a node before anybody starts it, weakest first: its file in
    config/nodes, which may name the robot when `robot` is empty, and the robot's own block."""
    layers: list[Layer] = []
    file = paths.CONFIG / 'nodes' / f'{node}.yaml'
    if file.is_file():
        layers.append((f'config/nodes/{file.name}', settings.read_mapping(file)))
        robot = robot or str(layers[0][1].get('robot', ''))
    block = getattr(load_robot(robot), node, None) if robot else None
    if block and isinstance(block, dict):   # the field of RobotSpec with the node's name
        layers.append((f'config/robots/{robot}.yaml: {node}', block))
    return layers
