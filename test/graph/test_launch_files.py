"""Launch files, without launch installed: stand-ins record what a launch file asks for."""
from __future__ import annotations

import dataclasses
import importlib.util
import sys
import types
from pathlib import Path

import pytest
from visuomotor.graph.description import Choices
from visuomotor.nodes._ros.claim import Claim
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
    # drivers of other programs hold their locks elsewhere
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))
    monkeypatch.chdir(tmp_path)   # runs are laid out where launch was called
    actions = ('DeclareLaunchArgument', 'LogInfo', 'OpaqueFunction', 'SetEnvironmentVariable',
               'Shutdown')
    for module, names in {'launch': ('LaunchContext', 'LaunchDescription'),
                          'launch.actions': actions,
                          'launch_ros': (), 'launch_ros.actions': ('LifecycleNode', 'Node'),
                          'launch_ros.parameter_descriptions': ('ParameterValue',)}.items():
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
    description = load(path).generate_launch_description()
    values = {a.given[0]: a.named['default_value'] for a in declared(description)}
    context = types.SimpleNamespace(launch_configurations={**values, **given})
    return description.given[0][-1].named['function'](context)


def parameters(program):
    """What a program is given as parameters, by name; `ParameterValue` keeps a text a text."""
    found = {}
    for given in program.named['parameters']:
        found.update({name: value.given[0] if hasattr(value, 'given') else value for name,
                      value in given.items()}
                     if isinstance(given, dict) else {'file': given})
    return found


def ended(code, is_shutdown=False):
    event = types.SimpleNamespace(process_name='safety-5', returncode=code)
    return types.SimpleNamespace(is_shutdown=is_shutdown, locals=types.SimpleNamespace(event=event))


def test_there_are_two_launch_files():
    assert [path.name for path in FILES] == ['bringup.launch.py', 'teleop.launch.py']


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_each_argument_is_declared_once_with_a_sentence(launching, path):
    arguments = declared(load(path).generate_launch_description())
    names = [a.given[0] for a in arguments]
    assert len(names) == len(set(names))
    assert set(names) <= {field.name for field in dataclasses.fields(Choices)} | {'params_file',
                                                                                  'log_level'}
    assert all(len(a.named['description']) > 10 for a in arguments)


def test_bringup_offers_every_choice_and_by_hand_only_those_that_do_something(launching):
    bringup, by_hand = ({a.given[0] for a in declared(load(path).generate_launch_description())}
                        for path in FILES)
    assert bringup == {field.name for field in dataclasses.fields(Choices)} | {'params_file',
                                                                               'log_level'}
    assert bringup - by_hand == {'policy', 'lockstep', 'episodes', 'horizon', 'record'}


def test_an_argument_says_its_unit_its_range_and_what_there_is(launching):
    said = {a.given[0]: a.named['description']
            for a in declared(load(FILES[0]).generate_launch_description())}
    assert said['horizon'] == ('longest episode; 0: as the task says, in s; 0 or more and at most '
                               '86400')
    assert said['robot'] == 'which robot; one of iiwa14, iiwa7, j2n6s300, j2s7s300, minitaur'


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
@pytest.mark.parametrize(('reach', 'profile', 'warning'), [
    ('', 'config/fastdds.xml', ''),
    ('SUBNET', 'config/fastdds_network.xml',
     'WARNING: ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET: any host on this network can hear, ')])
def test_the_environment_is_set_where_the_user_has_not(launching, path, monkeypatch, reach,
                                                       profile, warning):
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', reach)
    for name in ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE',
                 'RMW_IMPLEMENTATION'):
        monkeypatch.delenv(name, raising=False)
    actions = load(path).generate_launch_description().given[0]
    set_here = {a.given[0]: a.given[1] for a in actions
                if type(a).__name__ == 'SetEnvironmentVariable'}
    assert set_here['FASTRTPS_DEFAULT_PROFILES_FILE'].endswith(profile)
    assert ('ROS_AUTOMATIC_DISCOVERY_RANGE' in set_here) is (reach == '')
    said = [a.named['msg'] for a in actions if type(a).__name__ == 'LogInfo']
    assert [line.startswith(warning) for line in said] == ([True] if warning else [])


def test_bringup_starts_every_node_in_its_namespace(launching):
    world, *others = started(FILES[0], robot='iiwa7', task='grasp', namespace='left')
    assert type(world).__name__ == 'Node'
    assert world.named['executable'] == 'visuomotor'
    assert world.named['arguments'][:4] == ['node', 'driver', '-p', "robot:='iiwa7'"]
    assert [a.named['executable'] for a in others] == ['policy', 'reset', 'reward', 'safety',
                                                       'recorder', 'supervisor']
    assert {type(a).__name__ for a in others} == {'LifecycleNode'}
    assert {a.named['namespace'] for a in (world, *others)} == {'left'}
    assert parameters(others[-1])['ends'] is True
    assert parameters(others[0])['policy'] == 'scripted'


