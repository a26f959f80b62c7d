"""The safety node on the wire. Stops by topic, heartbeat and restart, fixtures of the task, status
and diagnostics."""
from __future__ import annotations

import shutil
from functools import partial

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Empty, String
from visuomotor.benchmarks import safety_kill
from visuomotor.msg import Command, SafetyStatus
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.values import Proposal
from visuomotor.srv import Arm, Stop

HEARS = {'commands': (Command, 'command', qos.COMMAND),
         'status': (SafetyStatus, 'safety/status', qos.LATCHED_EACH),
         'health': (DiagnosticArray, '/diagnostics', qos.EVENT)}
SAYS = {'voice': (ProposalMessage, 'action/policy', qos.COMMAND),
        'button': (String, 'safety/stop_now', qos.COMMAND),
        'heart': (Empty, 'operator/heartbeat', qos.COMMAND)}


class Pair:
    """Driver of a fake iiwa, safety node and probe, beat by beat."""

    def __init__(self, rig, **parameters):
        self.rig = rig
        self.ear = rig.probe(hears=HEARS, says=SAYS,
                             asks={'arming': (Arm, 'safety/arm'), 'stop': (Stop, 'safety/stop')})
        rig.make('driver', robot='iiwa7', world='fake')
        self.safety = rig.make('safety', **{'robot': 'iiwa7', 'armed_at_start': True, **parameters})
        rig.up()

    def beats(self, count, speeds=None, heart=False):
        def speak():
            if speeds is not None and self.ear.commands:
                now = convert.seconds(self.ear.commands[-1].header.stamp)
                wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), np.atleast_2d(speeds),
                                np.zeros(0), now, 1)
                self.ear.voice.publish(convert.proposal_message(wish, now))
            if heart:
                self.ear.heart.publish(Empty())
        self.rig.beats(count, speak)

    def arm(self, reason):
        return self.rig.ask(self.ear.arming, Arm.Request(reason=reason))


@pytest.fixture
def start(rig):
    return partial(Pair, rig)


def one(speed):
    return [speed, 0, 0, 0, 0, 0, 0]


def test_a_word_on_a_topic_stops_and_the_stop_survives_a_restart(start, tmp_path):
    file = str(tmp_path / 'run' / 'stop.json')
    here = start(latch_file=file)
    here.beats(40, one(0.3))
    here.ear.button.publish(String(data='grace: red button'))
    here.beats(60, one(0.3))
    assert here.ear.status[-1].stop_reason == 'grace: red button'
    assert here.ear.commands[-1].verdict == Command.STOP
    here.rig.again(here.safety)
    here.beats(20, one(0.3))
    assert here.ear.status[-1].stopped
    assert here.ear.commands[-1].reasons == ['stopped: grace: red button']
    assert here.arm('grace: cleared').armed
    here.beats(30, one(0.3))
    assert here.ear.commands[-1].verdict == Command.PASS
    here.rig.again(here.safety)
    here.beats(20, one(0.3))
    assert not here.ear.status[-1].stopped


def test_a_stop_that_cannot_be_written_stops_and_is_an_alarm_until_it_can(start, tmp_path):
    file = tmp_path / 'run' / 'stop.json'
    here = start(latch_file=str(file))
    here.beats(40, one(0.3))
    assert here.ear.commands[-1].verdict == Command.PASS
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text('')   # nobody can write there now, root neither
    here.safety.keeper.look()    # as its thread does every second
    here.beats(20, one(0.3))
    wrong = f'the stop file {file} cannot be written: File exists'
    assert here.ear.status[-1].stop_reason == wrong
    assert here.arm('grace: never mind').message == wrong
    here.beats(120)
    assert wrong in [s.message for array in here.ear.health for s in array.status
                     if s.name.endswith('safety')][-1]
    file.parent.unlink()
    here.safety.keeper.look()
    assert here.arm('grace: the disk is back').armed
    here.beats(40, one(0.3))
    assert here.ear.commands[-1].verdict == Command.PASS


