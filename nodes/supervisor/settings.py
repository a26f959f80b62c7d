"""How episodes begin and end, in seconds of ROS time."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class EpisodeSettings(Settings):
    """The numbers of the episode state machine."""

    horizon: float = setting(0.0, 'longest episode; 0: as the task says', 's', least=0, most=86_400)
    settle: float = setting(0.3,
                            'rest between a policy saying that it is finished and the judgement',
                            's', least=0, most=60)
    judging: float = setting(0.1, "wait for the detector's last word", 's', least=0, most=60)
    stop_patience: float = setting(2.0, 'unbroken safety STOP that an episode survives', 's',
                                   above=0, most=3600)
    reset_attempts: int = setting(3, 'resets tried before giving up', least=1, most=1000)
    reset_timeout: float = setting(120.0, 'longest reset', 's', above=0, most=3600)
    reset_pause: float = setting(1.0, 'wait before a failed reset is tried again, twice as long '
                                 'each time', 's', least=0, most=600)
    store_timeout: float = setting(30.0, 'longest wait for the recorder', 's', above=0, most=3600)
    recorded: bool = setting(True, 'wait for episode/stored; false: nobody records')


@dataclass(frozen=True, kw_only=True)
class SupervisorSettings(EpisodeSettings):
    """What to run, and how episodes begin and end."""

    robot: str = required('robot that acts; travels in episode')
    task: str = required('task that is done; gives the horizon when that is 0')
    policy: str = setting('', 'policy that acts; travels in episode')
    episodes: int = setting(0, 'how many to run; 0: until stopped', least=0, below=2**32)
    seed: int = setting(0, 'every random choice of every episode comes from it', least=0,
                        below=2**63)
    autorun: bool = setting(True, 'start by itself when activated')
    awaits: tuple[str, ...] = setting(
        (), 'topics that somebody has to publish before an episode begins')
    ends: bool = setting(False, 'end the process when the run is over: exit code 0 when it is '
                         'finished, 1 on a fault')
    log_episodes: bool = setting(
        True, 'a line in the log for each episode, and one for how the run ended')
    rate: float = setting(50.0, 'looks at what happened', 'Hz', above=0, most=1000)
    status_period: float = setting(0.5, 'publish the status at least this often', 's', above=0,
                                   most=60)
