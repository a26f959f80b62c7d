"""The recorder in a graph of its own: an episode goes by, and lies on the disk. An interruption
keeps the data."""
from __future__ import annotations

from pathlib import Path

import pytest
from geometry_msgs.msg import PointStamped
from visuomotor.episodes import read
from visuomotor.episodes.catalogue import catalogue
from visuomotor.graph import compose
from visuomotor.msg import (
    DriverStatus,
    EpisodeOutcome,
    EpisodeStatus,
    EpisodeStored,
    PolicyStatus,
)
from visuomotor.nodes._ros import qos
from visuomotor.specs.errors import BadInput

TOPICS = ('tip geometry_msgs/msg/PointStamped', 'policy/status visuomotor/msg/PolicyStatus')


SAYS = {'episode': (EpisodeStatus, 'episode', qos.LATCHED), 'tip': (PointStamped, 'tip', qos.STATE),
        'thought': (PolicyStatus, 'policy/status', qos.EVENT),
        'driver': (DriverStatus, 'driver/status', qos.LATCHED)}


@pytest.fixture
def graph(rig, tmp_path):
    rig.namespace = 'left'
    rest = rig.probe(hears={'stored': (EpisodeStored, 'episode/stored', qos.EVENT)}, says=SAYS)
    recorder = rig.make('recorder', folder=str(tmp_path / 'run'), robot='iiwa7', task='grasp',
                        topics=TOPICS)
    rig.up()
    return rest, recorder, rig.conductor


def tell(rest, state, number, **outcome):
    rest.episode.publish(EpisodeStatus(state=state, number=number, seed=9, policy='scripted',
                                       outcome=EpisodeOutcome(number=number, **outcome)))


def beat(rest, conductor, x):
    message = PointStamped()
    message.point.x = x
    message.header.stamp.sec = 5
    rest.tip.publish(message)
    conductor.beat()


def test_one_episode_is_one_file(graph, tmp_path):
    rest, _, conductor = graph
    beat(rest, conductor, 1.0)
    tell(rest, EpisodeStatus.RUNNING, 1)
    conductor.beat()
    rest.thought.publish(PolicyStatus(policy='scripted', policy_hash='f00'))
    beat(rest, conductor, 2.0)
    beat(rest, conductor, 3.0)
    tell(rest, EpisodeStatus.STORING, 1, result=EpisodeOutcome.SUCCESS, return_value=1.5,
         duration=0.03, reason='held')
    conductor.beat()
    beat(rest, conductor, 4.0)

    (word,) = rest.stored
    assert (word.number, word.stored, word.message) == (1, True, '')
    assert Path(word.file) == tmp_path / 'run' / 'episode_00001.mcap'
    heard = list(read.messages(Path(word.file)))
    assert [h.message.point.x for h in heard if h.topic == 'tip'] == [2.0, 3.0]
    assert [(h.logged, h.published) for h in heard if h.topic
            == 'tip'] == [(1_030_000_000, 5_000_000_000),
                                                                           (1_040_000_000,
                                                                            5_000_000_000)]
    assert [h.message.state for h in heard if h.topic == 'episode'] == [2, 4]
    (entry,) = catalogue(tmp_path).episodes
    assert (entry.robot, entry.task, entry.policy, entry.policy_hash) == ('iiwa7', 'grasp',
                                                                          'scripted', 'f00')
    assert (entry.result, entry.return_value, entry.reason, entry.seed) == ('SUCCESS', 1.5, 'held',
                                                                            '9')


def test_an_episode_that_lost_real_time_says_so(graph):
    rest, _, conductor = graph
    for number, lost in enumerate((3.0, 3.04, 3.5, 0.0), start=1):   # as the driver counts it
        rest.driver.publish(DriverStatus(lost=3.0 if number < 3 else 3.04))
        conductor.beat()
        tell(rest, EpisodeStatus.RUNNING, number)
        conductor.beat()
        rest.driver.publish(DriverStatus(lost=lost))
        tell(rest, EpisodeStatus.STORING, number)
        conductor.beat()
    said = [read.metadata(Path(word.file)).get('real_time_lost') for word in rest.stored]
    assert said == [None, None, '0.460', None]


def test_an_interrupted_episode_keeps_its_data(graph, tmp_path):
    rest, recorder, conductor = graph
    tell(rest, EpisodeStatus.RUNNING, 1)
    conductor.beat()
    beat(rest, conductor, 2.0)
    recorder.trigger_deactivate()
    conductor.settle()
    (entry,) = catalogue(tmp_path).episodes
    assert (entry.result, entry.reason) == ('ABORTED', 'The run was stopped during the episode.')
    assert entry.duration == pytest.approx(0.01)
    assert [word.stored for word in rest.stored] == [True]
    recorder.trigger_activate()
    tell(rest, EpisodeStatus.RUNNING, 2)
    conductor.beat()
    tell(rest, EpisodeStatus.STORING, 2)
    conductor.beat()
    assert [word.number for word in rest.stored] == [1, 2]


def test_configured_twice_it_gives_one_answer(graph):
    rest, recorder, conductor = graph
    recorder.trigger_deactivate()
    recorder.trigger_cleanup()
    compose.bring_up([recorder])
    tell(rest, EpisodeStatus.RUNNING, 1)
    conductor.beat()
    tell(rest, EpisodeStatus.STORING, 1)
    conductor.beat()
    assert [word.stored for word in rest.stored] == [True]


def test_a_folder_that_cannot_be_written_to_is_refused(rig, tmp_path):
    (tmp_path / 'file').touch()
    rig.make('recorder', folder=str(tmp_path / 'file' / 'x'), robot='iiwa7', task='grasp')
    with pytest.raises(BadInput, match=r'recorder: Episodes cannot be written to'):
        rig.up()
