"""Keys and sticks as literals: what is typed, and what is proposed."""
from __future__ import annotations

import os
import pty
import termios

import numpy as np
import pytest
from visuomotor.nodes.teleop.joy import Joystick
from visuomotor.nodes.teleop.keys import Keys
from visuomotor.nodes.teleop.operator_input import OperatorInput, proposal
from visuomotor.nodes.teleop.settings import TeleopSettings
from visuomotor.nodes.teleop.terminal import Terminal
from visuomotor.specs import settings
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot

ARM = load_robot('iiwa7')
LEGGED = load_robot('minitaur')
TELEOP = TeleopSettings('iiwa7')


# Keys.
@pytest.mark.parametrize(('typed', 'given'), [
    ('w', OperatorInput(forward=1.0, held=True)), ('s', OperatorInput(forward=-1.0, held=True)),
    ('a', OperatorInput(left=1.0, held=True)), ('d', OperatorInput(left=-1.0, held=True)),
    ('r', OperatorInput(up=1.0, held=True)), ('f', OperatorInput(up=-1.0, held=True)),
    ('q', OperatorInput(turn=1.0, held=True)), ('e', OperatorInput(turn=-1.0, held=True)),
    ('W', OperatorInput(forward=1.0, held=True)),
    ('wa', OperatorInput(forward=1.0, left=1.0, held=True)),
    ('ws', OperatorInput(held=True)),
    (' ', OperatorInput(closed=True, held=True)), ('  ', OperatorInput(held=True)),
    ('x', OperatorInput(stop=True)), ('wx', OperatorInput(stop=True)),
    ('x\n', OperatorInput(stop=True)),
    ('\n', OperatorInput(arm=True)), ('', OperatorInput()), ('z', OperatorInput()),
])
def test_keys(typed, given):
    assert Keys(0.3).read(typed, 10.0) == given


def test_a_key_counts_as_held_for_a_moment_only():
    keys = Keys(0.3)
    assert keys.read('w', 10.0).held
    assert keys.read('', 10.29).forward == 1.0
    assert keys.read('', 10.31) == OperatorInput()


def test_one_key_let_go_while_another_is_held():
    keys = Keys(0.3)
    keys.read('w', 10.0)
    keys.read('a', 10.2)
    assert keys.read('', 10.4) == OperatorInput(left=1.0, held=True)


def test_stop_forgets_what_was_held_but_not_the_gripper():
    keys = Keys(0.3)
    keys.read(' w', 10.0)
    assert keys.read('x', 10.1) == OperatorInput(closed=True, stop=True)
    assert keys.read('', 10.15) == OperatorInput(closed=True)


def test_another_joystick_has_other_axes_and_buttons():
    stick = Joystick(TeleopSettings('iiwa7', forward_axis=2, dead_man_button=0, stop_button=3,
                                    gripper_button=5))
    stick.update([0.0, 0.0, 0.8], [1, 0, 0, 0], 10.0)
    assert stick.read(10.0) == OperatorInput(forward=0.8, held=True)
    stick.update([0.0, 0.0, 0.8], [1, 0, 0, 1], 10.1)
    assert stick.read(10.1) == OperatorInput(stop=True)


# Joystick: axes left, forward, _, turn, up; buttons A gripper, B stop, .. 4 dead-man, 7 arm.
def pushed(axes=(0.0, 0.0, 0.0, 0.0, 0.0), *buttons):
    return axes, [int(number in buttons) for number in range(8)]


def test_sticks_move_only_with_the_dead_man_held():
    stick = Joystick(TELEOP)
    stick.update(*pushed((0.5, 1.0, 0.0, -0.5, 0.09)), 10.0)
    assert stick.read(10.0) == OperatorInput()
    stick.update(*pushed((0.5, 1.0, 0.0, -0.5, 0.09), 4), 10.1)
    assert stick.read(10.1) == OperatorInput(forward=1.0, left=0.5, up=0.0, turn=-0.5, held=True)


def test_a_silent_joystick_lets_go():
    stick = Joystick(TELEOP)
    stick.update(*pushed((0.0, 1.0, 0.0, 0.0, 0.0), 4), 10.0)
    assert stick.read(10.29).held
    assert stick.read(10.31) == OperatorInput()