def test_lockstep_is_one_program_with_the_same_choices_in_the_namespace_of_launch(launching):
    only, = started(FILES[0], robot='minitaur', lockstep='true', episodes='3', namespace='left')
    words = only.named['arguments']
    assert only.named['executable'] == 'visuomotor'
    assert only.named['namespace'] == 'left'
    assert words[0] == 'up'
    assert '--lockstep' in words
    assert words[words.index('--robot') + 1] == 'minitaur'
    assert words[words.index('--episodes') + 1] == '3'
    assert words[words.index('--namespace') + 1] == ''


@pytest.mark.parametrize(('text', 'programs'),
                         [('True', 1), ('1', 1), ('yes', 1), ('false', 7), ('No', 7)])
def test_yes_and_no_in_every_usual_way(launching, text, programs):
    assert len(started(FILES[0], robot='iiwa7', lockstep=text)) == programs


def test_by_hand_nobody_but_the_person_proposes(launching):
    actions = started(FILES[1], robot='iiwa7')
    assert [a.named['executable'] for a in actions] == ['visuomotor', 'teleop', 'safety']


def test_a_run_is_laid_out_with_a_stop_file_for_each_robot(launching, tmp_path):
    started(FILES[0], robot='iiwa7', run='one', namespace='left', ros_namespace='/cell')
    *_, safety, _, _ = started(FILES[0], robot='iiwa7', run='one', namespace='right')
    run = tmp_path / 'data' / 'iiwa7-grasp' / 'one'
    assert parameters(safety)['latch_file'] == f'{run}/right/stop.json'
    assert {str(file.relative_to(run)): file.read_text() for file in run.rglob('*.json')} == {
        'cell/left/stop.json': '{"stopped": false, "reason": "", "category": 0}',
        'right/stop.json': '{"stopped": false, "reason": "", "category": 0}'}
    started(FILES[0], robot='iiwa7', run='two', lockstep='true')   # its own program lays it out
    assert not (run.parent / 'two').exists()


def test_settings_reach_their_node_and_a_file_of_parameters_stands_under_them(launching, tmp_path):
    file = tmp_path / 'mine.yaml'
    file.write_text('safety: {ros__parameters: {speed_share: 0.5}}')
    programs = started(FILES[0], set='safety.speed_share=0.3', params_file=str(file),
                       log_level='debug')
    assert {p.named['parameters'][0] for p in programs} == {str(file)}
    safety, = (p for p in programs if p.named['executable'] == 'safety')
    assert parameters(safety)['speed_share'] == 0.3
    assert {tuple(p.named['ros_arguments']) for p in programs} == {('--log-level', 'debug')}


def test_a_misspelt_argument_is_told_with_the_nearest(launching):
    warning, *_ = started(FILES[0], robt='minitaur')
    assert type(warning).__name__ == 'LogInfo'
    assert "there is no launch argument 'robt'; did you mean robot?" in warning.named['msg']
    assert type(started(FILES[0], of_somebody_else='1')[0]).__name__ == 'Node'


def test_when_a_program_ends_the_graph_does_but_only_once(launching):
    assert [type(a).__name__ for a in launching.end(ended(0))] == ['Shutdown']
    assert launching.end(ended(0, is_shutdown=True)) == []
    assert launching.end(ended(130, is_shutdown=True)) == []
    with pytest.raises(RuntimeError, match='safety-5 ended with code 2'):
        launching.end(ended(2))
    assert all(a.named['on_exit'][0].named['function'] is launching.end for a in started(FILES[0]))


def test_a_second_driver_is_refused_before_any_program_starts(launching):
    driver = Claim('driver', 42, '/left')
    with pytest.raises(BadInput, match="Namespace '/left'"):
        started(FILES[0], robot='iiwa7', namespace='left')
    driver.release()


def test_a_second_driver_in_a_pushed_namespace_is_refused(launching):
    driver = Claim('driver', 42, '/cell/left')
    with pytest.raises(BadInput, match="Namespace '/cell/left'"):
        started(FILES[0], robot='iiwa7', namespace='left', ros_namespace='/cell')
    driver.release()


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'robot': 'iwa7'}, "There is no robot 'iwa7'"),
    ({'episodes': 'ten'}, "episodes should be a number such as 10"),
    ({'task': 'walk'}, "cannot do task 'walk'"),
    ({'lockstep': 'maybe'}, "lockstep should be true or false, but is 'maybe'"),
    ({'log_level': 'loud'}, "There is no log level 'loud'"),
    ({'params_file': '/no.yaml'}, "no parameter file '/no.yaml'"),
    ({'set': 'reset.speed=2'}, '--set reset: speed should be above 0 and at most 1, but is 2'),
    ({'teleop': 'keyboard'}, 'Launch gives its programs no keys')])
def test_what_does_not_fit_is_refused(launching, given, sentence):
    with pytest.raises(BadInput, match=sentence):
        started(FILES[0], **given)
