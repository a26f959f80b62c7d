"""The metadata of an episode: what is known when it begins, and what when it ends."""
from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from visuomotor.specs import paths

RESULTS = ('UNKNOWN', 'SUCCESS', 'FAILURE', 'ABORTED')  # by the numbers of EpisodeOutcome.msg


@dataclass(frozen=True)
class About:
    """What an episode is an episode of."""

    robot: str
    task: str
    policy: str
    number: int
    seed: int

    def metadata(self) -> dict[str, str]:
        return {'robot': self.robot, 'task': self.task, 'policy': self.policy, 'number': str(self.number),
                'seed': str(self.seed), 'visuomotor': version()}


@dataclass(frozen=True)
class Ending:
    """How an episode ended, in the words of EpisodeOutcome.msg."""

    result: int = 0
    truth: int = 0
    success_probability: float = 0.0
    return_value: float = 0.0
    duration: float = 0.0
    reason: str = ''

    def metadata(self, policy_hash: str) -> dict[str, str]:
        return {'result': RESULTS[self.result], 'truth': RESULTS[self.truth], 'reason': self.reason,
                'success_probability': repr(self.success_probability), 'return_value': repr(self.return_value),
                'duration': repr(self.duration), 'policy_hash': policy_hash}


def interrupted(seconds: float) -> Ending:
    """Describe an episode that was cut off because the program was stopped; its data is kept."""
    return Ending(result=3, duration=seconds, reason='The run was stopped during the episode.')


def version() -> str:
    """Return the version of this software, from where it is written down once."""
    return ElementTree.parse(paths.ROOT / 'package.xml').getroot().findtext('version') or 'unknown'
