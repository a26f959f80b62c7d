"""How episodes begin and end, in seconds of ROS time."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import setting

NEARLY = 1e-6  # s; times went through floats


def passed(span: float, since: float, now: float) -> bool:
    """Return whether `span` seconds have gone by."""
    return now - since >= span - NEARLY


@dataclass(frozen=True)
class EpisodeSettings:
    """The numbers of the episode state machine."""

    horizon: float = setting(0.0, 'longest episode; 0: as the task says', 's')
    settle: float = setting(0.3, 'rest between a policy saying that it is finished and the judgement', 's')
    judging: float = setting(0.1, 'wait for the detector\'s last word', 's')
    stop_patience: float = setting(2.0, 'unbroken safety STOP that an episode survives', 's')
    reset_attempts: int = setting(3, 'resets tried before giving up')
    reset_timeout: float = setting(120.0, 'longest reset', 's')
    store_timeout: float = setting(30.0, 'longest wait for the recorder', 's')
    recorded: bool = setting(True, 'wait for episode/stored; false: nobody records')

    def __post_init__(self) -> None:
        for name in ('stop_patience', 'reset_timeout', 'store_timeout', 'reset_attempts'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        for name in ('horizon', 'settle', 'judging'):
            if getattr(self, name) < 0:
                raise ValueError(f'{name} should be 0 or more, but is {getattr(self, name)}')


@dataclass(frozen=True)
class SupervisorSettings(EpisodeSettings):
    """What to run, and how episodes begin and end."""

    robot: str = setting('', 'robot that acts; travels in episode')
    task: str = setting('', 'task that is done; gives the horizon when that is 0')
    policy: str = setting('', 'policy that acts; travels in episode')
    episodes: int = setting(0, 'how many to run; 0: until stopped')
    seed: int = setting(0, 'every random choice of every episode comes from it')
    autorun: bool = setting(True, 'start by itself when activated')
    rate: float = setting(50.0, 'looks at what happened', 'Hz')
    say_every: float = setting(0.5, 'repeat the status at least this often', 's')
