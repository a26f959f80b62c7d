"""The gymnasium environments. The checker's approval, every task by its name, every choice, and no
ROS anywhere near."""
import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from visuomotor.specs.errors import BadInput
from visuomotor.specs.task import task_names
from visuomotor.worlds import gym_env

GRASP, REACH, WALK = NAMES = ['visuomotor/Grasp-v0', 'visuomotor/Reach-v0', 'visuomotor/Walk-v0']
VARIANTS = [
    (GRASP, {'pictures': False, 'reward': 'dense', 'control_mode': 'joint_velocity'}),
    (REACH, {'goal_env': True, 'depth': True, 'image_size': (48, 40), 'robot': 'iiwa7'}),
    (WALK, {'frame_skip': 10, 'cameras': ['side'], 'horizon': 2.0}),
]


def made(name, **chosen):
    return gymnasium.make(name, **chosen).unwrapped


@pytest.mark.parametrize(('name', 'chosen'), [*((name, {}) for name in NAMES), *VARIANTS])
def test_the_checker_finds_nothing_to_say(name, chosen):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        env = made(name, render_mode='rgb_array', **chosen)
        check_env(env)
    env.close()


@pytest.mark.parametrize('name', NAMES)
def test_equal_seeds_give_equal_episodes_whatever_came_before(name):
    env = made(name)

    def episode(seed):
        rng = np.random.default_rng(1)
        seen = [env.reset(seed=seed)[0]]
        seen += [env.step(rng.uniform(-1, 1, env.action_space.shape).astype(np.float32))[0]
                 for _ in range(15)]
        return b''.join(value.tobytes() for one in seen for value in one.values())

    first, other = episode(3), episode(4)
    assert episode(3) == first
    assert other != first
    env.close()


def test_no_ros_is_imported():
    script = (f'import sys, gymnasium, visuomotor.worlds.gym_env; env = gymnasium.make("{GRASP}");'
              'env.reset(seed=0);'
              'env.step(env.action_space.sample());'
              'assert not [name for name in sys.modules if name.startswith(("rclpy", "rosidl", '
              '"torch"))], "ROS"')
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True,
                          timeout=90)
    assert done.returncode == 0, done.stderr


def test_observations_hold_no_truth():
    env = made(GRASP)
    seen, info = env.reset(seed=0)
    assert set(seen) == {'joint_position', 'joint_velocity', 'gripper', 'tip_pose', 'time',
                         'image_shoulder'}
    assert info['is_success'] is False
    assert seen['image_shoulder'].shape == (128, 128, 3)
    env.close()


def test_spaces_are_known_before_a_world_is_started_and_names_have_no_dots():
    for name in NAMES:
        env = made(name)
        assert 'runner' not in vars(env)
        assert not [key for key in env.observation_space if '.' in key]
        env.close()
    assert made(WALK, cameras=['side'],
                image_size=(40, 50)).observation_space['image_side'].shape == (40, 50, 3)
    assert list(made(GRASP, pictures=False).observation_space) == ['gripper', 'joint_position',
                                                                   'joint_velocity',
                                                                   'time', 'tip_pose']


def test_without_pictures_nothing_is_rendered():
    env = made(REACH, pictures=False)
    env.world.renderer.render = lambda *_: pytest.fail('rendered')
    env.reset(seed=0)
    env.step(env.action_space.sample())
    env.close()


def test_depth_is_in_metres():
    env = made(REACH, depth=True)
    seen, _ = env.reset(seed=0)
    assert seen['depth_front'].shape == (64, 64)
    assert 1.0 < np.median(seen['depth_front']) < 3.0, ('the camera is 1.6 m away from where it '
                                                        'looks')
    env.close()


def test_an_episode_ends_at_the_horizon():
    env = made(REACH, robot='j2s7s300', pictures=False)
    env.reset(seed=0)
    ends = [env.step(np.zeros(3, dtype=np.float32))[2:4] for _ in range(160)]  # 8 s at 20 Hz
    assert ends[-1] == (False, True)
    assert set(ends[:-1]) == {(False, False)}
    env.close()


@pytest.mark.parametrize(('name', 'chosen', 'steps', 'fps'), [
    (GRASP, {}, 200, 20), (REACH, {}, 160, 20), (WALK, {}, 1667, 167),
    (WALK, {'frame_skip': 10}, 167, 17),
    (REACH, {'horizon': 20.0}, 400, 20), (GRASP, {'horizon': 3.0, 'frame_skip': 4}, 15, 5)])
def test_the_spec_says_how_long_an_episode_is_and_videos_run_at_the_speed_of_the_world(name, chosen,
                                                                                       steps, fps):
    env = gymnasium.make(name, **chosen)
    assert env.spec.max_episode_steps == steps
    assert env.metadata['render_fps'] == fps
    env.close()