def test_one_press_is_one_event():
    stick = Joystick(TELEOP)
    seen = []
    for now, buttons in ((10.0, (4, 0)), (10.05, (4, 0)), (10.1, (4,)), (10.15, (4, 0)),
                         (10.2, (7,)), (10.25, (1, 4))):
        stick.update(*pushed((0.0,) * 5, *buttons), now)
        given = stick.read(now)
        seen.append((given.closed, given.arm, given.stop, given.held))
    assert seen == [(True, False, False, True), (True, False, False, True),
                    (True, False, False, True),
                    (False, False, False, True), (False, True, False, False),
                    (False, False, True, False)]


def test_a_joystick_with_fewer_axes_and_buttons():
    stick = Joystick(TELEOP)
    stick.update([0.0, 1.0], [0, 0, 0, 0, 1], 10.0)
    assert stick.read(10.0) == OperatorInput(forward=1.0, held=True)


# Proposals.
def test_an_arm_gets_a_twist_due_now():
    wanted = proposal(OperatorInput(1.0, -1.0, 0.5, 1.0, closed=True, held=True), ARM, TELEOP, 10.0,
                      10.02)
    assert (wanted.mode, wanted.source, wanted.dead_man, wanted.observed) == (Mode.CARTESIAN_TWIST,
                                                                              3, True, 10.0)
    assert wanted.targets.tolist() == [[0.1, -0.1, 0.05, 0.0, 0.0, 0.5]]
    assert wanted.times == pytest.approx([0.02])
    assert wanted.gripper.tolist() == [1.0]


def test_without_the_dead_man_nothing_is_wanted():
    wanted = proposal(OperatorInput(1.0, 1.0, 1.0, 1.0, closed=True), ARM, TELEOP, 10.0, 10.0)
    assert (wanted.dead_man, wanted.targets.tolist(), wanted.gripper.tolist()) == (False,
                                                                                   [[0.0] * 6], [])


@pytest.mark.parametrize(('given', 'swings', 'stretch'), [
    (OperatorInput(held=True), [0, 0, 0, 0], 0.0),
    (OperatorInput(forward=1.0, held=True), [0.3, 0.3, 0.3, 0.3], 0.0),
    (OperatorInput(turn=1.0, held=True), [-0.3, -0.3, 0.3, 0.3], 0.0),
    (OperatorInput(up=-1.0, held=True), [0, 0, 0, 0], -0.3),
    (OperatorInput(forward=1.0), [0, 0, 0, 0], 0.0)])
def test_legs_lean_and_stretch_around_standing(given, swings, stretch):
    wanted = proposal(given, LEGGED, TELEOP, 10.0, 10.0)
    assert (wanted.mode, len(wanted.gripper)) == (Mode.LEG, 0)
    assert wanted.targets[0, 0::2] == pytest.approx(swings)
    assert wanted.targets[0, 1::2] == pytest.approx([np.pi / 2 + stretch] * 4, abs=1e-6)


# Terminal.
def test_a_terminal_gives_single_keys_and_is_given_back():
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    terminal = Terminal(theirs)
    terminal.open()
    assert terminal.read() == ''
    os.write(ours, b'wa')
    assert terminal.read() == 'wa'
    terminal.close()
    assert termios.tcgetattr(theirs) == before
    terminal.close()
    os.close(ours)
    os.close(theirs)


def test_an_input_that_is_no_terminal_is_refused():
    reading, writing = os.pipe()
    with pytest.raises(BadInput,
                       match='the keyboard needs a terminal, but standard input is none; start it '
                             'from'):
        Terminal(reading).open()
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(('wrong', 'word'),
                         [({'device': 'mouse'}, 'device'), ({'dead_man': 0.0}, 'dead_man'),
                                             ({'dead_zone': 1.0}, 'dead_zone')])
def test_parameters_of_teleop_that_do_not_fit_are_refused(wrong, word):
    with pytest.raises(BadInput, match=word):
        settings.build(TeleopSettings, {'robot': 'iiwa7', **wrong}, 'teleop')
