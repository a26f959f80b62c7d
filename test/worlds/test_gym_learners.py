"""The page on gymnasium is followed, and stock learners start, where Stable-Baselines3 is
installed."""
import re
from pathlib import Path

import gymnasium
import pytest
from visuomotor.specs import settings
from visuomotor.worlds import gym_env  # noqa: F401 - registers
from visuomotor.worlds.gym_settings import EnvSettings

PAGE = (Path(__file__).parents[2] / 'docs/gymnasium.md').read_text()
SNIPPETS = re.findall(r'```python\n(.*?)```', PAGE, flags=re.S)
NAMES = ['visuomotor/Grasp-v0', 'visuomotor/Reach-v0', 'visuomotor/Walk-v0']


def test_the_page_runs():
    names = {}
    exec(SNIPPETS[0], names)
    assert names['seen'].keys() == {'joint_position', 'joint_velocity', 'time', 'gripper',
                                    'tip_pose', 'goal'}
    assert names['info'].keys() == {'is_success', 'failed', 'progress', 'scene', 'shield'}


def test_the_page_names_every_keyword():
    rows = re.findall(r'^\| `(\w+)` \|', PAGE, flags=re.M)
    assert sorted(rows) == sorted([*EnvSettings.__dataclass_fields__, 'goal_env', 'render_mode'])
    assert settings.build(EnvSettings, {}, '').reward == 'task'


def test_the_learner_of_the_page_runs():
    pytest.importorskip('stable_baselines3')
    exec(SNIPPETS[1], {'gymnasium': gymnasium})


@pytest.mark.parametrize('pictures', [True, False])
@pytest.mark.parametrize('name', NAMES)
def test_stock_learners_start(name, pictures):
    sb3 = pytest.importorskip('stable_baselines3')
    from stable_baselines3.common.env_checker import check_env
    check_env(gymnasium.make(name, pictures=pictures))
    few = {'image_size': (40, 40)} if pictures and name != NAMES[2] else {}
    env = gymnasium.make(name, pictures=pictures, **few)
    assert sb3.PPO('MultiInputPolicy', env, n_steps=32, batch_size=16,
                   n_epochs=1).learn(32).num_timesteps == 32
    sac = sb3.SAC('MultiInputPolicy', env, learning_starts=20, batch_size=8,
                  buffer_size=100).learn(26)
    assert sac.num_timesteps == 26
    env.close()
