"""What the driver node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.robots.registry import WORLDS
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import robot_names
from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class DriverSettings(Settings):
    """Which robot, and what stands behind it."""

    robot: str = required('which robot; `visuomotor list robots`', choices=robot_names)
    world: str = setting('sim', 'sim: PyBullet; fake: no physics; emulated: real driver, simulated '
                         'wire; real: the robot', choices=list(WORLDS))
    task: str = setting('', 'the scene of a simulated world')
    seed: int = setting(0, 'of the first scene of a simulated world', least=0)
    randomise: bool = setting(
        False, 'draw textures, light, masses, friction and latencies anew for each scene')
    scene: str = setting('',
                         "numbers of the task's scene to replace, such as 'split=test, objects=3'")

    def __post_init__(self) -> None:
        super().__post_init__()
        settings.assignments([self.scene], "'split=test, objects=3'")
        if WORLDS[self.world].physics and not self.task:
            raise BadInput(f"world '{self.world}' needs a task such as 'grasp', but none was "
                           "given; set parameter task.")