def test_a_repeated_action_lasts_as_many_periods():
    env = made(WALK, frame_skip=10)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    assert env.runner.elapsed == pytest.approx(0.06)
    env.close()


def test_a_goal_environment_pays_by_the_distance_alone():
    env = made(REACH, goal_env=True, pictures=False)
    seen, _ = env.reset(seed=0)
    assert {name: len(value) for name, value in seen.items()} == {
        # 2 x 6 joints, time, gripper, pose of the tip
        'observation': 21, 'achieved_goal': 3, 'desired_goal': 3}
    seen, reward, *_ = env.step(np.zeros(3, dtype=np.float32))
    assert reward == env.compute_reward(seen['achieved_goal'], seen['desired_goal'], {}) == -1.0
    tips = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.019], [0.0, 0.021, 0.0]])
    # 2 cm count
    assert env.compute_reward(tips, np.zeros((3, 3)), {}).tolist() == [0.0, 0.0, -1.0]
    dense = made(REACH, goal_env=True, pictures=False, reward='dense')
    assert dense.compute_reward(tips, np.zeros((3, 3)), {}).tolist() == [0.0, -0.019, -0.021]


def test_dense_rewards_sum_up_to_the_progress_and_sparse_ones_wait_for_success():
    sums = {}
    for kind in ('dense', 'sparse'):
        env = made(REACH, reward=kind, pictures=False, world={'target': 'fixed'})
        _, info = env.reset(seed=0)
        begun, rewards = info['progress'], []
        for _ in range(10):
            _, reward, _, _, info = env.step(np.array([0.0, -0.3, 0.0], dtype=np.float32))
            rewards.append(reward)
        sums[kind] = sum(rewards)
        assert sums['sparse' if kind == 'sparse' else 'dense'] == pytest.approx(
            0.0 if kind == 'sparse' else info['progress'] - begun)
        env.close()
    assert sums['dense'] != 0.0


def test_nominal_unless_asked():
    calm, drawn = made(GRASP, pictures=False), made(GRASP, pictures=False, randomise=True)
    for env in (calm, drawn):
        env.reset(seed=0)
    assert calm.world.sample.dynamics.friction == 1.0
    assert drawn.world.sample.dynamics.friction != 1.0


def test_held_out_objects_by_a_keyword():
    env = made(GRASP, pictures=False, split='test')
    assert env.world.scene.settings.split == 'test'
    env.close()


@pytest.mark.parametrize(('chosen', 'sentence'), [
    ({'horizon': float('nan')}, 'horizon should be a finite number, but is nan'),
    ({'frame_skip': 0}, 'frame_skip should be 1 or more and at most 1000, but is 0'),
    ({'pictres': True}, "unknown key 'pictres'; did you mean pictures"),
    ({'cameras': ['sholder']}, "no camera 'sholder'; did you mean shoulder"),
    ({'image_size': (64,)}, 'image_size should be height and width, but holds 1 numbers'),
    ({'split': 'tset'}, "is 'tset'; did you mean test"),
    ({'control_mode': 'joint_speed'}, 'did you mean joint_velocity'),
    ({'control_mode': 'joint_velocity', 'action': {'mode': 'gripper'}}, 'leave one out'),
    ({'action': {'mode': 'joint_velocity', 'width': 6, 'axes': [0], 'scale': [1.0]}},
     'moves 6 joints, but iiwa7 has 7'),
    ({'goal_env': True}, 'Task grasp shows no goal, so it has no goal environment'),
    ({'robot': 'minitaur'}, 'Task grasp is not for minitaur'),
    ({'reward': 'shaped'}, 'should be one of task, dense, sparse'),
    ({'render_mode': 'ansi'}, "no render_mode 'ansi'"),
    ({'world': {'spread': float('nan')}}, 'spread should be a finite number, but is nan'),
])
def test_what_does_not_fit_is_refused_when_the_environment_is_made(chosen, sentence):
    with pytest.raises(BadInput, match=sentence):
        made(GRASP, **chosen)


def test_a_viewer_without_a_display_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.delenv('DISPLAY', raising=False)
    with pytest.raises(BadInput, match='a viewer needs a display'):
        made(REACH, render_mode='human')
    assert made(REACH).metadata['render_modes'] == ['rgb_array']


def test_every_task_is_registered_by_its_words():
    gym_env.register()
    assert {gym_env.env_id(task) for task in task_names()} <= set(gymnasium.registry)
    assert gym_env.env_id('open_drawer') == 'visuomotor/OpenDrawer-v0'
