"""The gymnasium face: the checker's approval, every task by its name, and no ROS anywhere near."""
import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from visuomotor.worlds import gym_env

NAMES = ['visuomotor/Grasp-v0', 'visuomotor/Reach-v0', 'visuomotor/Walk-v0']


@pytest.mark.parametrize('name', NAMES)
def test_the_checker_finds_nothing_to_say(name):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        env = gymnasium.make(name, render_mode='rgb_array').unwrapped
        check_env(env)
    env.close()


@pytest.mark.parametrize('name', NAMES)
def test_equal_seeds_give_equal_episodes_whatever_came_before(name):
    env = gymnasium.make(name).unwrapped

    def episode(seed):
        rng = np.random.default_rng(1)
        seen = [env.reset(seed=seed)[0]]
        seen += [env.step(rng.uniform(-1, 1, env.action_space.shape).astype(np.float32))[0] for _ in range(15)]
        return b''.join(value.tobytes() for one in seen for value in one.values())

    first, other = episode(3), episode(4)
    assert episode(3) == first
    assert other != first
    env.close()


def test_no_ros_is_imported():
    script = (f'import sys, gymnasium, visuomotor.worlds.gym_env; env = gymnasium.make("{NAMES[0]}");'
              'env.reset(seed=0);'
              'env.step(env.action_space.sample());'
              'assert not [name for name in sys.modules if name.startswith(("rclpy", "rosidl", "torch"))], "ROS"')
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr


def test_observations_hold_no_truth():
    env = gymnasium.make(NAMES[0]).unwrapped
    seen, info = env.reset(seed=0)
    assert set(seen) == {'joint_position', 'joint_velocity', 'gripper', 'tip_pose', 'time', 'image_shoulder'}
    assert info['success'] is False
    assert seen['image_shoulder'].shape == (128, 128, 3)
    env.close()


def test_an_episode_ends_at_the_horizon():
    env = gymnasium.make('visuomotor/Reach-v0', robot='j2s7s300').unwrapped
    env.reset(seed=0)
    ends = [env.step(np.zeros(3, dtype=np.float32))[2:4] for _ in range(160)]  # 8 s at 20 Hz
    assert ends[-1] == (False, True)
    assert set(ends[:-1]) == {(False, False)}
    env.close()


def test_registering_twice_is_harmless():
    gym_env.register()
    assert set(NAMES) <= set(gymnasium.registry)
