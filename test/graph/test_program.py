"""Command lines that start nodes, written by `program` and read by `node`."""
from __future__ import annotations

import pytest
from visuomotor.cli import node
from visuomotor.graph import command_line
from visuomotor.graph.description import Choices
from visuomotor.graph.entry import NodeEntry
from visuomotor.specs.errors import BadInput

DRIVER = NodeEntry('driver', 'driver', {'robot': 'iiwa7', 'seed': 3, 'randomise': False}, 'world',
                   'control')
CAMERA = NodeEntry('camera_wrist', 'camera', {'camera': 'wrist'}, 'world', 'camera')


def test_two_nodes_in_one_program_each_with_its_own_parameters():
    assert command_line.arguments([DRIVER, CAMERA]) == [
        'node', 'driver', '-p', "robot:='iiwa7'", '-p', 'seed:=3', '-p', 'randomise:=false',
        'camera=camera_wrist', '-p', "camera:='wrist'"]


def test_a_namespace_is_a_ros_argument():
    assert command_line.in_namespace('left') == ['--ros-args', '-r', '__ns:=/left']
    assert command_line.in_namespace('') == []


@pytest.mark.parametrize(('value', 'text'), [
    ('1', "'1'"), ("it's", "'it''s'"), ('', "''"), (1.5, '1.5'), (True, 'true'),
    (('a', 'b'), '[a, b]'), (2, '2')])
def test_values_as_ros_reads_them(value, text):
    assert command_line.text(value) == text


def test_what_is_written_is_read_back():
    wanted = node.split(command_line.arguments([DRIVER, CAMERA])[1:])
    assert wanted == [('driver',
                       ['-p', "robot:='iiwa7'", '-p', 'seed:=3', '-p', 'randomise:=false']),
                      ('camera=camera_wrist', ['-p', "camera:='wrist'"])]


@pytest.mark.parametrize('words',
                         [['-p', 'robot:=iiwa7'], ['driver', '-p'], ['driver', '--robot', 'iiwa7']])
def test_a_parameter_without_its_node_or_value_is_refused(words):
    with pytest.raises(BadInput, match="After a node's name come -p name:=value"):
        node.split(words)


def test_up_says_every_choice():
    words = command_line.up(Choices(robot='minitaur', lockstep=True, record=False, seed=7))
    assert words[:3] == ['up', '--robot', 'minitaur']
    assert words[words.index('--seed') + 1] == '7'
    assert {'--lockstep', '--no-record', '--nominal'} <= set(words)
