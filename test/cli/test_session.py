"""How a run ends: what went wrong is told, even though the nodes say goodbye afterwards."""
from __future__ import annotations

import json

import pytest
from rich.console import Console
from visuomotor.cli import session, summary
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes.console.statistics import GraphStatistics


class Run:
    """A run that is over at once, and whose supervisor is idle again after it was stopped."""

    def __init__(self, ends_as, message):
        self.statistics = GraphStatistics()
        self.seconds = 0.0
        self._end = (ends_as, message)

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
    graph = describe(Choices(robot='iiwa7', task='grasp', lockstep=True, record=False))
    assert session.run(Run(ends_as, message), graph, quiet=True) == code
    assert capfd.readouterr().err.strip() == said


def test_a_sheet_that_cannot_be_written_is_one_sentence(capsys, monkeypatch, tmp_path):
    def full(files, path):
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(session, 'contact_sheet', full)
    statistics = GraphStatistics()
    statistics.note_file(1, str(tmp_path / 'episode_00001.mcap'))
    session.show_files(statistics, Console(soft_wrap=True))
    assert ('contact sheet  could not be written: [Errno 28] No space '
            'left on device' in capsys.readouterr().out)


@pytest.mark.parametrize(('steps', 'rate', 'told'),
                         [(560, 167.0, True), (1600, 167.0, False), (560, 0.0, False)])
def test_real_time_that_fell_behind_is_told(steps, rate, told):
    row = dict(summary.rows(GraphStatistics(), summary.Effort(10.0, steps, rate)))['control steps']
    assert ('the robot wants 167: this machine was too busy' in row) is told


def test_the_summary_as_json(capsys):
    graph = describe(Choices(robot='iiwa7', task='grasp', lockstep=True, record=False))
    assert session.run(Run(6, ''), graph, quiet=True, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found['fault'], found['results'], found['behind']) == ('', {}, False)
