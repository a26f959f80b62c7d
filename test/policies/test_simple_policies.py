"""Holding still and chance."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.policies.act.hold import Hold
from visuomotor.policies.act.random import Random


def test_hold_moves_nothing_and_leaves_the_gripper_where_it_is():
    assert Hold(3, False).act({}).tolist() == [[0.0, 0.0, 0.0]]
    assert Hold(3, True).act({'gripper': np.array([0.25])}).tolist() == [[0.0, 0.0, -0.5]]
    assert not Hold(3, True).finished


def test_random_is_the_generator_alone():
    policy = Random(2, rows=3)
    policy.reset(np.random.default_rng(5))
    first = [policy.act({}), policy.act({})]
    policy.reset(np.random.default_rng(5))
    assert (np.array(first) == np.array([policy.act({}), policy.act({})])).all()
    assert first[0].shape == (3, 2)
    assert (first[0] != first[1]).all()


def test_random_fills_the_whole_range_and_no_more():
    policy = Random(1, rows=2000)
    policy.reset(np.random.default_rng(0))
    drawn = policy.act({})
    assert -1.0 <= drawn.min() < -0.99
    assert 0.99 < drawn.max() <= 1.0
    assert abs(drawn.mean()) < 0.05


def test_what_is_kept_of_the_last_action_gives_direction():
    policy = Random(1, rows=2000, keep=0.9)
    policy.reset(np.random.default_rng(0))
    drawn = policy.act({})[:, 0]
    assert np.corrcoef(drawn[:-1], drawn[1:])[0, 1] > 0.8


def test_numbers_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match=r'keep in 0\.\.1'):
        Random(2, keep=1.0)
