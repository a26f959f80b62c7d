"""Which worlds there are, which of them a robot can live in, and who makes it there; drivers are
found by folder name. A driver is robots/<kind>/driver.py with a class Driver(spec, clock, address,
settings); its emulator stands beside it in emulator.py, Emulator(spec, plant, settings). A robot's
YAML chooses it: driver: {kind: <kind>, address: …}."""
from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visuomotor import robots
from visuomotor.robots.fake import Fake
from visuomotor.robots.interface import Emulator, Robot
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Clock


@dataclass(frozen=True)
class WorldKind:
    """What stands behind a driver node."""

    physics: bool   # PyBullet moves it and lays out its scenes
    wire: bool      # the robot's own driver talks to it

    @property
    def real(self) -> bool:
        """A machine of metal, and people beside it."""
        return self.wire and not self.physics


WORLDS = {'sim': WorldKind(physics=True, wire=False), 'fake': WorldKind(physics=False, wire=False),
          'emulated': WorldKind(physics=True, wire=True),
          'real': WorldKind(physics=False, wire=True)}


def driver_kinds(file: str = 'driver') -> list[str]:
    """Return the drivers that there are: every folder in robots/ with a driver.py."""
    return sorted(path.parent.name for place in robots.__path__
                  for path in Path(place).glob(f'*/{file}.py'))


def worlds_of(spec: RobotSpec) -> list[str]:
    """Return the worlds that a robot can live in."""
    return [world for world in WORLDS if not lacking(spec, world)]


def kind_of(spec: RobotSpec, world: str) -> WorldKind:
    """Return what a world is; refuse one that this robot lacks something for."""
    kind = WORLDS[settings.choose('world', world, WORLDS)]
    if why := lacking(spec, world):
        others = ' or '.join(worlds_of(spec))
        raise BadInput(f'{why} Until then choose world {others} for {spec.name}.')
    return kind


def lacking(spec: RobotSpec, world: str) -> str:
    """Say what is missing for this robot in this world, or ''."""
    kind, chosen = WORLDS[world], spec.driver.kind
    file = f'config/robots/{spec.name}.yaml'
    if kind.physics and not spec.urdf:
        return (f"World '{world}' needs a model, but {spec.name} has none: name one as urdf in "
                f'{file}.')
    if not kind.wire:
        return ''
    if not chosen:
        return (f"World '{world}' needs a driver, and {spec.name} has no driver yet: write "
                f'robots/<kind>/driver.py and name it in {file} as driver: '
                '{kind: <kind>, address: …}.')
    if chosen not in driver_kinds():
        return (f"There is no driver '{chosen}' for {spec.name} ({file}); "
                f"{settings.nearest(chosen, driver_kinds())}")
    if kind.physics and chosen not in driver_kinds('emulator'):
        return (f"World '{world}' needs an emulator beside the driver: write "
                f'robots/{chosen}/emulator.py.')
    return ''


def make_robot(spec: RobotSpec, world: str, clock: Clock, plant: Robot | None = None,
               address: str = '') -> Robot:
    """Return the robot of this world, not yet connected. `plant` is the robot of the simulated
    world, `address` where its emulator listens; empty: the address in the robot's YAML."""
    kind = kind_of(spec, world)
    if kind.wire:
        driver: Robot = _part(spec, 'driver').Driver(spec, clock, address or spec.driver.address,
                                                     spec.driver.settings)
        return driver
    if not kind.physics:
        return Fake(spec, clock)
    if plant is None:
        raise BadInput(f'A simulated {spec.name} comes with its world; make that with '
                       'worlds.make.make_world.')
    return plant


def make_emulator(spec: RobotSpec, plant: Robot) -> Emulator:
    """Return what speaks like the robot on its wire while `plant` moves."""
    kind_of(spec, 'emulated')
    emulator: Emulator = _part(spec, 'emulator').Emulator(spec, plant, spec.driver.settings)
    return emulator


def _part(spec: RobotSpec, part: str) -> Any:
    return importlib.import_module(f'visuomotor.robots.{spec.driver.kind}.{part}')
