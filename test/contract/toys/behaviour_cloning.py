"""A linear controller that brings a mass in the plane to rest, cloned from its moves. 0.1 m in 20
of 20."""
from __future__ import annotations

import numpy as np
import torch
from visuomotor.policies.act.network import Network, NetworkSettings
from visuomotor.policies.learn.behaviour_cloning import BehaviourCloning, BehaviourCloningSettings
from visuomotor.policies.learn.protocol import Batch
from visuomotor.specs.policy import Gives, Role

STEPS = 400
SEES, GIVES = {'joint_position': (4,)}, Gives(2)
# the controller to be learned: u = K x
GAIN = np.array([[-0.8, 0.0, -0.3, 0.1], [0.0, -0.6, 0.2, -0.4]])
STATES = np.random.default_rng(0).uniform(-1, 1, (2000, 4)).astype(np.float32)
ACTIONS = np.clip(STATES @ GAIN.T, -1, 1).astype(np.float32)


def learner() -> BehaviourCloning:
    settings = BehaviourCloningSettings(rate=3e-3, steps=STEPS,
                                        act=NetworkSettings(parts={'hidden': [64, 64]}))
    made = BehaviourCloning(settings, SEES, GIVES, seed=1)
    made.measure({'joint_position': torch.from_numpy(STATES)})
    return made


def batch(step: int) -> Batch:
    rows = np.random.default_rng([5, step]).integers(0, len(STATES), 128)
    return Batch({'joint_position': torch.from_numpy(STATES[rows])},
                 torch.from_numpy(ACTIONS[rows])[:, None])


def solved(trained: BehaviourCloning) -> int:
    """Count of 20 masses that come within 0.1 m."""
    _, settings, net = trained.actor()
    policy, come = Network(settings, Role(GIVES, SEES), net), 0
    for start in np.random.default_rng(9).uniform(-1, 1, (20, 2)):
        state = np.array([*start, 0.0, 0.0])
        for _ in range(200):   # position then velocity, 0.1 s a step
            state[2:] += 0.1 * (policy.act({'joint_position': state})[0] - 0.6 * state[2:])
            state[:2] += 0.1 * state[2:]
        come += bool(np.abs(state[:2]).max() < 0.1)
    return come
