"""The graph: choices that fit, choices that do not, and parameters that every node knows."""
from __future__ import annotations

import dataclasses
import importlib

import pytest
from visuomotor.graph import description
from visuomotor.graph.description import Choices, describe
from visuomotor.graph.entry import NodeEntry, resolve, rows
from visuomotor.graph.stop_file import lay_out, stop_file
from visuomotor.robots import registry
from visuomotor.safety.latch import Latch, restore
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import DriverChoice, load_robot


def names(choices):
    return [entry.name for entry in describe(choices).nodes]


def entry(choices, name):
    return next(e for e in describe(choices).nodes if e.name == name)


def test_grasping_has_these_nodes_in_this_order():
    assert names(Choices(robot='iiwa7', task='grasp', lockstep=True)) == [
        'driver', 'camera_shoulder', 'policy', 'reset', 'reward', 'safety', 'recorder',
        'supervisor']


def test_the_supervisor_is_last_whatever_is_chosen():
    for choices in (Choices(), Choices(record=False), Choices(teleop='joy'),
                    Choices(robot='minitaur')):
        assert names(choices)[-1] == 'supervisor'


def test_the_first_task_of_the_robot_is_done_when_none_is_named():
    assert describe(Choices(robot='minitaur')).task.name == 'walk'
    assert describe(Choices(robot='j2n6s300')).task.name == 'reach'


def test_the_driver_shares_its_process_with_the_cameras_that_look_into_its_world():
    processes = {name: [e.name for e in entries] for name,
                 entries in describe(Choices()).processes.items()}
    assert processes['world'] == ['driver', 'camera_shoulder']
    assert processes['safety'] == ['safety']


def test_a_fake_world_has_no_cameras():
    assert [n for n in names(Choices(world='fake')) if n.startswith('camera')] == []


def test_every_camera_is_there_when_asked_for():
    assert [n for n in names(Choices(cameras='all'))
            if n.startswith('camera')] == ['camera_shoulder', 'camera_wrist']
    assert {e.process for e in describe(Choices(cameras='all')).nodes if e.room
            == 'camera'} == {'world'}


def test_what_is_not_wanted_is_not_there():
    assert 'recorder' not in names(Choices(record=False))
    assert entry(Choices(record=False), 'supervisor').parameters['recorded'] is False
    assert 'teleop' not in names(Choices())
    assert 'teleop' in names(Choices(teleop='keyboard'))


def test_episodes_lie_by_robot_task_and_run():
    folder = entry(Choices(data='/tmp/here', run='today'), 'recorder').parameters['folder']
    assert folder == '/tmp/here/iiwa7-grasp/today'


