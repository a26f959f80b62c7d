"""What the reset node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.robots.registry import WORLDS
from visuomotor.specs.settings import Settings, required, setting


def way_to_scene(world: str) -> str:
    """Say how a new scene comes about. 'new_scene' (asked of the world), 'release' (what it holds
    falls) or 'none'."""
    kind = WORLDS[world]
    return 'new_scene' if kind.physics else 'release' if kind.real else 'none'


@dataclass(frozen=True)
class ResetSettings(Settings):
    """How fast, how exactly and how often a reset is tried."""

    robot: str = required('which robot; `visuomotor list robots`')
    task: str = setting('', 'task whose scene is reset')
    world: str = setting('sim', 'sim and emulated: ask for a new scene; real: let go over the '
                         'tray; fake: only go home', choices=tuple(WORLDS))
    speed: float = setting(0.5, 'share of the speed, acceleration and jerk limits of an arm',
                           above=0, most=1)
    legged_speed: float = setting(0.05, 'share of the speed, acceleration and jerk limits of legs',
                                  above=0, most=1)
    lift: float = setting(0.15, 'how far up before going home, never above the height of home', 'm',
                          least=0, most=10)
    tolerance: float = setting(0.03, 'largest joint error at home, arms', 'rad', above=0, most=10)
    legged_tolerance: float = setting(0.35, 'largest motor error when standing; legs give under '
                                      'the weight', 'rad', above=0, most=10)
    settle: float = setting(0.2, 'rest after a new scene', 's', least=0, most=60)
    attempts: int = setting(2, 'tries before the reset counts as failed', least=1, most=1000)
    chunk: float = setting(0.5, 'how far ahead targets are proposed; silence then means stop', 's',
                           above=0, most=10)
    rate: float = setting(20.0, 'proposals a second', 'Hz', above=0, most=1000)
    state_age: float = setting(0.5, 'silence of joint_states that ends the reset', 's', above=0,
                               most=60)
    patience: float = setting(10.0, 'wait for the first joint_states, and for whoever serves '
                              'world/new_scene', 's', least=0, most=600)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chunk * self.rate < 2:
            raise ValueError(f'chunk {self.chunk} s at {self.rate} Hz leaves gaps; send two '
                             'proposals or more for each')
