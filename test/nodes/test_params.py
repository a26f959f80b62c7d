"""Parameters: which layer wins, what a wrong value is told, and that nobody changes them while a
node runs."""
from __future__ import annotations

import dataclasses

import pytest
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.parameter import Parameter
from visuomotor.graph.description import rooms
from visuomotor.graph.entry import settings_class
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import node_layers
from visuomotor.specs.settings import Settings, required, setting


@dataclasses.dataclass(frozen=True)
class SafetySettings(Settings):
    """Named as those of the safety node, so that its layers are read."""

    robot: str = required('which robot')
    share: float = setting(0.95, 'part of the limits', '0..1', above=0, most=1)
    age: float = setting(0.2, 'oldest state', 's', least=0.125, below=2)
    longest: int = setting(500, 'targets', least=1, below=1001)
    mode: str = setting('calm', 'how', choices=('calm', 'brisk'))
    corner: tuple[float, ...] = setting((), 'a point', 'm', most=1)


class Plain(Node):
    """Has settings."""

    def __init__(self, **kwargs):
        super().__init__('guard', **kwargs)
        self.settings = declare(self, SafetySettings)


@pytest.fixture
def make(rig, monkeypatch, tmp_path):
    """Make the node from three layers: a file, the robot's block, and parameters."""
    def start(file='', block=None, **parameters):
        (tmp_path / 'nodes').mkdir(exist_ok=True)
        (tmp_path / 'nodes' / 'safety.yaml').write_text(file)
        monkeypatch.setattr(paths, 'CONFIG', tmp_path)
        robot = dataclasses.make_dataclass('Robot', [('safety', dict)])
        monkeypatch.setattr('visuomotor.specs.robot.load_robot', lambda name: robot(block or {}))
        return rig.add(Plain,
                       parameter_overrides=[Parameter(name, value=value) for name,
                                            value in parameters.items()])

    return start


def test_later_layers_win_and_each_value_knows_where_it_was_set(make):
    node = make('share: 0.25\nlongest: 7\nage: 1', {'longest': 8, 'age': 0.5}, robot='iiwa7',
                age=0.75)
    assert node.settings == SafetySettings('iiwa7', share=0.25, age=0.75, longest=8)
    assert node.origins == {'share': 'config/nodes/safety.yaml',
                            'longest': 'config/robots/iiwa7.yaml: safety',
                            'age': 'parameters of guard', 'robot': 'parameters of guard'}
    assert node.get_parameter('longest').value == 8
    assert node.get_parameter('share').value == 0.25


def test_the_file_may_name_the_robot(make):
    assert make('robot: minitaur',
                {'share': 0.5}).origins['share'] == 'config/robots/minitaur.yaml: safety'


@pytest.mark.parametrize(('file', 'block', 'parameters', 'sentence'), [
    ('share: 0', {}, {},
     'config/nodes/safety.yaml: share should be above 0 and at most 1, but is 0'),
    ('', {'age': 9.0}, {},
     'config/robots/iiwa7.yaml: safety: age should be 0.125 or more and below 2, but is 9'),
    ('', {}, {'share': 2.0},
     'parameters of guard: share should be above 0 and at most 1, but is 2'),
    ('', {}, {'share': 'high'}, "parameters of guard: share should be a number, but is 'high'."),
    ('', {}, {'shar': 0.5},
     "parameters of guard: unknown setting 'shar' of guard; did you mean share?"),
    ('mode: brisc', {}, {},
     "config/nodes/safety.yaml: mode should be one of calm, brisk, but is 'brisc'; "
                            'did you mean brisk?'),
    ('', {}, {'autostart': 3}, 'parameters of guard: autostart should be true or false, but is 3.'),
])
def test_a_wrong_value_names_its_place(make, file, block, parameters, sentence):
    with pytest.raises(BadInput) as refused:
        make(file, block, robot='iiwa7', **parameters)
    assert str(refused.value) == sentence


def test_without_a_robot_one_sentence_says_so(make):
    with pytest.raises(BadInput) as refused:
        make()
    assert str(refused.value) == 'guard: missing robot (which robot).'


def test_no_parameter_is_changed_while_the_node_runs(make):
    node = make(robot='iiwa7')
    for name, value in (('share', 0.5), ('longest', 3), ('mode', 'brisk'), ('autostart', False),
                        ('robot', 'minitaur')):
        answer, = node.set_parameters([Parameter(name, value=value)])
        assert not answer.successful
        assert 'read-only' in answer.reason
    assert node.get_parameter('share').value == 0.95


def test_ros_is_told_sentence_unit_and_range(make):
    node = make(robot='iiwa7')
    share, age, longest, mode = node.describe_parameters(['share', 'age', 'longest', 'mode'])
    assert isinstance(share, ParameterDescriptor)
    assert (share.description, share.read_only) == ('part of the limits [0..1]', True)
    assert (share.floating_point_range[0].from_value,
            share.floating_point_range[0].to_value) == (5e-324, 1.0)
    assert (age.floating_point_range[0].from_value, age.floating_point_range[0].to_value) == (
        0.125, 1.9999999999999998)
    assert (longest.integer_range[0].from_value, longest.integer_range[0].to_value) == (1, 1000)
    assert share.additional_constraints == 'above 0 and at most 1'
    assert mode.additional_constraints == 'one of calm, brisk'


@pytest.mark.parametrize('room', rooms())
def test_every_node_has_settings_with_sentences(room):
    for field in dataclasses.fields(settings_class(room)):
        assert field.metadata['sentence'], field.name


@pytest.mark.parametrize('room', rooms())
def test_no_node_has_a_default_robot(room):
    robot = {field.name: field for field in dataclasses.fields(settings_class(room))}.get('robot')
    assert robot is None or not settings.has_default(robot) or robot.default == ''


@pytest.mark.parametrize('file', sorted((paths.CONFIG / 'nodes').glob('*.yaml')),
                         ids=lambda file: file.stem)
def test_every_file_of_settings_fits_its_node(file):
    settings.layered(settings_class(file.stem),
                     [('robot', {'robot': 'iiwa7'}), *node_layers(file.stem, '')], 'it')
