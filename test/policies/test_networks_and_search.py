"""The pieces do what their papers say. Networks by name, spatial softmax, normaliser, and search by
cross-entropy."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from visuomotor.policies.nets.build import Normaliser, SpatialSoftmax, build
from visuomotor.policies.search import cem
from visuomotor.policies.search.cem import CemSettings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Gives


def test_spatial_softmax_says_where_the_peak_is():
    features = torch.zeros(1, 2, 5, 9)
    features[0, 0, 0, 0] = 50.0   # upper left
    features[0, 1, 2, 6] = 50.0   # middle row, three quarters across
    assert SpatialSoftmax()(features)[0].tolist() == pytest.approx([-1.0, 0.5, -1.0, 0.0], abs=1e-5)


def test_a_normaliser_centres_and_scales_and_does_not_blow_up_what_never_moved():
    normaliser = Normaliser(2)
    normaliser.fit(torch.tensor([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]]))
    assert normaliser(torch.tensor([[4.0, 5.0]])).tolist() == [[1.0, 0.0]]
    assert normaliser.deviation.tolist() == pytest.approx([2.0, 0.001])


def test_actions_have_the_asked_shape_and_stay_within_one():
    net = build('visuomotor_net', {'channels': [4]}, {'a': (3,), 'image_b': (24, 24, 3)},
                Gives(2, 4))
    out = net({'a': torch.full((6, 3), 1e4),
               'image_b': torch.zeros(6, 24, 24, 3, dtype=torch.uint8)})
    assert out.shape == (6, 4, 2)
    assert out.abs().max() <= 1.0


def test_the_way_that_is_left_is_read_after_the_numbers_in_order_of_their_names():
    net = build('visuomotor_net', {'differences': [['goal', 'tip']]}, {'tip': (2,), 'goal': (2,)},
                Gives(1))
    state = net.state({'tip': torch.tensor([[1.0, 2.0]]), 'goal': torch.tensor([[5.0, 5.0]])})
    assert state.tolist() == [[5.0, 5.0, 1.0, 2.0, 4.0, 3.0]]


@pytest.mark.parametrize(('name', 'numbers', 'sees', 'sentence'), [
    ('visuomotor_net', {}, {}, 'at least one observation'),
    ('visuomotor_net', {'differences': [['a', 'b']]}, {'a': (2,), 'b': (3,)},
     'two observations of one size'),
    ('recurrent_net', {}, {'image_b': (24, 24, 3)}, 'should see numbers alone'),
    ('visuomotor', {}, {'a': (2,)}, "no network 'visuomotor'; did you mean visuomotor_net"),
])
def test_a_network_that_does_not_fit_is_refused(name, numbers, sees, sentence):
    with pytest.raises(BadInput, match=sentence):
        build(name, numbers, sees, Gives(1))


def rngs(*seeds: int) -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in seeds]


def test_the_search_finds_the_top_of_each_state():
    # the last lies outside what may be asked
    tops = torch.tensor([[0.5, -0.25], [-0.75, 0.9], [2.0, 0.0]])
    score = lambda actions: -((actions - tops[:, None]) ** 2).sum(2)    # noqa: E731
    found = cem.search(score, 2, CemSettings(samples=200, elites=20, rounds=8), rngs(0, 1, 2))
    assert found.best.numpy() == pytest.approx(np.array([[0.5, -0.25], [-0.75, 0.9], [1.0, 0.0]]),
                                               abs=0.02)
    assert found.mean.numpy() == pytest.approx(found.best.numpy(), abs=0.05)
    assert found.score[:2].numpy() == pytest.approx([0.0, 0.0], abs=1e-3)
    # no narrower than it is told
    assert float(found.spread.min()) == pytest.approx(0.02)


def test_what_one_state_draws_does_not_depend_on_the_others():
    score = lambda actions: actions[..., 0]                              # noqa: E731
    together = cem.search(score, 1, CemSettings(), rngs(3, 4))
    alone = cem.search(score, 1, CemSettings(), rngs(4))
    assert together.best[1].tolist() == alone.best[0].tolist()


def test_the_best_of_all_rounds_is_kept_and_the_spread_is_bessels():
    scores = iter((torch.tensor([[3.0, 1.0, 2.0]]), torch.tensor([[0.0, 0.0, 0.0]])))
    drawn = []

    def score(actions):
        drawn.append(actions[0, :, 0].tolist())
        return next(scores)

    found = cem.search(score, 1, CemSettings(samples=3, elites=2, rounds=2), rngs(0))
    assert found.best.item() == drawn[0][0]
    low, high = sorted(drawn[1][:2])
    assert found.spread.item() == pytest.approx((high - low) / 2**0.5, abs=1e-6)


def test_more_elites_than_samples_are_refused():
    with pytest.raises(BadInput, match='elites should be at most the 4 samples, but are 5'):
        CemSettings(samples=4, elites=5)
