"""Grasping: the split of objects, the scene, the verdict, and the scripted expert."""
import numpy as np
import pytest
from visuomotor.specs.errors import BadInput
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.rollout import rollout
from visuomotor.worlds.tasks.grasp import objects
from visuomotor.worlds.tasks.grasp.expert import finger_yaw


@pytest.fixture(scope='module')
def world():
    made = make_world('grasp', 'iiwa7', randomise=True, overrides={'split': 'test'})
    yield made
    made.close()


def test_nine_hundred_to_train_and_a_hundred_held_out_with_none_in_both():
    train, test = objects.split('train'), objects.split('test')
    assert (len(train), len(test)) == (900, 100)
    assert {path.stem for path in test} == {f'{number:03d}' for number in range(0, 1000, 10)}
    assert not {path.resolve() for path in train} & {path.resolve() for path in test}


def test_a_leak_between_the_splits_is_refused(monkeypatch):
    objects.check_disjoint.cache_clear()
    monkeypatch.setattr(objects, 'split', lambda name: (objects.FOLDER / '010' / '010.urdf',))
    with pytest.raises(BadInput, match='but 1 are in both'):
        objects.check_disjoint()


@pytest.mark.parametrize(('split', 'held_out'), [('train', False), ('test', True)])
def test_scenes_take_objects_of_their_split_alone(split, held_out):
    world = make_world('grasp', 'iiwa7', overrides={'split': split, 'objects': 12})
    description = world.scene.new_scene(world, np.random.default_rng(3))
    assert len(set(description['models'])) == 12
    assert {model.endswith('0') for model in description['models']} == {held_out}
    world.close()


def test_a_new_scene_is_at_rest_in_the_tray_and_leaves_the_arm_alone(world):
    world.robot.connect()
    before = world.robot.read().position
    stamp = world.time
    world.new_scene(np.random.default_rng(11))
    assert world.time == stamp
    assert np.allclose(world.robot.read().position, before, atol=1e-3)
    lying = world.truth().poses
    assert sum(name.startswith('object_') for name in lying) == 5
    world.advance(0.5)
    later = world.truth().poses
    for name in (f'object_{i}' for i in range(5)):
        assert np.linalg.norm(later[name][:3] - lying[name][:3]) < 0.02
        assert np.abs(later[name][:2] - [0.55, 0.0]).max() < 0.3
        assert 0.0 < later[name][2] < 0.2


def test_old_objects_leave_with_the_old_scene(world):
    bodies = world.client.getNumBodies()
    for seed in range(3):
        world.new_scene(np.random.default_rng(seed))
        shapes = len(world.sample.visuals.distractors)
        assert world.client.getNumBodies() - shapes <= bodies


def test_layout_of_a_seed_is_the_same_with_and_without_randomised_looks():
    layouts = []
    for randomise in (True, False):
        world = make_world('grasp', 'iiwa7', randomise=randomise)
        layouts.append(world.scene.new_scene(world, np.random.default_rng(4))['models'])
        world.close()
    assert layouts[0] == layouts[1]


def test_a_box_is_measured_across_its_narrow_side():
    corners = np.array([[x, y, z] for x in (-0.05, 0.05) for y in (-0.02, 0.02)
                        for z in (-0.01, 0.01)])
    turned = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    seen = objects.footprint(corners, np.array([0.5, 0.1, 0.3]), turned)
    assert seen.size == pytest.approx([0.04, 0.10, 0.02])
    assert seen.centre == pytest.approx([0.5, 0.1, 0.3])
    assert seen.yaw == pytest.approx(0.0)
    unturned = objects.footprint(corners, np.zeros(3), np.eye(3))
    assert abs(unturned.yaw) == pytest.approx(np.pi / 2)


@pytest.mark.parametrize(('turn', 'yaw'), [(0.0, np.pi / 2), (np.pi / 2, 0.0)])
def test_fingers_close_along_the_y_axis_of_the_tip(turn, yaw):
    tip = np.array([0.0, 0.0, 0.0, 0.0, 0.0, np.sin(turn / 2), np.cos(turn / 2)])
    assert objects.wrapped(finger_yaw(tip) - yaw) == pytest.approx(0.0, abs=1e-9)


def test_success_needs_the_hold_and_pays_once(world):
    judge = world.scene
    judge._start()
    assert [judge._judge(now, True) for now in (0.0, 0.1, 0.2, 0.3)] == [0.0, 0.0, 1.0, 0.0]
    judge._start()
    assert [judge._judge(now, held) for now,
            held in ((0.0, True), (0.1, False), (0.2, True), (0.3, True))] == [0.0] * 4


@pytest.mark.parametrize('robot', ['iiwa7', 'iiwa14'])
def test_the_expert_lifts_held_out_objects(robot):
    world = make_world('grasp', robot, randomise=True, overrides={'split': 'test'})
    expert, runner = make_expert(world.spec, world.task), ActionRunner(world, pictures=False)
    results = [rollout(world, expert, seed, runner=runner) for seed in range(4)]
    assert sum(one.success for one in results) >= 3
    assert all(one.total == float(one.success) for one in results)
    lifted = [one.values['highest'] for one in results if one.success]
    assert min(lifted) >= 0.12
    world.close()


def test_the_expert_says_when_it_is_done_by_itself(world):
    expert, runner = make_expert(world.spec, world.task), ActionRunner(world, pictures=False)
    rollout(world, expert, 0, runner=runner)
    for _ in range(40):
        runner.step(expert.act(runner.observe(privileged=True)))
    assert expert.finished
    assert world.truth().success


def test_the_expert_looks_again_when_it_closed_on_nothing(world):
    expert, runner = make_expert(world.spec, world.task), ActionRunner(world, pictures=False)
    expert.reset(np.random.default_rng(0))
    world.rewind()
    world.robot.place(np.array(world.spec.home))
    world.new_scene(np.random.default_rng(2))
    runner.begin()
    phases = []
    for _ in range(160):
        expert.act(runner.observe(privileged=True))
        if expert._phase == 'close' and 'choose' not in phases:  # somebody takes the object away
            world.client.resetBasePositionAndOrientation(world.scene.loose[int(expert._choice.name[-1])].body,
                                                         [1.5, 1.0, 0.1], [0, 0, 0, 1])
        runner.step(expert.act(runner.observe(privileged=True)))
        phases.append(expert._phase)
    first_close = phases.index('close')
    assert 'above' in phases[first_close:] or 'choose' in phases[first_close:]


def test_a_random_policy_is_no_expert(world, chance):
    policy, runner = chance(world.task), ActionRunner(world, pictures=False)
    assert not rollout(world, policy, 0, runner=runner).success


@pytest.mark.parametrize(('numbers', 'sentence'), [
    ({'split': 'tset'}, 'did you mean test'),
    ({'objects': 0}, 'objects should be 1 or more and at most 20, but is 0')])
def test_wrong_scene_numbers_are_refused(numbers, sentence):
    with pytest.raises(BadInput, match=sentence):
        make_world('grasp', 'iiwa7', overrides=numbers)
