"""What differs from scene to scene, as distributions declared in a task's `randomise:`."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import Settings, required, setting, unfit
from visuomotor.specs.task import TaskSpec

BATTERY = 16.0  # V, nominal
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Range(Settings):
    """A number drawn evenly between two ends."""

    low: float = required('smallest value')
    high: float = required('largest value')

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise BadInput(f'low {self.low} is above high {self.high}')

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))

    def draw_vector(self, rng: np.random.Generator) -> Vector:
        return _vector(rng.uniform(self.low, self.high, 3))


ONE, NOTHING = Range(1.0, 1.0), Range(0.0, 0.0)


@dataclass(frozen=True)
class Randomise(Settings):
    """What is drawn for each new scene; nominal by default. Limits hold for both ends."""

    mass: Range = setting(ONE, "of each of the robot's links, times nominal", above=0, most=10)
    friction: Range = setting(ONE, 'of every contact, times nominal', least=0, most=10)
    object_mass: Range = setting(ONE, 'of loose objects, times nominal', above=0, most=10)
    gain: Range = setting(ONE, 'of the position controllers, times nominal', above=0, most=4)
    strength: Range = setting(ONE, 'of the motors, times nominal', least=0, most=10)
    battery: Range = setting(
        Range(BATTERY, BATTERY), 'of battery-driven robots', 'V', above=0, most=100)
    latency: Range = setting(NOTHING, 'added to the actuation latency', 's', least=0, most=1)
    surfaces: float = setting(
        0.0, 'probability that floor, tray and table get a random colour and texture',
        least=0, most=1)
    robot_colours: float = setting(
        0.0, 'probability that the robot gets another colour', least=0, most=1)
    light_direction: Range = setting(
        NOTHING, 'added to each component of where the light comes from', 'm', least=-10, most=10)
    light_colour: Range = setting(ONE, 'each component of the light', least=0, most=1)
    ambient: Range = setting(Range(0.6, 0.6), 'light from everywhere', least=0, most=1)
    shadow: float = setting(0.0, 'probability of shadows', least=0, most=1)
    camera_position: Range = setting(
        NOTHING, 'added to each coordinate of scene cameras', 'm', least=-1, most=1)
    camera_aim: Range = setting(
        NOTHING, 'added to each coordinate of where scene cameras look', 'm', least=-1, most=1)
    camera_fov: Range = setting(NOTHING, 'added to the field of view', 'deg', least=-20, most=20)
    distractors: Range = setting(
        NOTHING, 'shapes around the scene that mean nothing; a whole number', least=0, most=50)

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Range) and (why := unfit((value.low, value.high), field.metadata)):
                raise BadInput(f'{field.name} {why}')


@dataclass(frozen=True)
class Dynamics:
    """How this scene's machine differs from the nominal one."""

    mass: tuple[float, ...] = ()   # factor for each link, base first; empty: nominal
    friction: float = 1.0
    object_mass: float = 1.0
    gain: float = 1.0
    strength: float = 1.0
    battery: float = BATTERY
    latency: float = 0.0              # s added


@dataclass(frozen=True)
class Visuals:
    """How this scene looks different to a camera."""

    surfaces: tuple[tuple[int, Vector], ...] = ()   # texture number and colour; empty: as made
    robot: Vector | None = None                     # colour; none: as made
    light_direction: Vector = (1.0, -0.6, 2.0)
    light_colour: Vector = (1.0, 1.0, 1.0)
    ambient: float = 0.6
    shadow: bool = False
    camera_position: Vector = (0.0, 0.0, 0.0)
    camera_aim: Vector = (0.0, 0.0, 0.0)
    camera_fov: float = 0.0
    distractors: tuple[tuple[int, Vector, Vector], ...] = ()   # shape, colour, place


@dataclass(frozen=True)
class SceneSample:
    """One draw of everything."""

    dynamics: Dynamics = Dynamics()
    visuals: Visuals = Visuals()


def ranges_of(task: TaskSpec) -> Randomise:
    """Read and check a task's `randomise:`."""
    return settings.build(Randomise, task.randomise, f'task {task.name}: randomise')


def draw(ranges: Randomise, rng: np.random.Generator, links: int, surfaces: int,
         textures: int) -> SceneSample:
    """Draw one scene's sample; the same generator state gives the same sample."""
    return SceneSample(_dynamics(ranges, rng, links), _visuals(ranges, rng, surfaces, textures))


def _dynamics(ranges: Randomise, rng: np.random.Generator, links: int) -> Dynamics:
    masses = rng.uniform(ranges.mass.low, ranges.mass.high, links).tolist()
    others = (ranges.friction, ranges.object_mass, ranges.gain, ranges.strength, ranges.battery,
              ranges.latency)
    return Dynamics(tuple(masses), *(one.draw(rng) for one in others))


def _visuals(ranges: Randomise, rng: np.random.Generator, surfaces: int,
             textures: int) -> Visuals:
    recoloured = rng.random() < ranges.surfaces
    chosen = tuple((int(rng.integers(textures)), _colour(rng)) for _ in range(surfaces))
    robot = _colour(rng) if rng.random() < ranges.robot_colours else None
    light = _vector(np.add(Visuals.light_direction, ranges.light_direction.draw_vector(rng)))
    colour, ambient = ranges.light_colour.draw_vector(rng), ranges.ambient.draw(rng)
    shadow = bool(rng.random() < ranges.shadow)
    camera = (ranges.camera_position.draw_vector(rng), ranges.camera_aim.draw_vector(rng),
              ranges.camera_fov.draw(rng))
    shapes = tuple(_distractor(rng) for _ in range(round(ranges.distractors.draw(rng))))
    return Visuals(chosen if recoloured else (), robot, light, colour, ambient, shadow, *camera,
                   shapes)


def _vector(numbers: NDArray[np.float64]) -> Vector:
    x, y, z = numbers.tolist()
    return x, y, z


def _colour(rng: np.random.Generator) -> Vector:
    return _vector(rng.uniform(0.15, 1.0, 3))


def _distractor(rng: np.random.Generator) -> tuple[int, Vector, Vector]:
    """A ball or a box somewhere on a ring around the scene, out of the robot's way."""
    shape, colour = int(rng.integers(2)), _colour(rng)
    return shape, colour, _vector(rng.uniform((-1.2, 0.55, 0.02), (1.2, 0.9, 0.06)))
