"""Bad input of every kind is one sentence and exit code 2, and nothing moves. Found cases in
literals."""
from __future__ import annotations

import pytest

DOING = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach',
         'minitaur': 'walk'}


@pytest.fixture
def typed(outcome):
    """Run a command in this process; return its exit code and what it said to people."""
    def run(*words: str) -> tuple[int, str]:
        code, _, said = outcome([*words])
        return code, said

    return run


def refused(typed, *words: str) -> str:
    """Hold a command against what is promised; return its sentence."""
    code, said = typed(*words)
    assert code == 2, f'exit {code}: {said}'
    assert said.strip(), 'it said nothing'
    assert 'Traceback' not in said
    return said


def up(robot: str = 'minitaur', task: str = '', *more: str) -> list[str]:
    return ['up', '--robot', robot, '--task', task or DOING.get(robot, ''), '--lockstep', *more]


@pytest.mark.parametrize(('words', 'sentence'), [
    (up('minitaur', '', '--episodes', '-1'), 'episodes should be 0 or more'),
    (up('minitaur', '', '--episodes', '1.5'), '--episodes'),
    (up('minitaur', '', '--episodes', str(2**32)), 'episodes should be'),
    (up('minitaur', '', '--seed', '-1'), 'seed should be 0 or more'),
    (up('minitaur', '', '--seed', str(2**63)), 'seed should be'),
    (up('minitaur', '', '--horizon', 'nan'), 'horizon should be'),
    (up('minitaur', '', '--horizon', 'inf'), 'horizon should be'),
    (up('minitaur', '', '--horizon', '-1'), 'horizon should be'),
    (up('minitaur', '', '--scene', 'friction'), 'Settings are given as name=value'),
    (up('minitaur', '', '--scene', 'friction=-1'), 'friction should be'),
    (up('minitaur', '', '--scene', 'friction=[1'), 'not valid YAML'),
    (up('minitaur', '', '--scene', 'frction=1'), "unknown key 'frction'; did you mean friction"),
    (up('minitaur', '', '--scene', 'friction=1, friction=2'), "'friction' is set twice"),
    (up('minitaur', '', '--scene', 'friction='), "'friction' has no value"),
    (up('iiwa7', 'grasp', '--scene', 'objects=0'), 'objects should be'),
    (up('iiwa7', 'grasp', '--scene', 'split=tst'), 'did you mean test'),
    (up('minitaur', '', '--run', '../../escaped'), 'run'),
    (up('minitaur', '', '--run', '/tmp/escaped'), 'run'),
    (up('minitaur', '', '--namespace', 'two words'), 'A namespace is letters'),
    (up('minitaur', '', '--namespace', '../x'), 'A namespace is letters'),
    (up('minitaur', '', '--policy', ''), 'policy'),
    (up('minitaur', '', '--policy', '/tmp'), 'policy.yaml'),
    (up('minitaur', 'grasp'), "cannot do task 'grasp'; it can do walk"),
    (up('minitaur', '', '--teleop', 'mouse'), "There is no teleop device 'mouse'"),
    (up('minitaur', '', '--world', 'moon'), "There is no world 'moon'"),
    (up('minitaur', '', '--rate-limit', 'nan'), '--rate-limit should be'),
    (up('minitaur', '', '--rate-limit', '-2'), '--rate-limit should be'),
    (['up', '--robot', 'minitaur', '--rate-limit', '2', '--realtime'], '--rate-limit'),
    (['up', '--robot', '../robots/minitaur'], 'There is no robot'),
    (['node', '-p', 'robot=iiwa7'], 'come'),
    (['node', 'safety', '-p', 'robot=iiwa7'], "override rule: '-p robot=iiwa7'"),
    (['node', 'safety', '--ros-args', '--bogus'], "does not know ['--bogus']"),
    (['node', 'safety', '--ros-args', '--params-file', 'no.yaml'], 'no.yaml'),
    (['node', 'safety', '-p', 'robot:=nobody'], "There is no robot 'nobody'"),
    (['node', 'safety', '-p', 'robot:=iiwa7', '-p', 'speed_share:=.nan'], 'speed_share should be'),
    (['node', 'safety', '-p', 'robot:=iiwa7', '-p', 'speed_share:=0'], 'speed_share should be'),
    (['node', 'safety', '-p', 'robot:=iiwa7', '--ros-args', '-r', '__ns:=/two words'], 'two words'),
    (['node', 'camera', '-p', 'camera:=two words', '-p', 'robot:=iiwa7', '-p', 'task:=grasp'],
     'two words'),
    (['node', 'camera', '-p', 'camera:=c', '-p', 'source:=topic', '-p', 'address:=two words'],
     'two words'),
    (['node', 'camera', '-p', 'camera:=shoulder', '-p', 'robot:=iiwa7', '-p', 'task:=grasp', '-p',
      'rate:=-1.0'], 'rate should be'),
    (['look', 'picture.txt'], '.png'),
    (['look', 'picture'], '.png'),
    (['look', '.'], '.png'),
    (['look', 'no/such/folder/picture.png'], 'no/such/folder'),
    (['look', 'picture.png', '--seed', '-1'], '--seed'),
    (['look', 'picture.png', '--seconds', 'nan'], 'seconds'),
    (['look', 'picture.png', '--seconds', '-1'], '--seconds'),
    (['look', 'picture.png', '--robot', 'iwa7'], 'did you mean iiwa7'),
    (['safety', 'show', 'iiwa7', '--set', 'speed_share'], 'name=value'),
    (['safety', 'show', 'iiwa7', '--set', 'speed_share=2'], 'speed_share should be'),
    (['safety', 'show', 'iiwa7', '--set', 'speed_share=.nan'], 'speed_share should be'),
    (['safety', 'show', 'iiwa7', '--set', 'speed_share=[['], 'not valid YAML'),
    (['safety', 'replay', 'missing.mcap'], 'missing.mcap'),
    (['safety', 'judge', 'missing.mcap'], 'missing.mcap'),
    (['safety', 'judge', '.'], 'is a folder'),
    (['safety', 'pairs', 'minitaur'], 'minitaur'),
], ids=lambda value: ' '.join(value) if isinstance(value, list) else '')
def test_a_command_line_that_does_not_fit_is_refused(typed, words, sentence):
    assert sentence in ' '.join(refused(typed, *words).split())


@pytest.mark.parametrize('domain', ['abc', '999', '-1', '1e3', ' '])
def test_a_ros_domain_that_is_none_is_refused(typed, monkeypatch, domain):
    monkeypatch.setenv('ROS_DOMAIN_ID', domain)
    assert 'ROS_DOMAIN_ID should be a whole number from 0 to 232' in refused(typed, *up())
    assert 'ROS_DOMAIN_ID should be a whole number from 0 to 232' in refused(typed, 'node',
                                                                             'safety')
