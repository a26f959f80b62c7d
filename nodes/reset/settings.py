"""What the reset node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs import settings
from visuomotor.specs.settings import setting

SCENES = {'sim': 'new_scene', 'emulated': 'new_scene', 'fake': 'none', 'real': 'release'}


@dataclass(frozen=True)
class ResetSettings:
    """How fast, how exactly and how often a reset is tried."""

    robot: str = setting('iiwa7', 'which robot; `visuomotor list robots`')
    task: str = setting('', 'task whose scene is reset')
    world: str = setting('sim', 'sim and emulated: ask for a new scene; real: let go over the tray; fake: only go home')
    speed: float = setting(0.5, 'share of the speed, acceleration and jerk limits of an arm')
    legged_speed: float = setting(0.05, 'share of the speed, acceleration and jerk limits of legs')
    lift: float = setting(0.15, 'how far up before going home, never above the height of home', 'm')
    tolerance: float = setting(0.03, 'largest joint error at home, arms', 'rad')
    legged_tolerance: float = setting(0.35, 'largest motor error when standing; legs give under the weight', 'rad')
    settle: float = setting(0.2, 'rest after a new scene', 's')
    attempts: int = setting(2, 'tries before the reset counts as failed')
    chunk: float = setting(0.5, 'how far ahead targets are proposed; silence then means stop', 's')
    rate: float = setting(20.0, 'proposals a second', 'Hz')
    state_age: float = setting(0.5, 'silence of joint_states that ends the reset', 's')

    def __post_init__(self) -> None:
        settings.choose('world', self.world, SCENES)
        for name in ('speed', 'legged_speed'):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f'{name} should be above 0 and at most 1, but is {getattr(self, name)}')
        for name in ('tolerance', 'legged_tolerance', 'chunk', 'rate', 'state_age', 'attempts'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        if self.chunk * self.rate < 2:
            raise ValueError(f'chunk {self.chunk} s at {self.rate} Hz leaves gaps; send two proposals or more for each')
