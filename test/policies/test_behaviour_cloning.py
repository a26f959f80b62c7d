"""Cloning learns a linear controller from its moves, and a spot from pictures; the pieces do what their papers say."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from visuomotor.policies.act.network import Learned
from visuomotor.policies.learn.behaviour_cloning import BehaviourCloning, Knobs, draw
from visuomotor.policies.nets import visuomotor_net
from visuomotor.policies.nets.normaliser import Normaliser
from visuomotor.policies.nets.spatial_softmax import SpatialSoftmax
from visuomotor.policies.nets.visuomotor_net import VisuomotorNet

GAIN = np.array([[-0.8, 0.0, -0.3, 0.1], [0.0, -0.6, 0.2, -0.4]])  # the controller to be learned: u = K x


@pytest.fixture(autouse=True)
def one_seed():
    torch.manual_seed(0)
    torch.set_num_threads(1)


def test_it_learns_a_linear_controller_well_enough_to_bring_a_mass_to_rest():
    rng = np.random.default_rng(0)
    states = rng.uniform(-1, 1, (2000, 4)).astype(np.float32)
    actions = torch.from_numpy(np.clip(states @ GAIN.T, -1, 1).astype(np.float32))[:, None]
    net = VisuomotorNet(visuomotor_net.Knobs({'joint_position': (4,)}, action_size=2, hidden=(64, 64)))
    data = {'joint_position': torch.from_numpy(states)}
    losses = BehaviourCloning(net, Knobs(rate=3e-3)).fit(data, actions, 400, rng)
    assert np.mean(losses[:5]) > 0.1
    assert np.mean(losses[-20:]) < 0.002

    policy, state = Learned(net), np.array([0.9, -0.7, 0.0, 0.0])
    for _ in range(200):   # a mass in the plane: position then velocity, 0.1 s a step
        state[2:] += 0.1 * (policy.act({'joint_position': state})[0] - 0.6 * state[2:])
        state[:2] += 0.1 * state[2:]
    assert np.abs(state[:2]).max() < 0.1


def test_it_learns_where_a_spot_is_from_pictures_alone():
    rng = np.random.default_rng(1)
    spots = rng.integers(6, 26, (256, 2))
    pictures = np.zeros((256, 32, 32, 3), np.uint8)
    for picture, (x, y) in zip(pictures, spots, strict=True):
        picture[y - 2:y + 3, x - 2:x + 3, 0] = 255
    wanted = torch.from_numpy(((spots - 15.5) / 20).astype(np.float32))[:, None]
    shape = {'image_front': (32, 32, 3)}
    net = VisuomotorNet(visuomotor_net.Knobs(shape, action_size=2, channels=(8, 8), first_kernel=5, hidden=(16,)))
    data = {'image_front': torch.from_numpy(pictures)}
    losses = BehaviourCloning(net, Knobs(rate=1e-2, batch=32)).fit(data, wanted, 200, rng)
    assert np.mean(losses[-10:]) < 0.1 * np.mean(losses[:5])


def test_the_same_seed_learns_the_same_weights():
    def weights():
        torch.manual_seed(4)
        rng = np.random.default_rng(4)
        net = VisuomotorNet(visuomotor_net.Knobs({'joint_position': (4,)}, action_size=2))
        data = torch.from_numpy(rng.uniform(-1, 1, (50, 4)).astype(np.float32))
        BehaviourCloning(net).fit({'joint_position': data}, data[:, None, :2], 5, rng)
        return net.head[0].weight.detach().numpy().tobytes()
    assert weights() == weights()


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
    net = VisuomotorNet(visuomotor_net.Knobs({'a': (3,), 'image_b': (24, 24, 3)}, action_size=2, rows=4, channels=(4,)))
    out = net({'a': torch.full((6, 3), 1e4), 'image_b': torch.zeros(6, 24, 24, 3, dtype=torch.uint8)})
    assert out.shape == (6, 4, 2)
    assert out.abs().max() <= 1.0


def test_a_network_of_nothing_is_refused():
    with pytest.raises(ValueError, match='at least one observation'):
        visuomotor_net.Knobs({})


def test_batches_come_from_the_generator():
    assert draw(np.random.default_rng(0), 10, 4).tolist() == [8, 6, 5, 2]
