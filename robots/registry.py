"""Makes robots that need no simulator. Simulated ones belong to their world: worlds/make.py."""
from __future__ import annotations

from visuomotor.robots.fake import Fake
from visuomotor.robots.interface import Robot
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.values import Clock

WORLDS = ('fake', 'sim', 'emulated', 'real')


def make(spec: RobotSpec | str, world: str, clock: Clock) -> Robot:
    """Return the robot of this world, not yet connected."""
    spec = load_robot(spec) if isinstance(spec, str) else spec
    settings.choose('world', world, WORLDS)
    if world == 'sim':
        raise BadInput(f'A simulated {spec.name} comes with its world; make that with worlds.make.make_world.')
    if world != 'fake':
        raise BadInput(f"There is no driver for {spec.name} with world '{world}' yet; use world 'sim' or 'fake'.")
    return Fake(spec, clock)
