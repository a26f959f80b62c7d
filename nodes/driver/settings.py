"""What the driver node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import setting

WORLDS = ('sim', 'fake', 'emulated', 'real')


@dataclass(frozen=True)
class DriverSettings:
    """Which robot, and what stands behind it."""

    robot: str = setting('iiwa7', 'which robot; `visuomotor list robots`')
    world: str = setting('sim', 'sim: PyBullet; fake: no physics; emulated: real driver, simulated wire; real: the robot')
    task: str = setting('', 'the scene of a simulated world')
    seed: int = setting(0, 'of the first scene of a simulated world')
    randomise: bool = setting(False, 'draw textures, light, masses, friction and latencies anew for each scene')
    scene: str = setting('', "numbers of the task's scene to replace, such as 'split=test, objects=3'")

    def __post_init__(self) -> None:
        settings.choose('world', self.world, WORLDS)
        if self.world == 'sim' and not self.task:
            raise BadInput("driver: a simulated world needs a task such as 'grasp', but none was given; "
                           'set parameter task.')
