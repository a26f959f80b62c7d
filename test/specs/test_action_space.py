"""What a policy's numbers become."""
import numpy as np
import pytest
from visuomotor.specs.action_space import ActionSpace
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.settings import build

TWIST = {'mode': 'cartesian_twist', 'width': 6, 'axes': [0, 1, 2, 5], 'scale': [0.1, 0.1, 0.2, 1.0],
         'gripper': True}


def space(**changes):
    return build(ActionSpace, {**TWIST, **changes}, 'action')


def test_one_action_becomes_one_target():
    proposal = space().decode(np.array([1.0, -0.5, 0.5, 0.25, 1.0]), observed=3.0, latency=0.02)
    assert (proposal.mode, proposal.observed) == (Mode.CARTESIAN_TWIST, 3.0)
    np.testing.assert_allclose(proposal.targets, [[0.1, -0.05, 0.1, 0.0, 0.0, 0.25]])
    assert proposal.times.tolist() == [0.02]
    assert proposal.gripper.tolist() == [1.0]


def test_a_chunk_becomes_rows_one_action_period_apart():
    proposal = space(rate=10.0).decode(np.zeros((3, 5)), observed=0.0)
    assert proposal.times == pytest.approx([0.0, 0.1, 0.2])
    assert proposal.gripper.tolist() == [0.5, 0.5, 0.5]


def test_numbers_beyond_one_are_clipped():
    assert space().decode(np.full(5, 9.0), 0.0).targets[0, 2] == 0.2


def test_a_centre_is_where_zero_is():
    legs = space(mode='leg', width=8, axes=[1], scale=[0.5], centre=[0.0, 1.5] * 4, gripper=False)
    assert legs.decode(np.array([-1.0]), 0.0).targets[0].tolist() == [0.0, 1.0, 0.0, 1.5, 0.0, 1.5,
                                                                      0.0, 1.5]


def test_a_policy_for_another_task_is_refused():
    with pytest.raises(ValueError, match='gave 4 numbers for one action, but this task takes 5'):
        space().decode(np.zeros(4), 0.0)


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'mode': 'warp'}, "unknown mode 'warp'"),
    ({'width': 7}, 'mode cartesian_twist is 6 wide, not 7'),
    ({'scale': [1.0]}, '4 axes but 1 scales'),
    ({'centre': [0.0]}, 'centre has 1 values for width 6'),
    ({'axes': [0, 1, 2, 6]}, 'do not fit width 6')])
def test_a_wrong_action_space_is_refused(changes, sentence):
    with pytest.raises(BadInput, match=sentence):
        space(**changes)


def test_at_rest_speeds_end_while_places_and_the_gripper_stay():
    twist = ActionSpace('cartesian_twist', 6, (0, 1, 2), (0.2, 0.2, 0.2), gripper=True)
    legs = ActionSpace('leg', 2, (0, 1), (0.5, 0.5), centre=(0.0, 1.9))
    actions = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, -1.0]])
    assert twist.rest(actions).tolist() == [[0.0, 0.0, 0.0, -1.0]]
    assert legs.rest(np.array([[0.1, 0.2], [0.3, -0.4]])).tolist() == [[0.3, -0.4]]


@pytest.mark.parametrize('space', [
    ActionSpace('cartesian_twist', 6, (0, 1, 2, 5), (0.25, 0.25, 0.25, 1.5), gripper=True),
    ActionSpace('leg', 8, tuple(range(8)), (0.6,) * 8, centre=(0.0, 1.9) * 4, rate=166.0),
    ActionSpace('joint_position', 3, (2, 0), (0.5, -2.0), centre=(1.0, 5.0, -1.0))])
def test_encode_is_the_inverse_of_decode(space):
    actions = np.random.default_rng(3).uniform(-1, 1, (50, space.size))
    proposal = space.decode(actions, 0.0)
    assert np.allclose(space.encode(proposal.targets, proposal.gripper), actions, atol=1e-12)


def test_encode_cuts_what_actions_do_not_reach_and_refuses_other_widths():
    space = ActionSpace('cartesian_twist', 6, (0,), (0.5,))
    assert space.encode(np.array([[9.0, 0, 0, 0, 0, 0],
                                  [-0.25, 0, 0, 0, 0, 0]])).tolist() == [[1.0], [-0.5]]
    with pytest.raises(BadInput, match='6 wide, but are 7'):
        space.encode(np.zeros((1, 7)))
