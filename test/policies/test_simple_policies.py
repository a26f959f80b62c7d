"""Holding still and chance."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.policies.act.hold import Hold, HoldSettings
from visuomotor.policies.act.random import Random, RandomSettings
from visuomotor.specs.policy import Gives, Role


def random(size: int, **settings) -> Random:
    policy = Random(RandomSettings(**settings), Role(Gives(size)))
    policy.reset(np.random.default_rng(0))
    return policy


def test_hold_moves_nothing_and_leaves_the_gripper_where_it_is():
    assert Hold(HoldSettings(), Role(Gives(3))).act({}).tolist() == [[0.0, 0.0, 0.0]]
    gripping = Hold(HoldSettings(), Role(Gives(3), gripper=True))
    assert gripping.act({'gripper': np.array([0.25])}).tolist() == [[0.0, 0.0, -0.5]]
    assert not gripping.finished
    assert gripping.sees == {'gripper': (1,)}


def test_random_fills_the_whole_range_and_no_more():
    drawn = random(1, rows=1000).act({})
    assert -1.0 <= drawn.min() < -0.99
    assert 0.99 < drawn.max() <= 1.0
    assert abs(drawn.mean()) < 0.05


def test_what_is_kept_of_the_last_action_gives_direction():
    drawn = random(1, rows=1000, keep=0.9).act({})[:, 0]
    assert np.corrcoef(drawn[:-1], drawn[1:])[0, 1] > 0.8


def test_numbers_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match=r'keep should be 0 or more and below 1, but is 1'):
        random(2, keep=1.0)
