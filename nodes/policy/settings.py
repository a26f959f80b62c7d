"""What the policy node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import required, setting


@dataclass(frozen=True)
class PolicySettings:
    """Which policy, for which robot and task, and how its time is reckoned."""

    robot: str = required('which robot')
    task: str = required('which task')
    policy: str = setting('scripted', 'a name of `visuomotor list policies`, or a folder with policy.yaml and weights')
    inline: bool = setting(False, 'think in the thread that hears, as lock-step needs; else in a thread of its own')
    latency: float = setting(-1.0, 'from the light to the first target being due; below 0: as the task says', 's')
    replan: int = setting(0, 'rows of a chunk after which to think again; 0: all but those that pass while thinking')

    def __post_init__(self) -> None:
        if self.replan < 0:
            raise ValueError(f'replan should be 0 or more rows, but is {self.replan}')
