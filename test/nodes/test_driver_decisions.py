"""The driver's own last line, its lock and its pace: facts in literals."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.nodes.driver.machine import Pace
from visuomotor.nodes.driver.settings import DriverSettings
from visuomotor.nodes.driver.watchdog import Watchdog, brake
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import Joint, RobotSpec
from visuomotor.specs.values import Target

JOINTS = (Joint('a', -1.0, 1.0, 2.0, 10.0, 100.0, 1.0), Joint('b', -1.0, 1.0, 2.0, 5.0, 50.0, 1.0))
SPEC = RobotSpec('two', joints=JOINTS, home=(0.0, 0.0), command_age=0.1)


def test_braking_slows_every_joint_by_its_own_limit():
    slower = brake(Target(np.zeros(2), np.array([1.0, -1.0]), 0.5), np.array([10.0, 5.0]), 0.01)
    assert slower.velocity == pytest.approx([0.9, -0.95])
    assert slower.position == pytest.approx([0.0095, -0.00975])
    assert slower.gripper == 0.5


def test_it_does_nothing_while_commands_are_fresh_or_before_any():
    line = Watchdog(SPEC)
    assert line.beat(5.0, 0.01) is None
    line.obeyed(Target(np.zeros(2), np.zeros(2)), 5.0)
    assert line.beat(5.1, 0.01) is None
    assert line.complaint(5.1) == ''


def test_it_brakes_to_standstill_and_holds_when_commands_stop():
    line = Watchdog(SPEC)
    line.obeyed(Target(np.zeros(2), np.array([1.0, -1.0])), 5.0)
    targets = [line.beat(5.11 + 0.01 * i, 0.01) for i in range(30)]
    assert targets[9].velocity == pytest.approx([0.0, -0.5])
    assert targets[29].velocity.tolist() == [0.0, 0.0]
    assert targets[29].position == pytest.approx([0.05, -0.1])  # v^2 / 2a
    assert 'no command for 0.40 s' in line.complaint(5.4)


def test_it_stays_inside_position_limits_and_lets_go_with_the_next_command():
    line = Watchdog(SPEC)
    line.obeyed(Target(np.array([0.99, 0.0]), np.array([2.0, 0.0])), 5.0)
    assert line.beat(5.2, 0.01).position[0] == 1.0
    line.obeyed(Target(np.zeros(2), np.zeros(2)), 5.3)
    assert line.beat(5.31, 0.01) is None


def test_a_clock_that_went_back_counts_as_silence():
    line = Watchdog(SPEC)
    line.obeyed(Target(np.zeros(2), np.zeros(2)), 5.0)
    assert line.beat(4.0, 0.01) is not None


@pytest.mark.parametrize(('answered', 'admitted'),
                         [(5.0, True), (4.95, True), (4.8, False), (5.2, False)])
def test_only_a_command_that_answers_a_fresh_state_is_obeyed(answered, admitted):
    assert Watchdog(SPEC).admits(answered, 5.0) is admitted


def test_every_nanosecond_is_handed_out_once():
    pace = Pace(1_000_000_000, 20.0)
    assert pace.step(1_010_000_000) == 0.01
    assert pace.step(1_010_000_000) == 0.0
    assert pace.graph_time(20.01) == pytest.approx(1.01)


def test_a_busy_machine_loses_time_instead_of_spiralling():
    pace = Pace(0, 0.0)
    assert pace.step(1_000_000_000) == 0.25
    assert pace.lost == 0.75
    assert pace.graph_time(0.25) == 1.0
    assert pace.step(1_010_000_000) == 0.01


def test_a_clock_that_goes_back_moves_the_stamps_and_not_the_world():
    pace = Pace(5_000_000_000, 1.0)
    assert pace.step(2_000_000_000) == 0.0
    assert pace.graph_time(1.0) == 2.0


def test_a_world_without_a_task_is_refused():
    with pytest.raises(BadInput, match="world 'sim' needs a task such as 'grasp'"):
        DriverSettings('iiwa7', world='sim')
    with pytest.raises(BadInput,
                       match=r"world should be one of .* but is 'simm'; did you mean sim"):
        DriverSettings('iiwa7', world='simm')
    with pytest.raises(BadInput, match='seed should be 0 or more, but is -1'):
        DriverSettings('iiwa7', world='fake', seed=-1)
