"""Which row of a chunk is due when."""
import numpy as np
import pytest
from visuomotor.specs.chunk import due, slope
from visuomotor.specs.codes import Mode
from visuomotor.specs.values import Proposal

TODAY = 1_795_000_000.0  # s, a date of our time: stamps are coarse there


def chunk(mode, times, rows, gripper=(), observed=0.0):
    times, rows, gripper = (np.array(numbers, dtype=float) for numbers in (times, rows, gripper))
    return Proposal(mode, times, rows, gripper, observed)


def target(proposal, now):
    found = due(proposal, now)
    return None if found is None else found[0].tolist()


@pytest.mark.parametrize('mode', [Mode.JOINT_POSITION, Mode.JOINT_VELOCITY])
def test_nothing_is_due_before_the_first_row(mode):
    assert due(chunk(mode, [0.1, 0.2], [[1.0], [2.0]], observed=5.0), 5.09) is None


@pytest.mark.parametrize(('now', 'expected'),
                         [(5.1, 1.0), (5.125, 1.5), (5.15, 2.0), (5.2, 4.0), (9.0, 4.0)])
def test_positions_run_straight_from_row_to_row_and_the_last_holds(now, expected):
    proposal = chunk(Mode.JOINT_POSITION, [0.1, 0.15, 0.2], [[1.0], [2.0], [4.0]], observed=5.0)
    assert target(proposal, now) == pytest.approx([expected], abs=1e-4)


@pytest.mark.parametrize(('now', 'expected'), [
    (0.0, [1.0]), (0.049, [1.0]), (0.05, [2.0]), (0.099, [2.0]), (0.1, None)])
def test_speeds_hold_for_their_row_and_end_one_row_after_the_last(now, expected):
    assert target(chunk(Mode.JOINT_VELOCITY, [0.0, 0.05], [[1.0], [2.0]]), now) == expected


@pytest.mark.parametrize(('now', 'expected'), [(0.249, [3.0]), (0.25, None)])
def test_a_single_speed_lives_a_quarter_of_a_second(now, expected):
    assert target(chunk(Mode.CARTESIAN_TWIST, [0.0], [[3.0]]), now) == expected


def test_a_late_chunk_is_entered_where_it_should_be_by_now():
    proposal = chunk(Mode.JOINT_VELOCITY, np.arange(8) * 0.05, [[row] for row in range(8)],
                     observed=TODAY)
    assert target(proposal, TODAY + 0.2) == [4.0]


def test_the_gripper_comes_with_its_row_or_not_at_all():
    proposal = chunk(Mode.GRIPPER, [0.0, 0.1], [[], []], [0.2, 0.9])
    assert due(proposal, 0.05)[1] == 0.2
    assert due(proposal, 0.10)[1] == 0.9
    assert due(chunk(Mode.JOINT_POSITION, [0.0], [[1.0]]), 0.0)[1] is None


def test_attitudes_turn_the_short_way_and_stay_of_length_one():
    quarter = [0.0, 0.0, 0.70710678, 0.70710678]
    proposal = chunk(Mode.CARTESIAN_POSE, [0.0, 1.0],
                     [[0, 0, 0, 0, 0, 0, 1], [2, 0, 0, *(-np.array(quarter))]])
    np.testing.assert_allclose(target(proposal, 0.5), [1, 0, 0, 0, 0, 0.38268343, 0.92387953],
                               atol=1e-5)


def test_slope_of_positions_between_rows_only():
    proposal = chunk(Mode.JOINT_POSITION, [0.0, 0.5], [[1.0], [2.0]])
    assert slope(proposal, 0.2).tolist() == [2.0]
    assert slope(proposal, 0.6).tolist() == [0.0]
    assert slope(chunk(Mode.JOINT_VELOCITY, [0.0, 0.5], [[1.0], [2.0]]), 0.2).tolist() == [0.0]
