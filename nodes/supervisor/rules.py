"""How episodes begin and end, in seconds of ROS time."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.robots.settings import knob

NEARLY = 1e-6  # s; times went through floats


def passed(span: float, since: float, now: float) -> bool:
    """Return whether `span` seconds have gone by."""
    return now - since >= span - NEARLY


@dataclass(frozen=True)
class Rules:
    """The numbers of the episode state machine."""

    horizon: float = knob(0.0, 'longest episode; 0: as the task says', 's')
    settle: float = knob(0.3, 'rest between a policy saying that it is finished and the judgement', 's')
    judging: float = knob(0.1, 'wait for the detector\'s last word', 's')
    stop_patience: float = knob(2.0, 'unbroken safety STOP that an episode survives', 's')
    reset_attempts: int = knob(3, 'resets tried before giving up')
    reset_timeout: float = knob(120.0, 'longest reset', 's')
    store_timeout: float = knob(30.0, 'longest wait for the recorder', 's')
    recorded: bool = knob(True, 'wait for episode/stored; false: nobody records')

    def __post_init__(self) -> None:
        for name in ('stop_patience', 'reset_timeout', 'store_timeout', 'reset_attempts'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        for name in ('horizon', 'settle', 'judging'):
            if getattr(self, name) < 0:
                raise ValueError(f'{name} should be 0 or more, but is {getattr(self, name)}')


@dataclass(frozen=True)
class Parameters(Rules):
    """What to run, and how episodes begin and end."""

    robot: str = knob('', 'robot that acts; travels in episode')
    task: str = knob('', 'task that is done; gives the horizon when that is 0')
    policy: str = knob('', 'policy that acts; travels in episode')
    episodes: int = knob(0, 'how many to run; 0: until stopped')
    seed: int = knob(0, 'every random choice of every episode comes from it')
    autorun: bool = knob(True, 'start by itself when activated')
    rate: float = knob(50.0, 'looks at what happened', 'Hz')
    say_every: float = knob(0.5, 'repeat the status at least this often', 's')