def test_a_stop_that_stands_is_told_with_the_disk_that_does_not_keep_it(start, tmp_path):
    file = tmp_path / 'run' / 'stop.json'
    here = start(latch_file=str(file))
    here.beats(20)
    here.ear.button.publish(String(data='grace: x'))
    here.beats(10)
    file.unlink(missing_ok=True)
    shutil.rmtree(file.parent)
    file.parent.write_text('')
    here.safety.keeper.look()
    here.beats(20)
    assert here.ear.status[-1].reasons == [
        'stopped: grace: x', f'the stop file {file} cannot be written: File exists']


@pytest.mark.parametrize('beats', range(20, 30))
def test_a_stop_latches_on_the_next_beat_whenever_it_is_called(start, beats):
    here = start()
    here.beats(beats, one(0.3))
    here.ear.stop.call_async(Stop.Request(reason='grace: enough'))
    here.beats(1, one(0.3))
    assert here.ear.commands[-1].reasons == ['stopped: grace: enough']


def test_a_word_stops_on_the_next_beat(start):
    here = start()
    here.beats(25, one(0.3))
    here.ear.button.publish(String(data='grace: x'))
    here.beats(1, one(0.3))
    assert here.ear.commands[-1].reasons == ['stopped: grace: x']


def test_an_operator_who_goes_silent_stops_the_robot_and_has_to_be_back_to_arm(start):
    here = start(heartbeat=0.3)
    here.beats(50, one(0.2), heart=True)
    assert here.ear.commands[-1].verdict == Command.PASS
    here.beats(45, one(0.2))
    assert here.ear.status[-1].stop_reason == ("the operator's heartbeat is missing for more than "
                                               "0.3 s")
    here.beats(40)
    assert 'heartbeat is missing' in here.arm('grace: I am back').message
    here.beats(5, heart=True)
    assert here.arm('grace: I am back').armed


def test_the_fixtures_of_the_task_stand_in_the_way(start):
    here = start(task='grasp')
    here.beats(2)
    here.beats(200, [0, 0.4, 0, 0, 0, 0, 0])
    said = ' '.join(reason for command in here.ear.commands for reason in command.reasons)
    assert 'tray' in said


def test_status_is_told_at_each_change_and_ten_times_a_second(start):
    here = start()
    here.beats(10)
    told = len(here.ear.status)
    here.beats(100)
    assert 9 <= len(here.ear.status) - told <= 12
    told = len(here.ear.status)
    here.beats(1, one(99.0))
    here.beats(1)
    assert here.ear.status[told].level == SafetyStatus.CLIP
    assert here.ear.status[told].reasons == ['lbr_A1 faster than its speed limit']


def test_status_names_the_margins_down_to_the_nearest_pair(start):
    here = start(task='grasp')
    here.beats(30)
    margins = {margin.limit: (margin.value, margin.unit) for margin in here.ear.status[-1].margins}
    nearest = next(limit for limit in margins if ' to ' in limit and limit != 'time to stop')
    assert margins[nearest][1] == 'm'
    assert 0.01 < margins[nearest][0] < 0.2
    assert margins['time to stop'] == (0.0, 's')


def test_diagnostics_say_what_is_wrong(start):
    here = start()
    here.beats(10)
    here.ear.button.publish(String(data='ada'))
    here.beats(120)
    said = [s.message for array in here.ear.health for s in array.status
            if s.name.endswith('safety')]
    assert said[-1] == 'stopped: ada'


def test_a_task_that_does_not_exist_is_refused(start):
    with pytest.raises(BadInput, match="no task 'grusp'; did you mean grasp"):
        start(task='grusp')


def test_killed_at_full_speed_the_arm_brakes_once_and_the_stop_stands(domain):
    seen = safety_kill.run(1, domain, 0, lambda told: None, ('safety',), ('SIGKILL',))[0]
    assert (seen.times, seen.forgotten) == (1, 0)
    assert seen.at[0] > 1.4
    assert not seen.failed, seen
