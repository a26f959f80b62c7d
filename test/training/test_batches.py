"""A batch is a function of seed and step, and its windows stay inside their episode."""
from __future__ import annotations

from pathlib import Path

import numpy as np
from visuomotor.episodes.dataset import Dataset
from visuomotor.policies.act.network import NetworkSettings
from visuomotor.specs.action_space import ActionSpace
from visuomotor.training._lab.batches import Draw, Windows, split

SPEED = ActionSpace('joint_velocity', 1, (0,), (1.0,), gripper=True)
PLACE = ActionSpace('joint_position', 1, (0,), (1.0,), gripper=True)


def data() -> Dataset:
    """Two episodes, of three rows and of two: row n shows n and does (n / 10, 1)."""
    rows = np.arange(5)
    return Dataset({'x': rows[:, None].astype(np.float32)},
                   np.column_stack((rows / 10, np.ones(5))).astype(np.float32),
                   np.array([0, 3, 5]), (Path('a'), Path('b')), {})


def test_a_draw_depends_on_seed_stream_and_step_alone():
    first = [Draw(3, 'batches').at(step).integers(0, 1000, 3).tolist() for step in range(4)]
    assert Draw(3, 'batches').at(2).integers(0, 1000, 3).tolist() == first[2]
    others = [Draw(4, 'batches'), Draw(3, 'split')]
    assert all(draw.at(2).integers(0, 1000, 3).tolist() != first[2] for draw in others)
    assert len({tuple(numbers) for numbers in first}) == 4


def test_whole_episodes_are_held_out():
    learned, looked_at = split(data(), 0.5, Draw(0, 'split'))
    assert sorted([learned.tolist(), looked_at.tolist()]) == [[0, 1, 2], [3, 4]]
    everything, nothing = split(data(), 0.0, Draw(0, 'split'))
    assert sorted(everything.tolist()) == [0, 1, 2, 3, 4]
    assert nothing.tolist() == []


def test_a_history_begins_with_its_episode():
    batch = Windows(data(), NetworkSettings(history=3), 1, SPEED).batch(np.array([0, 2, 3, 4]))
    assert batch.seen['x'].tolist() == [[0, 0, 0], [0, 1, 2], [3, 3, 3], [3, 3, 4]]


def test_past_actions_are_nothing_before_an_episode():
    batch = Windows(data(), NetworkSettings(past_actions=1), 1, SPEED).batch(np.array([0, 2, 3]))
    assert np.allclose(batch.seen['past_actions'], [[0, 0], [0.1, 1], [0, 0]])


def test_past_the_end_of_an_episode_speeds_rest_and_places_stay():
    moving = Windows(data(), NetworkSettings(), 3, SPEED).batch(np.array([0, 2])).actions
    assert np.allclose(moving[:, :, 0], [[0.0, 0.1, 0.2], [0.2, 0.0, 0.0]])
    assert np.allclose(moving[:, :, 1], 1.0)                      # the gripper stays as it was
    staying = Windows(data(), NetworkSettings(), 3, PLACE).batch(np.array([2])).actions
    assert np.allclose(staying[:, :, 0], [[0.2, 0.2, 0.2]])
