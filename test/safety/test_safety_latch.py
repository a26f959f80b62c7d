"""A stop that outlives a restart, a file that cannot be read, and the operator's heartbeat."""
from __future__ import annotations

import json
from dataclasses import replace

import pytest
from visuomotor.nodes.safety.heartbeat import Heartbeat
from visuomotor.safety import latch as latches
from visuomotor.safety.latch import Latch
from visuomotor.specs.codes import StopCategory

STOPPED = Latch(armed=False, stopped=True, reason='grace: cup', category=StopCategory.HOLD)


def test_a_stop_comes_back_as_it_was_and_a_hold_as_a_brake(tmp_path):
    file = tmp_path / 'run' / 'stop.json'
    latches.store(file, STOPPED)
    assert latches.restore(file, armed=True) == replace(STOPPED, category=StopCategory.BRAKE)
    assert json.loads(file.read_text()) == {'stopped': True, 'reason': 'grace: cup', 'category': 1}
    # nothing half written is left
    assert [path.name for path in file.parent.iterdir()] == ['stop.json']


def test_after_arming_a_restart_begins_as_it_is_told(tmp_path):
    file = tmp_path / 'stop.json'
    latches.store(file, STOPPED)
    latches.store(file, Latch(armed=True))
    assert latches.restore(file, armed=True) == Latch(armed=True)
    assert latches.restore(file, armed=False) == Latch(armed=False)


@pytest.mark.parametrize('text', [
    '', '{', '[]', 'null', '{"stopped": true}', '{"stopped": 1, "reason": "x", "category": 9}'])
def test_what_cannot_be_read_counts_as_a_stop(tmp_path, text):
    file = tmp_path / 'stop.json'
    file.write_text(text)
    latch = latches.restore(file, armed=True)
    assert latch.forbids == f'stopped: {file} cannot be read, and may hold a stop'


def test_what_is_missing_where_it_should_be_counts_as_a_stop(tmp_path):
    file = tmp_path / 'run' / 'stop.json'
    assert latches.restore(file, armed=True) == Latch(armed=True)   # a run that never was
    stopped = f'stopped: {file} is missing, and may have held a stop'
    assert latches.restore(file, armed=False).forbids == stopped   # of a robot that people arm
    latches.store(file, Latch(armed=True))
    file.unlink()
    assert latches.restore(file, armed=True).forbids == stopped


def test_a_required_heartbeat_that_ends_stops_an_armed_robot():
    heartbeat = Heartbeat(0.5)
    assert heartbeat.lost(10.0,
                          armed=True) == "the operator's heartbeat is missing for more than 0.5 s"
    assert heartbeat.lost(10.0, armed=False) == ''
    heartbeat.beat(10.0)
    assert heartbeat.lost(10.5, armed=True) == ''
    assert heartbeat.lost(10.6, armed=True)
    assert heartbeat.lost(9.0, armed=True)   # a clock that went back proves no heartbeat


def test_no_heartbeat_is_needed_where_none_is_required():
    assert Heartbeat(0.0).lost(10.0, armed=True) == ''
