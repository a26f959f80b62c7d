"""Randomisation: declared, drawn from the scene's generator, part of the scene's hash, and off when
it is off."""
import dataclasses

import numpy as np
import pytest
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import Fixture, load_task
from visuomotor.worlds.appearance import pattern
from visuomotor.worlds.make import check, make_world, with_overrides
from visuomotor.worlds.randomise import (
    Dynamics,
    Randomise,
    Range,
    SceneSample,
    Visuals,
    draw,
    ranges_of,
)

WIDE = Randomise(mass=Range(0.8, 1.2), friction=Range(0.5, 1.25), battery=Range(14.0, 16.8),
                 surfaces=0.5,
                 robot_colours=0.5, shadow=0.5, camera_fov=Range(-2.0, 2.0),
                 distractors=Range(0, 3))


def sample(seed):
    return draw(WIDE, np.random.default_rng(seed), 4, 2, 10)


def test_nothing_declared_means_nominal():
    drawn = draw(Randomise(), np.random.default_rng(0), 3, 2, 10)
    assert drawn == SceneSample(Dynamics(mass=(1.0, 1.0, 1.0)), Visuals())


def test_the_same_seed_draws_the_same():
    assert sample(7) == sample(7)
    assert sample(7) != sample(8)


def test_draws_fill_their_ranges_evenly():
    drawn = [sample(seed) for seed in range(400)]
    for values, low, high in (([one.dynamics.friction for one in drawn], 0.5, 1.25),
                              ([one.dynamics.battery for one in drawn], 14.0, 16.8),
                              ([one.dynamics.mass[2] for one in drawn], 0.8, 1.2),
                              ([one.visuals.camera_fov for one in drawn], -2.0, 2.0)):
        share = np.sort((np.array(values) - low) / (high - low))
        assert 0.0 <= share[0] < share[-1] <= 1.0
        # Kolmogorov-Smirnov: 1.63 / sqrt(n) is the distance that chance exceeds once in a hundred.
        assert np.abs(share - np.arange(1, 401) / 400).max() < 0.0815
    assert {len(one.visuals.distractors) for one in drawn} == {0, 1, 2, 3}
    assert 0.4 < np.mean([one.visuals.shadow for one in drawn]) < 0.6


def test_an_inverted_range_is_refused():
    with pytest.raises(BadInput, match='is above high'):
        settings.build(Randomise, {'mass': {'low': 2.0, 'high': 1.0}}, 'task walk: randomise')


@pytest.mark.parametrize(('declared', 'sentence'), [
    ({'mass': {'low': -1.0, 'high': 1.0}}, 'mass should be above 0 and at most 10, but is -1'),
    ({'friction': {'low': 0.5, 'high': float('nan')}},
     'friction: high should be a finite number, but is nan'),
    ({'surfaces': 1.5}, 'surfaces should be 0 or more and at most 1, but is 1.5'),
    ({'latency': {'low': -0.1, 'high': 0.0}},
     'latency should be 0 or more and at most 1, but is -0.1'),
    ({'distractors': {'low': 0, 'high': 1e9}}, 'distractors should be 0 or more and at most 50'),
])
def test_nonsense_is_refused_by_name(declared, sentence):
    with pytest.raises(BadInput, match=sentence):
        ranges_of(dataclasses.replace(load_task('grasp'), randomise=declared))


@pytest.mark.parametrize(('task', 'numbers', 'sentence'), [
    ('grasp', {'spread': float('nan')}, 'spread should be a finite number, but is nan'),
    ('grasp', {'spread': -1.0}, 'spread should be 0 or more and at most 0.2, but is -1'),
    ('grasp', {'lift': float('nan')}, 'lift should be a finite number, but is nan'),
    ('reach', {'within': float('inf')}, 'within should be a finite number, but is inf'),
    ('walk', {'friction': -1.0}, 'friction should be above 0 and at most 10, but is -1'),
    ('walk', {'push_force': float('nan')}, 'push_force should be a finite number, but is nan'),
])
def test_numbers_of_a_scene_are_refused_without_starting_one(task, numbers, sentence):
    spec = load_task(task)
    with pytest.raises(BadInput, match=sentence):
        check(with_overrides(spec, numbers), load_robot(spec.robots[0]))


