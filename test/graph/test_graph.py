"""The graph: choices that fit, choices that do not, and parameters that every node knows."""
from __future__ import annotations

import ast
import dataclasses
import importlib

import pytest
from visuomotor.graph import description
from visuomotor.graph.description import Choices, describe
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput


def names(choices):
    return [entry.name for entry in describe(choices).nodes]


def entry(choices, name):
    return next(e for e in describe(choices).nodes if e.name == name)


def parameters_class(room):
    """Find the dataclass that a node hands to `declare`."""
    tree = ast.parse((description.NODES / room / 'node.py').read_text())
    declared = [node.args[1].id for node in ast.walk(tree)
                if isinstance(node, ast.Call) and ast.unparse(node.func) == 'declare']
    assert len(declared) == 1, f'{room} declares {declared}'
    return getattr(importlib.import_module(f'visuomotor.nodes.{room}.node'), declared[0])


def test_grasping_has_these_nodes_in_this_order():
    assert names(Choices(robot='iiwa7', task='grasp', lockstep=True)) == [
        'driver', 'camera_shoulder', 'policy', 'reset', 'reward', 'safety', 'recorder', 'supervisor']


def test_the_supervisor_is_last_whatever_is_chosen():
    for choices in (Choices(), Choices(record=False), Choices(teleop='joy'), Choices(robot='minitaur')):
        assert names(choices)[-1] == 'supervisor'


def test_the_first_task_of_the_robot_is_done_when_none_is_named():
    assert describe(Choices(robot='minitaur')).task.name == 'walk'
    assert describe(Choices(robot='j2n6s300')).task.name == 'reach'


def test_the_driver_shares_its_process_with_the_cameras_that_look_into_its_world():
    processes = {name: [e.name for e in entries] for name, entries in describe(Choices()).processes.items()}
    assert processes['world'] == ['driver', 'camera_shoulder']
    assert processes['safety'] == ['safety']


def test_a_fake_world_has_no_cameras():
    assert [n for n in names(Choices(world='fake')) if n.startswith('camera')] == []


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
    ({'teleop': 'joystick'}, "There is no teleop device 'joystick'; did you mean joy?"),
    ({'task': 'walk'}, "Robot 'iiwa7' cannot do task 'walk'; it can do grasp"),
    ({'world': 'real'}, "World 'real' needs a driver, and iiwa7 has no driver yet"),
    ({'world': 'fake', 'lockstep': True}, 'Lock-step needs a world that waits'),
    ({'namespace': '1 arm'}, "A namespace is letters, digits and _ such as 'left_arm', but '1 arm' came"),
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


MANY = (Choices(), Choices(lockstep=True, teleop='joy', randomise=True), Choices(world='fake', policy='random'),
        Choices(robot='minitaur'), Choices(robot='j2s7s300', task='reach', record=False))


@pytest.mark.parametrize('choices', MANY, ids=lambda choices: f'{choices.robot}-{choices.world}')
def test_every_parameter_is_one_that_the_node_declares(choices):
    for found in describe(choices).nodes:
        cls = parameters_class(found.room)
        settings.build(cls, found.parameters, found.name)
        assert found.parameters.keys() <= {field.name for field in dataclasses.fields(cls)}


def test_every_class_path_leads_to_a_class():
    for found in describe(Choices(teleop='joy')).nodes:
        module, _, name = found.class_path.partition(':')
        assert isinstance(getattr(importlib.import_module(module), name), type)
