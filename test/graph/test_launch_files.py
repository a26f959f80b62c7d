"""Launch files, without launch installed: stand-ins record what a launch file asks for."""
from __future__ import annotations

import dataclasses
import importlib.util
import sys
import types
from pathlib import Path

import pytest
from visuomotor.graph.description import Choices
from visuomotor.nodes.driver.exclusive import ExclusiveDriver
from visuomotor.specs.errors import BadInput

LAUNCH = Path(__file__).resolve().parents[2] / 'launch'
FILES = sorted(LAUNCH.glob('*.launch.py'))


class Recorded:
    """Anything that a launch file makes: its class and what it was given."""

    def __init__(self, *given, **named):
        self.given, self.named = given, named


def stand_in(module, *names):
    made = types.ModuleType(module)
    for name in names:
        setattr(made, name, type(name, (Recorded,), {}))
    return made


@pytest.fixture
def launching(monkeypatch, tmp_path):
    monkeypatch.setenv('ROS_DOMAIN_ID', '42')
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))  # drivers of other programs hold their locks elsewhere
    actions = ('DeclareLaunchArgument', 'ExecuteProcess', 'OpaqueFunction', 'RegisterEventHandler',
               'SetEnvironmentVariable', 'Shutdown')
    for module, names in {'launch': ('LaunchContext', 'LaunchDescription'), 'launch.actions': actions,
                          'launch.event_handlers': ('OnProcessIO',), 'launch_ros': (),
                          'launch_ros.actions': ('LifecycleNode', 'Node'),
                          'launch_ros.substitutions': ('ExecutableInPackage',)}.items():
        monkeypatch.setitem(sys.modules, module, stand_in(module, *names))
    monkeypatch.delitem(sys.modules, 'visuomotor.graph.launching', raising=False)
    yield importlib.import_module('visuomotor.graph.launching')
    sys.modules.pop('visuomotor.graph.launching', None)


def load(path):
    spec = importlib.util.spec_from_file_location('launch_file', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def declared(description):
    return [a for a in description.given[0] if type(a).__name__ == 'DeclareLaunchArgument']


def started(path, **given):
    module = load(path)
    values = {a.given[0]: a.named['default_value'] for a in declared(module.generate_launch_description())}
    context = types.SimpleNamespace(launch_configurations={**values, **given})
    return module.start(context)


def ended(code, is_shutdown=False):
    event = types.SimpleNamespace(process_name='safety-5', returncode=code)
    return types.SimpleNamespace(is_shutdown=is_shutdown, locals=types.SimpleNamespace(event=event))


def test_there_are_two_launch_files():
    assert [path.name for path in FILES] == ['bringup.launch.py', 'teleop.launch.py']


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_each_argument_is_declared_once_with_a_sentence(launching, path):
    arguments = declared(load(path).generate_launch_description())
    assert [a.given[0] for a in arguments] == [field.name for field in dataclasses.fields(Choices)]
    assert all(len(a.named['description']) > 10 for a in arguments)
    assert all(a.named['choices'] is None or a.named['default_value'] in a.named['choices'] for a in arguments)


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_the_environment_is_set_where_the_user_has_not(launching, path, monkeypatch):
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'SUBNET')
    monkeypatch.delenv('FASTRTPS_DEFAULT_PROFILES_FILE', raising=False)
    monkeypatch.delenv('FASTDDS_DEFAULT_PROFILES_FILE', raising=False)
    set_here = {a.given[0]: a.given[1] for a in load(path).generate_launch_description().given[0]
                if type(a).__name__ == 'SetEnvironmentVariable'}
    assert set_here['FASTRTPS_DEFAULT_PROFILES_FILE'].endswith('config/fastdds.xml')
    assert 'ROS_AUTOMATIC_DISCOVERY_RANGE' not in set_here


def programs(actions):
    return [a for a in actions if type(a).__name__ != 'RegisterEventHandler']


def listeners(actions):
    """What hears the output of each program, in order."""
    handlers = [a.given[0] for a in actions if type(a).__name__ == 'RegisterEventHandler']
    return [(h.named['target_action'], h.named['on_stdout']) for h in handlers]


def says(program, text):
    return types.SimpleNamespace(action=program, text=text)


def test_bringup_starts_every_node_in_its_namespace(launching):
    world, *others = programs(started(FILES[0], robot='iiwa7', task='grasp', namespace='left'))
    assert type(world).__name__ == 'Node'
    assert world.named['executable'] == 'visuomotor'
    assert world.named['arguments'][:4] == ['node', 'driver', '-p', "robot:='iiwa7'"]
    assert world.named['arguments'][-3:] == ['--ros-args', '-r', '__ns:=/left']
    assert [a.named['executable'] for a in others] == ['policy', 'reset', 'reward', 'safety', 'recorder']
    assert {type(a).__name__ for a in others} == {'LifecycleNode'}
    assert {a.named['namespace'] for a in others} == {'left'}


def test_the_supervisor_begins_once_when_everybody_else_is_active(launching):
    *first, (last, hear_last) = listeners(started(FILES[0], robot='iiwa7', task='grasp'))
    for program, hear in first:
        assert hear(says(program, b'pybullet build time')) == []
        assert hear(says(program, b'active: its name')) == []
    supervisor, = hear_last(says(last, b'[INFO] hello\nactive: recorder\n'))
    assert supervisor.named['executable'] == 'supervisor'
    assert hear_last(says(last, b'active: recorder')) == []


def test_lockstep_is_one_program_with_the_same_choices(launching):
    only, = started(FILES[0], robot='minitaur', lockstep='true', episodes='3')
    program, *words = only.named['cmd']
    assert program.named == {'package': 'visuomotor', 'executable': 'visuomotor'}
    assert words[0] == 'up'
    assert '--lockstep' in words
    assert words[words.index('--robot') + 1] == 'minitaur'
    assert words[words.index('--episodes') + 1] == '3'


def test_by_hand_nobody_but_the_person_proposes(launching):
    actions = started(FILES[1], robot='iiwa7')
    assert [a.named['executable'] for a in programs(actions)] == ['visuomotor', 'teleop', 'safety']
    assert listeners(actions) == []


def test_when_a_program_ends_the_graph_does_but_only_once(launching):
    assert [type(a).__name__ for a in launching.end(ended(0))] == ['Shutdown']
    assert launching.end(ended(0, is_shutdown=True)) == []
    assert launching.end(ended(130, is_shutdown=True)) == []
    with pytest.raises(RuntimeError, match='safety-5 ended with code 2'):
        launching.end(ended(2))
    assert all(a.named['on_exit'][0].named['function'] is launching.end for a in programs(started(FILES[0])))


def test_a_second_driver_is_refused_before_any_program_starts(launching):
    driver = ExclusiveDriver(42, '/left')
    with pytest.raises(BadInput, match="Namespace '/left'"):
        started(FILES[0], robot='iiwa7', namespace='left')
    driver.release()


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'robot': 'iwa7'}, "There is no robot 'iwa7'"), ({'episodes': 'ten'}, "episodes should be a number such as 10"),
    ({'task': 'walk'}, "cannot do task 'walk'")])
def test_what_does_not_fit_is_refused(launching, given, sentence):
    with pytest.raises(BadInput, match=sentence):
        started(FILES[0], **given)
