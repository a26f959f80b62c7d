"""A node as a program of its own: help, and a clock that nobody moves."""
from __future__ import annotations

import pytest
from visuomotor.nodes._ros import run
from visuomotor.nodes.reset.node import ResetNode
from visuomotor.nodes.safety.node import SafetyNode


@pytest.mark.parametrize('word', ['--help', '-h'])
def test_help_tells_what_the_node_does_and_its_parameters_and_starts_nothing(word, capsys):
    assert run.serve([ResetNode], ['reset', word]) == 0
    said = capsys.readouterr().out
    assert said.startswith('Brings robot and scene back to where an episode can begin.')
    assert '  robot                which robot; `visuomotor list robots`; has to be given\n' in said
    assert 'proposals a second [Hz]; above 0 and at most 1000; default 20.0\n' in said


@pytest.mark.parametrize(('words', 'sentence'), [
    ([], 'error: safety: missing robot (which robot; `visuomotor list robots`).\n'),
    (['-p', 'robot:=iiwa7', '-p', 'speed_share:=0.0'],
     'error: parameters of safety: speed_share should be above 0 and at most 1, but is 0\n')])
def test_what_is_missing_or_wrong_is_one_sentence(words, sentence, capsys, domain, monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    assert run.serve([SafetyNode], ['safety', '--ros-args', *words]) == 2
    assert capsys.readouterr().err == sentence


class Soon:
    """Asks a program to stop after some looks."""

    looks = 0

    @property
    def to_stop(self):
        self.looks += 1
        return self.looks > 4


def test_a_clock_that_stands_still_is_told_once(rig, capfd, monkeypatch):
    monkeypatch.setattr(run, 'CLOCK', 0.0)
    run.spin(rig.context, [rig.make('reset', robot='iiwa7')], Soon())
    said = capfd.readouterr()
    assert said.err.count('use_sim_time is true, but nothing came on /clock for 0 s') == 1
    assert said.out == 'active: reset\n'


def test_a_program_that_should_stop_already_moves_nothing(rig, capfd):
    soon = Soon()
    soon.looks = 4   # its starter was gone before it could begin
    driver = rig.make('driver', robot='minitaur', world='fake')
    run.spin(rig.context, [driver], soon)
    assert not driver.active
    assert capfd.readouterr().out == 'active: \n'