@pytest.mark.parametrize(('choices', 'sentence'), [
    ({'robot': 'iwa7'}, "There is no robot 'iwa7'; did you mean iiwa7"),
    ({'task': 'grsp'}, "There is no task 'grsp'; did you mean grasp?"),
    ({'policy': 'scriptd'}, "There is no policy 'scriptd'; did you mean scripted?"),
    ({'world': 'sims'}, "There is no world 'sims'; did you mean sim?"),
    ({'task': 'grasp', 'scene': ('objects=0',)},
     'objects should be 1 or more and at most 20, but is 0'),
    ({'task': 'grasp', 'scene': ('spread=.nan',)}, 'spread should be a finite number, but is nan'),
    ({'teleop': 'joystick'}, "There is no teleop device 'joystick'; did you mean joy?"),
    ({'cameras': 'al'}, "There is no choice of cameras 'al'; did you mean all?"),
    ({'task': 'walk'}, "Robot 'iiwa7' cannot do task 'walk'; it can do grasp"),
    ({'world': 'real'}, "World 'real' needs a driver, and iiwa7 has no driver yet"),
    ({'world': 'fake', 'lockstep': True}, 'Lock-step needs a world that waits'),
    ({'namespace': '1 arm'},
     "A namespace is letters, digits and _ such as 'left_arm', but '1 arm' came"),
    ({'run': '../escaped'}, "but '../escaped' came"),
    ({'run': '/tmp/escaped'}, "but '/tmp/escaped' came"),
    ({'episodes': -1}, 'episodes should be 0 or more'),
    ({'seed': -5}, 'seed should be 0 or more'),
    ({'seed': 2**63}, 'seed should be 0 or more and below'),
    ({'horizon': -1.0}, 'horizon should be 0 or more'),
    ({'policy': '/nowhere/at/all'}, "'/nowhere/at/all' has no policy.yaml"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(choices, sentence):
    with pytest.raises(BadInput) as refused:
        describe(Choices(**choices))
    assert sentence in str(refused.value)
    assert '\n' not in str(refused.value)


def test_a_policy_folder_needs_its_weights(tmp_path):
    (tmp_path / 'policy.yaml').write_text('')
    with pytest.raises(BadInput, match=r'has no model\.safetensors'):
        describe(Choices(policy=str(tmp_path)))
    (tmp_path / 'model.safetensors').write_bytes(b'')
    assert entry(Choices(policy=str(tmp_path)), 'policy').parameters['policy'] == str(tmp_path)


def test_a_simulated_robot_is_armed_from_the_start():
    assert entry(Choices(world='sim'), 'safety').parameters['armed_at_start'] is True


def test_a_new_run_gets_the_file_of_its_stop_and_one_that_lost_it_does_not(tmp_path):
    graph = describe(Choices(data=str(tmp_path), run='today', namespace='left'))
    file = tmp_path / 'iiwa7-grasp' / 'today' / 'left' / 'stop.json'
    assert graph.stop_file == file
    graph.lay_out()
    assert restore(file, armed=True) == Latch(armed=True)
    file.unlink()
    graph.lay_out()
    assert not file.exists()   # so that the safety node asks for somebody who arms


def test_a_real_robot_keeps_its_stop_through_every_run(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path / 'state'))
    here = stop_file('real', 'iiwa7', tmp_path / 'run', '', '/left')
    assert here == tmp_path / 'state' / 'visuomotor' / 'iiwa7' / 'left' / 'stop.json'
    lay_out('real', here)
    assert not here.exists()   # nobody but a person arms it the first time
    monkeypatch.setenv('XDG_STATE_HOME', '')
    monkeypatch.setenv('HOME', '/home/grace')
    assert str(stop_file('real', 'iiwa7', tmp_path, '', '')) == (
        '/home/grace/.local/state/visuomotor/iiwa7/stop.json')


MANY = (Choices(), Choices(lockstep=True, teleop='joy', randomise=True),
        Choices(world='fake', policy='random'),
        Choices(robot='minitaur'), Choices(robot='j2s7s300', task='reach', record=False))


@pytest.mark.parametrize('choices', MANY, ids=lambda choices: f'{choices.robot}-{choices.world}')
def test_every_parameter_is_one_that_the_node_declares(choices):
    for found in describe(choices).nodes:
        cls = found.settings
        settings.build(cls, found.parameters, found.name)
        assert found.parameters.keys() <= {field.name for field in dataclasses.fields(cls)}


def test_every_class_path_leads_to_a_class():
    for found in describe(Choices(teleop='joy')).nodes:
        module, _, name = found.class_path.partition(':')
        assert isinstance(getattr(importlib.import_module(module), name), type)


SAME = 'speed should be above 0 and at most 1, but is 2'


def test_a_setting_reaches_its_node_and_no_other():
    chosen = Choices(set=('safety.speed_share=0.3, policy.replan=4', 'camera_shoulder.width=64',
                          'camera.height=64'))
    assert entry(chosen, 'safety').overrides == {'speed_share': 0.3}
    assert entry(chosen, 'policy').parameters['replan'] == 4
    assert entry(chosen, 'camera_shoulder').overrides == {'width': 64, 'height': 64}
    assert entry(chosen, 'reset').overrides == {}


@pytest.mark.parametrize(('word', 'sentence'), [
    ('reset.speed=2', f'--set reset: {SAME}'),
    ('safety.speed_sare=0.3', "unknown setting 'speed_sare' of safety; did you mean speed_share"),
    ('sfety.speed_share=0.3', "There is no node 'sfety'; did you mean safety"),
    ('speed_share=0.3',
     "--set takes node.name=value, such as safety.speed_share=0.3, but 'speed_share' names no "
     "node"),
    ('safety.speed_share', 'Settings are given as name=value, such as safety.speed_share=0.3'),
    ('safety.speed_share=fast', "--set safety: speed_share should be a number, but is 'fast'"),
    ('safety.robot=iiwa14', 'safety.robot: robot holds for the whole graph; choose it as --robot'),
    ('camera_shoulder.width=64', 'width and height should both be given or both be 0'),
])
def test_a_setting_that_does_not_fit_is_refused(word, sentence):
    with pytest.raises(BadInput) as refused:
        describe(Choices(set=(word,)))
    assert sentence in str(refused.value)


def test_a_file_and_set_refuse_the_same_number_in_the_same_words(tmp_path, monkeypatch):
    (tmp_path / 'nodes').mkdir()
    (tmp_path / 'nodes' / 'reset.yaml').write_text('speed: 2')
    monkeypatch.setattr(paths, 'CONFIG', tmp_path)
    with pytest.raises(BadInput, match=f'config/nodes/reset.yaml: {SAME}'):
        resolve(NodeEntry('reset', 'reset', {'robot': 'iiwa7'}, '', ''))
    monkeypatch.undo()
    with pytest.raises(BadInput, match=f'--set reset: {SAME}'):
        describe(Choices(set=('reset.speed=2',)))


def test_every_setting_says_its_value_and_where_that_comes_from():
    found = {row[1]: row for row in rows(entry(Choices(set=('reset.speed=0.3',)), 'reset'))}
    assert found['speed'][2:7] == ('0.3', '', 'above 0 and at most 1', '0.5', '--set reset')
    assert found['robot'][5:7] == ('has to be given', 'the graph')
    assert found['lift'][2:7] == ('0.15', 'm', '0 or more and at most 10', '0.15', 'default')
    legs = {row[1]: row for row in rows(entry(Choices(robot='minitaur'), 'safety'))}
    assert legs['tilt'][6] == 'config/robots/minitaur.yaml: safety'


def test_cameras_follow_the_robot_into_every_world(monkeypatch):
    driven = dataclasses.replace(load_robot('iiwa7'), driver=DriverChoice('planted', 'there:7'))
    monkeypatch.setattr(description, 'load_robot', lambda name: driven)
    monkeypatch.setattr(registry, 'driver_kinds', lambda file='driver': ['planted'])
    graph = describe(Choices(robot='iiwa7', task='grasp', world='emulated'))
    assert [e.parameters['source'] for e in graph.nodes if e.room == 'camera'] == ['world']
    with pytest.raises(BadInput,
                       match="Task grasp looks through camera shoulder, but nothing has its "
                             "pictures in world 'real'"):
        describe(Choices(robot='iiwa7', task='grasp', world='real'))
    assert [e for e in describe(Choices(robot='iiwa7', task='grasp', world='fake')).nodes if e.room
            == 'camera'] == []
