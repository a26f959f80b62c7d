"""What the policy node has to be told."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class PolicySettings(Settings):
    """Which policy, for which robot and task, and how its time is reckoned."""

    robot: str = required('which robot')
    task: str = required('which task')
    policy: str = setting('scripted', 'a name of `visuomotor list policies`, or a folder with '
                          'policy.yaml and weights')
    inline: bool = setting(
        False, 'think in the thread that hears, as lock-step needs; else in a thread of its own')
    latency: float = setting(-1.0, 'from the light to the first target being due; below 0: as the '
                             'task says', 's', least=-1, most=5)
    replan: int = setting(0, 'rows of a chunk after which to think again; 0: as the policy says, '
                          'or all but those that pass while thinking', least=0, most=1000)
    threads: int = setting(1, 'of torch; a second one makes a busy machine slower, not faster',
                           least=1, most=256)
    device: str = setting('cpu', 'of torch, such as cpu or cuda')
