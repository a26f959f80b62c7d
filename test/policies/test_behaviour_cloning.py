"""Cloning from pictures, and the rate that falls. That it learns and resumes is in the contract of
all learners."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from visuomotor.policies.act.network import NetworkSettings
from visuomotor.policies.learn.behaviour_cloning import BehaviourCloning, BehaviourCloningSettings
from visuomotor.policies.learn.protocol import Batch
from visuomotor.specs.policy import Gives


def test_it_learns_where_a_spot_is_from_pictures_alone():
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    spots = rng.integers(6, 26, (256, 2))
    pictures = np.zeros((256, 32, 32, 3), np.uint8)
    for picture, (x, y) in zip(pictures, spots, strict=True):
        picture[y - 2:y + 3, x - 2:x + 3, 0] = 255
    wanted = torch.from_numpy(((spots - 15.5) / 20).astype(np.float32))[:, None]
    act = NetworkSettings(parts={'channels': [8, 8], 'first_kernel': 5, 'hidden': [16]})
    learner = BehaviourCloning(BehaviourCloningSettings(rate=1e-2, act=act),
                               {'image_front': (32, 32, 3)}, Gives(2))
    losses = []
    for step in range(200):
        rows = rng.integers(0, 256, 32)
        losses.append(learner.update(Batch({'image_front': torch.from_numpy(pictures[rows])},
                                           wanted[rows]), step)['loss'])
    assert np.mean(losses[-10:]) < 0.1 * np.mean(losses[:5])


def test_the_rate_falls_along_half_a_cosine():
    learner = BehaviourCloning(BehaviourCloningSettings(rate=0.01, steps=100), {'a': (1,)},
                               Gives(1))
    assert [learner.rate(step)
            for step in (0, 50, 100, 200)] == pytest.approx([0.01, 0.005, 0.0, 0.0])
    steady = BehaviourCloning(BehaviourCloningSettings(rate=0.01), {'a': (1,)}, Gives(1))
    assert steady.rate(10_000) == 0.01


def test_the_same_seed_has_the_same_first_weights_and_another_has_others():
    first, same, other = (BehaviourCloning(BehaviourCloningSettings(), {'a': (1,)}, Gives(1),
                                           seed).state()['net.head.0.weight']
                          for seed in (4, 4, 5))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
