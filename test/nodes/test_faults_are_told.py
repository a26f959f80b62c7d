"""A fault in a node's own code is told in full, where rclpy would drop it."""
from __future__ import annotations

import pytest
from visuomotor.nodes._ros.node import Node
from visuomotor.specs.errors import BadInput


class Faulty(Node):
    def open(self):
        raise KeyError('no such joint')


def test_a_fault_while_configuring_names_itself(rig, capfd):
    rig.add(Faulty, name='faulty')
    with pytest.raises(BadInput, match="faulty: KeyError: 'no such joint'"):
        rig.up()
    assert 'test_faults_are_told.py' in capfd.readouterr().err
