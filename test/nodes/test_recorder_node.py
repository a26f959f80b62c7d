"""The recorder in a graph of its own: an episode goes by, and lies on the disk; an interruption keeps the data."""
from __future__ import annotations

from pathlib import Path

import pytest
from geometry_msgs.msg import PointStamped
from visuomotor.episodes import read
from visuomotor.episodes.catalogue import catalogue
from visuomotor.graph import compose
from visuomotor.msg import EpisodeOutcome, EpisodeStatus, EpisodeStored, PolicyStatus
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.node import Node
from visuomotor.specs.errors import BadInput

TOPICS = ('tip geometry_msgs/msg/PointStamped', 'policy/status visuomotor/msg/PolicyStatus')


class Stage(Node):
    """Plays the rest of the graph."""

    def __init__(self, **kwargs):
        super().__init__('stage', **kwargs)
        self.stored = []

    def open(self):
        self.episode = self.publisher(EpisodeStatus, 'episode', qos.LATCHED)
        self.tip = self.publisher(PointStamped, 'tip', qos.STATE)
        self.thought = self.publisher(PolicyStatus, 'policy/status', qos.EVENT)
        self.subscription(EpisodeStored, 'episode/stored', self.stored.append, qos.EVENT)

    def tell(self, state, number, **outcome):
        self.episode.publish(EpisodeStatus(state=state, number=number, seed=9, policy='scripted',
                                           outcome=EpisodeOutcome(number=number, **outcome)))


@pytest.fixture
def graph(rig, tmp_path):
    rig.namespace = 'left'
    stage = rig.add(Stage)
    recorder = rig.make('recorder', folder=str(tmp_path / 'run'), robot='iiwa7', task='grasp', topics=TOPICS)
    rig.up()
    return stage, recorder, rig.conductor


def beat(stage, conductor, x):
    message = PointStamped()
    message.point.x = x
    message.header.stamp.sec = 5
    stage.tip.publish(message)
    conductor.beat()


def test_one_episode_is_one_file(graph, tmp_path):
    stage, _, conductor = graph
    beat(stage, conductor, 1.0)
    stage.tell(EpisodeStatus.RUNNING, 1)
    conductor.beat()
    stage.thought.publish(PolicyStatus(policy='scripted', policy_hash='f00'))
    beat(stage, conductor, 2.0)
    beat(stage, conductor, 3.0)
    stage.tell(EpisodeStatus.STORING, 1, result=EpisodeOutcome.SUCCESS, return_value=1.5, duration=0.03, reason='held')
    conductor.beat()
    beat(stage, conductor, 4.0)

    (word,) = stage.stored
    assert (word.number, word.stored, word.message) == (1, True, '')
    assert Path(word.file) == tmp_path / 'run' / 'episode_00001.mcap'
    heard = list(read.messages(Path(word.file)))
    assert [h.message.point.x for h in heard if h.topic == 'tip'] == [2.0, 3.0]
    assert [(h.logged, h.published) for h in heard if h.topic == 'tip'] == [(1_030_000_000, 5_000_000_000),
                                                                           (1_040_000_000, 5_000_000_000)]
    assert [h.message.state for h in heard if h.topic == 'episode'] == [2, 4]
    (entry,) = catalogue(tmp_path).episodes
    assert (entry.robot, entry.task, entry.policy, entry.policy_hash) == ('iiwa7', 'grasp', 'scripted', 'f00')
    assert (entry.result, entry.return_value, entry.reason, entry.seed) == ('SUCCESS', 1.5, 'held', '9')


def test_an_interrupted_episode_keeps_its_data(graph, tmp_path):
    stage, recorder, conductor = graph
    stage.tell(EpisodeStatus.RUNNING, 1)
    conductor.beat()
    beat(stage, conductor, 2.0)
    recorder.trigger_deactivate()
    conductor.settle()
    (entry,) = catalogue(tmp_path).episodes
    assert (entry.result, entry.reason) == ('ABORTED', 'The recorder was stopped during the episode.')
    assert entry.duration == pytest.approx(0.01)
    assert [word.stored for word in stage.stored] == [True]
    recorder.trigger_activate()
    stage.tell(EpisodeStatus.RUNNING, 2)
    conductor.beat()
    stage.tell(EpisodeStatus.STORING, 2)
    conductor.beat()
    assert [word.number for word in stage.stored] == [1, 2]


def test_configured_twice_it_gives_one_answer(graph):
    stage, recorder, conductor = graph
    recorder.trigger_deactivate()
    recorder.trigger_cleanup()
    compose.bring_up([recorder])
    stage.tell(EpisodeStatus.RUNNING, 1)
    conductor.beat()
    stage.tell(EpisodeStatus.STORING, 1)
    conductor.beat()
    assert [word.stored for word in stage.stored] == [True]


def test_a_folder_that_cannot_be_written_to_is_refused(rig, tmp_path):
    (tmp_path / 'file').touch()
    rig.make('recorder', folder=str(tmp_path / 'file' / 'x'), robot='iiwa7', task='grasp')
    with pytest.raises(BadInput, match=r'recorder: Episodes cannot be written to'):
        rig.up()
