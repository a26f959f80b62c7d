"""How a run ends: what went wrong is told, even though the nodes say goodbye afterwards."""
from __future__ import annotations

import pytest
from visuomotor.cli import session
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes.console.statistics import GraphStatistics


class Run:
    """A run that is over at once, and whose supervisor is idle again after it was stopped."""

    def __init__(self, ends_as, message):
        self.statistics, self.seconds, self._end = GraphStatistics(), 0.0, (ends_as, message)

    def start(self):
        self.statistics.note_episode(2, 1, 3, '')

    def step(self):
        self.statistics.note_episode(self._end[0], 2, 3, self._end[1])

    def stop(self):
        self.statistics.note_episode(0, 2, 3, '')

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize(('ends_as', 'message', 'code', 'said'), [
    (5, '3 resets failed; the last: lifting clear took more than 3.9 s', 1,
     'The run stopped: 3 resets failed; the last: lifting clear took more than 3.9 s'),
    (6, '', 0, '')])
def test_a_fault_is_told_and_is_the_exit_code(capfd, ends_as, message, code, said):
    graph = describe(Choices(robot='iiwa7', task='grasp', lockstep=True))
    assert session.run(Run(ends_as, message), graph, quiet=True) == code
    assert capfd.readouterr().err.strip() == said
