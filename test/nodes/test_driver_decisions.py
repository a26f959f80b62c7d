"""The driver's own last line, its lock and its pace: facts in literals."""
from __future__ import annotations

import pytest
from visuomotor.nodes.driver.machine import Pace
from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.nodes.driver.watchdog import Watchdog
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import Joint, RobotSpec

JOINTS = (Joint('a', -1.0, 1.0, 2.0, 10.0, 100.0, 1.0), Joint('b', -1.0, 1.0, 2.0, 5.0, 50.0, 1.0))
SPEC = RobotSpec('two', joints=JOINTS, home=(0.0, 0.0), command_age=0.1)


NOW = (5, 0)   # a stamp


def test_it_does_nothing_while_commands_are_fresh_or_before_any():
    line = Watchdog(SPEC)
    assert not line.ran_out(5.0)
    line.obeyed(5.0)
    assert not line.ran_out(5.1)
    assert line.obeying
    assert line.complaint(5.1) == ''


def test_it_takes_over_once_when_commands_stop_and_lets_go_with_the_next():
    line = Watchdog(SPEC)
    line.obeyed(5.0)
    assert [line.ran_out(5.11), line.ran_out(5.12)] == [True, False]
    assert not line.obeying
    assert line.complaint(5.4) == 'no command for 0.40 s: braked and holding'
    line.obeyed(5.5)
    assert line.complaint(5.5) == ''
    assert line.ran_out(5.7)


def test_only_a_command_that_answers_a_fresh_state_of_ours_is_obeyed():
    line = Watchdog(SPEC)
    line.told(NOW, 17.0)   # whatever the stamp says: age is counted from when it was told
    assert line.refuses(NOW, 17.1) == ''
    assert line.refuses(NOW, 17.12) == 'a command came that answers joint_states 0.12 s old'
    assert 'did not tell' in line.refuses((5, 1), 17.0)
    line.forget()
    assert 'did not tell' in line.refuses(NOW, 17.0)


def pace(now, steady, world):
    one = Pace()
    one.begin(now, steady, world)
    return one


MS = 1_000_000   # ns


def test_every_nanosecond_is_handed_out_once():
    one = pace(1000 * MS, 1000 * MS, 20.0)
    assert one.step(1010 * MS, 1010 * MS) == 0.01
    assert one.step(1010 * MS, 1010 * MS) == 0.0
    assert one.graph_time(20.01) == pytest.approx(1.01)
    assert one.own_time(1.01) == pytest.approx(20.01)


def test_a_busy_machine_loses_time_instead_of_spiralling():
    one = pace(0, 0, 0.0)
    assert one.step(1000 * MS, 1000 * MS) == 0.25
    assert one.lost == 0.75
    assert one.graph_time(0.25) == 1.0
    assert one.step(1010 * MS, 1010 * MS) == 0.01


@pytest.mark.parametrize('stepped', [-4000, 3000])
def test_a_clock_that_is_stepped_moves_the_stamps_and_neither_the_world_nor_what_is_lost(stepped):
    one = pace(5000 * MS, 100 * MS, 1.0)
    assert one.step((5010 + stepped) * MS, 110 * MS) == 0.01
    assert one.graph_time(1.01) == pytest.approx(5.01 + stepped / 1000)
    assert one.step((5020 + stepped) * MS, 120 * MS) == 0.01
    assert one.graph_time(1.02) == pytest.approx(5.02 + stepped / 1000)
    assert one.lost == 0.0


def test_a_stall_is_lost_once_and_stamps_nothing_in_the_future():
    one = pace(0, 0, 0.0)
    assert one.step(400 * MS, 400 * MS) == 0.25
    assert one.graph_time(0.25) == pytest.approx(0.4)
    for beat in range(41, 60):
        assert one.step(beat * 10 * MS, beat * 10 * MS) == pytest.approx(0.01)
        assert one.graph_time(0.25 + (beat - 40) * 0.01) == pytest.approx(beat * 0.01)
    assert one.lost == pytest.approx(0.15)


def test_a_world_without_a_task_is_refused():
    with pytest.raises(BadInput, match="world 'sim' needs a task such as 'grasp'"):
        DriverSettings('iiwa7', world='sim')
    with pytest.raises(BadInput,
                       match=r"world should be one of .* but is 'simm'; did you mean sim"):
        DriverSettings('iiwa7', world='simm')
    with pytest.raises(BadInput, match='seed should be 0 or more, but is -1'):
        DriverSettings('iiwa7', world='fake', seed=-1)
