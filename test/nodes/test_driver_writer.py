"""Whose commands a driver obeys: facts in literals, time is an argument."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.nodes.driver.writer import OneWriter, stands, too_far
from visuomotor.specs.values import State

OURS, STRANGER = 0xabc, 0xdef


def at(position, speed=0.0):
    return State(0.0, np.array(position), np.array([speed, 0.0]), np.zeros(2))


@pytest.fixture
def line():
    one = OneWriter(0.1)
    one.obeyed(OURS, 7, 5.0)
    return one


def test_the_first_that_speaks_is_obeyed():
    assert OneWriter(0.1).refuses(OURS, 1, 5.0, False) == ''


def test_who_names_no_writer_is_not(line):
    assert line.refuses(0, 99, 5.01, True) == 'a command came that names no writer'


@pytest.mark.parametrize(('sequence', 'said'), [(8, ''), (70, ''),
                                                (7, 'command 7 came after command 7'),
                                                (6, 'command 6 came after command 7')])
def test_commands_of_one_writer_have_to_come_in_order(line, sequence, said):
    assert line.refuses(OURS, sequence, 5.01, False) == said


@pytest.mark.parametrize(('steady', 'standing', 'obeyed'), [
    (5.05, True, False), (5.1, True, False), (5.2, False, False), (5.2, True, True)])
def test_a_stranger_waits_until_the_first_was_silent_and_the_robot_stands(line, steady, standing,
                                                                          obeyed):
    said = line.refuses(STRANGER, 1, steady, standing)
    assert said == ('' if obeyed else 'a command came from writer def while abc is obeyed')


def test_who_took_over_is_obeyed_and_the_first_is_the_stranger_now(line):
    line.obeyed(STRANGER, 1, 5.2)
    assert line.refuses(STRANGER, 2, 5.21, False) == ''
    assert line.refuses(OURS, 8, 5.21, True) == ('a command came from writer abc while def is '
                                                 'obeyed')


def test_a_claim_decides_who_it_is_at_once_and_for_good():
    line = OneWriter(0.1, lambda: OURS)
    said = 'a command came from writer def, but the safety node here is abc'
    assert line.refuses(STRANGER, 1, 5.0, True) == said
    line.obeyed(STRANGER, 1, 5.0)   # it spoke before anybody claimed
    assert line.refuses(OURS, 1, 5.01, False) == ''
    line.obeyed(OURS, 1, 5.01)
    assert line.refuses(STRANGER, 2, 9.0, True) == said


def test_a_first_command_begins_where_the_robot_is():
    assert too_far(np.array([0.1, -0.1]), at([0.0, 0.0])) == ''
    assert too_far(np.array([0.1, -0.2]), at([0.0, 0.0])) == (
        'a first command came 0.20 rad away from where the robot is')
    assert 'nan rad away' in too_far(np.array([np.nan, 0.0]), at([0.0, 0.0]))
    assert 'before the robot said' in too_far(np.zeros(2), None)
    assert too_far(np.zeros(3), at([0.0, 0.0])) == ''   # the robot says what it expects


def test_a_robot_stands_below_five_hundredths():
    assert [stands(at([0.0, 0.0], speed)) for speed in (0.04, -0.06)] == [True, False]
    assert not stands(None)
