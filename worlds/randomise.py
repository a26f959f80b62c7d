"""What differs from scene to scene, in looks and in motion, as distributions declared in a task's `randomise:`."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.settings import required, setting

BATTERY = 16.0  # V, nominal
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Range:
    """A number drawn evenly between two ends."""

    low: float = required('smallest value')
    high: float = required('largest value')

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f'low {self.low} is above high {self.high}')

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))

    def draw_vector(self, rng: np.random.Generator) -> Vector:
        x, y, z = rng.uniform(self.low, self.high, 3)
        return float(x), float(y), float(z)


@dataclass(frozen=True)
class Randomise:
    """What is drawn for each new scene; the nominal value is the default."""

    mass: Range = setting(Range(1.0, 1.0), 'of each of the robot\'s links, times nominal')
    friction: Range = setting(Range(1.0, 1.0), 'of every contact, times nominal')
    object_mass: Range = setting(Range(1.0, 1.0), 'of loose objects, times nominal')
    gain: Range = setting(Range(1.0, 1.0), 'of the position controllers, times nominal')
    strength: Range = setting(Range(1.0, 1.0), 'of the motors, times nominal')
    battery: Range = setting(Range(BATTERY, BATTERY), 'of battery-driven robots', 'V')
    latency: Range = setting(Range(0.0, 0.0), 'added to the actuation latency', 's')
    surfaces: float = setting(0.0, 'chance that floor, tray and table get a random colour and texture', '0..1')
    robot_colours: float = setting(0.0, 'chance that the robot is painted anew', '0..1')
    light_direction: Range = setting(Range(0.0, 0.0), 'added to each component of where the light comes from', 'm')
    light_colour: Range = setting(Range(1.0, 1.0), 'each component of the light')
    ambient: Range = setting(Range(0.6, 0.6), 'light from everywhere')
    shadow: float = setting(0.0, 'chance of shadows', '0..1')
    camera_position: Range = setting(Range(0.0, 0.0), 'added to each coordinate of scene cameras', 'm')
    camera_aim: Range = setting(Range(0.0, 0.0), 'added to each coordinate of where scene cameras look', 'm')
    camera_fov: Range = setting(Range(0.0, 0.0), 'added to the field of view', 'deg')
    distractors: Range = setting(Range(0.0, 0.0), 'shapes around the scene that mean nothing; a whole number')


@dataclass(frozen=True)
class Dynamics:
    """How this scene's machine differs from the nominal one."""

    mass: tuple[float, ...] = ()      # factor for each link of the robot, base first; empty: nominal
    friction: float = 1.0
    object_mass: float = 1.0
    gain: float = 1.0
    strength: float = 1.0
    battery: float = BATTERY
    latency: float = 0.0              # s added


@dataclass(frozen=True)
class Visuals:
    """How this scene differs in the eye of a camera."""

    surfaces: tuple[tuple[int, Vector], ...] = ()   # texture number and colour of each surface; empty: as made
    robot: Vector | None = None                     # colour; none: as made
    light_direction: Vector = (1.0, -0.6, 2.0)
    light_colour: Vector = (1.0, 1.0, 1.0)
    ambient: float = 0.6
    shadow: bool = False
    camera_position: Vector = (0.0, 0.0, 0.0)
    camera_aim: Vector = (0.0, 0.0, 0.0)
    camera_fov: float = 0.0
    distractors: tuple[tuple[int, Vector, Vector], ...] = ()  # shape, colour, place around the scene


@dataclass(frozen=True)
class SceneSample:
    """One draw of everything."""

    dynamics: Dynamics = Dynamics()
    look: Visuals = Visuals()


def draw(ranges: Randomise, rng: np.random.Generator, links: int, surfaces: int, textures: int) -> SceneSample:
    """Draw one scene's sample; the same generator state gives the same sample."""
    return SceneSample(draw_dynamics(ranges, rng, links), draw_look(ranges, rng, surfaces, textures))


def draw_dynamics(ranges: Randomise, rng: np.random.Generator, links: int) -> Dynamics:
    masses: NDArray[np.float64] = rng.uniform(ranges.mass.low, ranges.mass.high, links)
    return Dynamics(tuple(float(m) for m in masses), *(
        one.draw(rng) for one in (ranges.friction, ranges.object_mass, ranges.gain, ranges.strength,
                                        ranges.battery, ranges.latency)))


def draw_look(ranges: Randomise, rng: np.random.Generator, surfaces: int, textures: int) -> Visuals:
    painted = rng.random() < ranges.surfaces
    appearance = tuple((int(rng.integers(textures)), _colour(rng)) for _ in range(surfaces))
    robot = _colour(rng) if rng.random() < ranges.robot_colours else None
    offset = ranges.light_direction.draw_vector(rng)
    direction = tuple(base + more for base, more in zip(Visuals.light_direction, offset, strict=True))
    colour, ambient = ranges.light_colour.draw_vector(rng), ranges.ambient.draw(rng)
    shadow = bool(rng.random() < ranges.shadow)
    camera = (ranges.camera_position.draw_vector(rng), ranges.camera_aim.draw_vector(rng),
              ranges.camera_fov.draw(rng))
    shapes = tuple(_distractor(rng) for _ in range(round(ranges.distractors.draw(rng))))
    return Visuals(appearance if painted else (), robot, (direction[0], direction[1], direction[2]), colour, ambient, shadow,
                *camera, shapes)


def _colour(rng: np.random.Generator) -> Vector:
    red, green, blue = rng.uniform(0.15, 1.0, 3)
    return float(red), float(green), float(blue)


def _distractor(rng: np.random.Generator) -> tuple[int, Vector, Vector]:
    """A ball or a box somewhere on a ring around the scene, out of the robot's way."""
    shape, colour = int(rng.integers(2)), _colour(rng)
    angle, distance, size = rng.uniform(-1.2, 1.2), rng.uniform(0.55, 0.9), rng.uniform(0.02, 0.06)
    return shape, colour, (float(angle), float(distance), float(size))