def test_a_moving_fixture_needs_a_pose_in_the_truth():
    drawer = Fixture('drawer', (0.1, 0.1, 0.1), (0.9, 0.0, 0.1), body='drawer')
    task = dataclasses.replace(load_task('reach'), fixtures=(drawer,))
    with pytest.raises(BadInput,
                       match='fixtures move with drawer, but the truth of the scene has only tip, '
                             'goal'):
        make_world(task, 'iiwa7')


def test_a_misspelt_quantity_is_refused():
    with pytest.raises(BadInput, match="unknown key 'frictoin'; did you mean friction"):
        settings.build(Randomise, {'frictoin': {'low': 1.0, 'high': 1.0}}, 'task walk: randomise')


def test_same_seed_same_hash_other_seed_other_hash():
    world = make_world('grasp', 'iiwa7', randomise=True)
    first, other = world.first_scene(5), world.first_scene(6)
    assert world.first_scene(5) == first
    assert first != other
    assert world.truth().scene == first
    world.close()


def test_the_sample_is_part_of_the_hash():
    world = make_world('grasp', 'iiwa7')
    world.robot.place(np.array(world.spec.home))   # where it stands again below, to the bit
    plain, lying = world.first_scene(5), world.truth().poses
    world.ranges = Randomise(ambient=Range(0.3, 0.4))   # the same scene in another light
    world.rewind()
    world.robot.place(np.array(world.spec.home))
    dim, lying_again = world.first_scene(5), world.truth().poses
    assert all((lying[name] == lying_again[name]).all() for name in lying)
    assert dim != plain
    world.close()


def test_nothing_is_drawn_when_randomisation_is_off():
    world = make_world('grasp', 'iiwa7', seed=5)
    assert world.sample.visuals == Visuals()
    assert set(world.sample.dynamics.mass) == {1.0}
    assert world.sample.dynamics.friction == 1.0
    world.close()


def test_masses_and_friction_reach_the_simulation_counted_from_nominal():
    world = make_world('grasp', 'iiwa7')
    link = world.robot.links['lbr_link_2']
    for _ in range(2):  # twice: the second is not counted from the first
        world.robot.vary(Dynamics(mass=(1.5,) * len(world.robot.links), friction=0.5))
    mass, friction, inertia = world.client.getDynamicsInfo(world.robot.body, link)[:3]
    assert mass == pytest.approx(1.5 * 4.031991)
    assert friction == pytest.approx(0.25)
    world.robot.vary(Dynamics())
    assert world.client.getDynamicsInfo(world.robot.body, link)[0] == pytest.approx(4.031991)
    assert np.allclose(np.array(inertia) / world.client.getDynamicsInfo(world.robot.body, link)[2],
                       1.5)
    world.close()


def test_weaker_motors_and_later_commands():
    world = make_world('grasp', 'iiwa7')
    world.robot.vary(Dynamics(strength=0.5, gain=0.8, latency=0.02))
    assert world.robot._forces[0] == pytest.approx(88.0)  # half of 176 N m
    assert world.robot._latency == pytest.approx(0.03)    # 10 ms nominal
    world.close()


def test_paint_changes_the_picture_and_comes_off_again():
    world = make_world('grasp', 'iiwa7')
    plain = world.picture('shoulder').rgb
    world.appearance.apply(Visuals(surfaces=((0, (0.2, 0.9, 0.3)), (3, (0.9, 0.2, 0.2))),
                                   robot=(0.1, 0.1, 0.9),
                           distractors=((0, (1.0, 0.0, 0.0), (0.3, 0.4, 0.05)),)))
    painted = world.picture('shoulder').rgb
    assert np.abs(painted.astype(int) - plain).mean() > 10
    world.appearance.apply(Visuals())
    bare = world.picture('shoulder').rgb
    assert np.abs(bare.astype(int) - plain).max() == 0
    world.close()


def test_textures_are_ours_and_always_the_same():
    assert pattern(3).shape == (64, 64, 3)
    assert (pattern(3) == pattern(3)).all()
    assert (pattern(3) != pattern(4)).any()
