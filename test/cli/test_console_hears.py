"""The console in a graph of two: what it hears, it counts."""
from __future__ import annotations

from sensor_msgs.msg import Image, JointState
from visuomotor.msg import (
    Command,
    EpisodeOutcome,
    EpisodeStatus,
    EpisodeStored,
    PolicyStatus,
    Reward,
)
from visuomotor.nodes._ros import qos


def test_everything_heard_is_counted(rig):
    console = rig.make('console', cameras=('wrist',))
    outcome = EpisodeOutcome(number=1, result=EpisodeOutcome.SUCCESS, truth=EpisodeOutcome.FAILURE,
                             return_value=2.0)
    ended = EpisodeStatus(state=EpisodeStatus.FINISHED, number=1, planned=1, outcome=outcome)
    stored = [EpisodeStored(number=1, stored=True, file='/data/1.mcap'),
              EpisodeStored(number=2, stored=False)]
    words = {'joint_states': (qos.STATE, JointState(), JointState()),
             'camera/wrist/image': (qos.IMAGE, Image()),
             'command': (qos.COMMAND, Command(verdict=Command.STOP, reasons=['too close'])),
             'reward': (qos.EVENT, Reward(value=0.5, evidence='seen')),
             'policy/status': (qos.EVENT, PolicyStatus(inference=0.004)),
             'episode': (qos.LATCHED, ended), 'episode/stored': (qos.EVENT, *stored)}
    speaker = rig.probe(says={topic: (type(messages[0]), topic, profile)
                              for topic, (profile, *messages) in words.items()})
    rig.up()
    for topic, (_, *messages) in words.items():
        for message in messages:
            getattr(speaker, topic).publish(message)
    rig.beats(1)
    statistics = console.statistics
    assert dict(statistics.messages) == {'state': 2, 'camera': 1, 'command': 1, 'reward': 1}
    assert dict(statistics.verdicts) == {'stop': 1}
    assert statistics.reasons == ('too close',)
    assert (statistics.reward, statistics.evidence, statistics.inference) == (0.5, 'seen', 0.004)
    assert statistics.over
    assert (statistics.ended[1].result, statistics.ended[1].truth,
            statistics.ended[1].return_value) == ('success', 'failure', 2.0)
    assert statistics.files == {1: '/data/1.mcap'}


def test_a_verdict_that_there_is_not_is_refused_and_the_next_command_is_counted(rig, capfd):
    console = rig.make('console')
    speaker = rig.probe(says={'command': (Command, 'command', qos.COMMAND)})
    rig.up()
    for verdict in (9, 255, Command.PASS):
        speaker.command.publish(Command(verdict=verdict))
    rig.beats(1)
    assert dict(console.statistics.verdicts) == {'pass': 1}
    assert (console.traffic.refused, console.traffic.faults) == ({'command': 2}, 0)
    assert 'should be 0 .. 3, but is 9' in capfd.readouterr().err
