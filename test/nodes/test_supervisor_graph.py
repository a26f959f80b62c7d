"""Supervisor, reset and reward in one graph with the fake robot and the safety node, in
lock-step."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from sensor_msgs.msg import JointState
from visuomotor.action import RunEpisode
from visuomotor.graph import compose
from visuomotor.msg import EpisodeStatus, EpisodeStored, Proposal, Reward
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.specs import values
from visuomotor.specs.codes import Mode, Phase
from visuomotor.specs.robot import load_robot
from visuomotor.srv import Arm, Label, Stop

HOME = np.array(load_robot('iiwa7').home)
IDLE, RESETTING, RUNNING, JUDGING, STORING, FAULT, FINISHED = Phase


class Person(Node):
    """Listens to everything, and acts as a policy that swings the first joint while an episode
    runs."""

    def open(self):
        self.statuses = []
        self.rewards = []
        self.joints = np.zeros(7)
        self.at_start, self.finish_after = [], None
        self.subscription(EpisodeStatus, 'episode', self.on_episode, qos.EVENT)
        self.subscription(Reward, 'reward',
                          lambda message: self.rewards.append((self.phase, message)), qos.EVENT)
        self.subscription(JointState, 'joint_states', self.on_state, qos.STATE)
        self.proposals = self.publisher(Proposal, 'action/policy', qos.COMMAND)
        self.stored = self.publisher(EpisodeStored, 'episode/stored', qos.EVENT)
        self.label, self.stop = self.client(Label, 'episode/label'), self.client(Stop,
                                                                                 'safety/stop')
        self.arm = self.client(Arm, 'safety/arm')
        self.runs = ActionClient(self, RunEpisode, 'run_episodes')
        self.also_undo(self.runs.destroy)

    @property
    def phase(self):
        return self.statuses[-1].state if self.statuses else 0

    def phases(self):
        """Every phase once for each time that it was entered, with its episode."""
        seen = [(status.number, status.state) for status in self.statuses]
        return [now for before, now in zip([None, *seen], seen, strict=False) if now != before]

    def on_episode(self, message):
        if message.state == RUNNING and self.phase != RUNNING:
            self.at_start.append(self.joints)
        self.statuses.append(message)

    def on_state(self, message):
        self.joints = np.array(message.position[:7])
        if self.phase != RUNNING:
            return
        observed = convert.seconds(message.header.stamp)
        swing = np.array([[0.4, 0, 0, 0, 0, 0, 0.0]])
        wanted = values.Proposal(Mode.JOINT_VELOCITY, np.zeros(1), swing, observed=observed)
        begun = convert.seconds(self.statuses[-1].started)
        done = self.finish_after is not None and observed - begun >= self.finish_after
        self.proposals.publish(convert.proposal_message(wanted, self.now, terminate=done))


class Supervised:
    """The graph under its conductor."""

    def __init__(self, rig, *, absent=(), reset=None, **supervisor):
        self.rig = rig
        chosen = {'robot': 'iiwa7', 'task': 'grasp', 'policy': 'swing', 'episodes': 2, 'seed': 3,
                  'horizon': 0.5,
                  'recorded': False, **supervisor}
        rooms = {'driver': {'robot': 'iiwa7', 'world': 'fake'},
                 'reset': {'robot': 'iiwa7', 'world': 'fake', **(reset or {})},
                 'reward': {'robot': 'iiwa7', 'task': 'grasp', 'detector': 'gripper_encoder'},
                 'safety': {'robot': 'iiwa7', 'armed_at_start': True}, 'supervisor': chosen}
        self.person = rig.add(Person, name='person')
        self.rooms = {room: rig.make(room, **parameters) for room, parameters in rooms.items()
                      if room not in absent}
        rig.up()
        rig.conductor.settle()
        self.until = rig.until
        self.conductor = rig.conductor
        self.nodes = rig.nodes

    def reach(self, number, phase):
        self.until(lambda: (number, phase) in self.person.phases())
        return self.person.statuses[-1]

    def ask(self, client, request):
        return self.rig.ask(client, request, beats=50)


@pytest.fixture
def start(rig):
    return partial(Supervised, rig)


def test_two_episodes_from_reset_to_finished(start):
    graph = start()
    last = graph.reach(2, FINISHED)
    assert graph.person.phases() == [
        (1, RESETTING), (1, RUNNING), (1, JUDGING), (1, STORING),
        (2, RESETTING), (2, RUNNING), (2, JUDGING), (2, STORING), (2, FINISHED)]
    assert (last.successes, last.failures, last.aborted, last.planned) == (0, 2, 0, 2)
    assert {status.seed for status in graph.person.statuses} == {11425928242767342472,
                                                                 11475712343069784169}
    assert (last.outcome.number, last.outcome.result, last.outcome.truth) == (2, 2, 0)
    assert last.outcome.duration == pytest.approx(0.5, abs=0.02)


def test_every_episode_begins_at_home_although_the_one_before_left_it(start):
    graph = start()
    graph.reach(1, JUDGING)
    assert graph.person.joints[0] > 0.1
    graph.reach(2, RUNNING)
    assert np.abs(graph.person.at_start[1] - HOME).max() < 0.03


def test_rewards_come_while_running_at_twenty_hertz_and_once_more(start):
    graph = start(episodes=1)
    graph.reach(1, FINISHED)
    phases = [phase for phase, _ in graph.person.rewards]
    assert phases.count(RUNNING) == pytest.approx(10, abs=1)
    assert set(phases) == {RUNNING, JUDGING}
    assert graph.person.rewards[0][1].detector == 'gripper_encoder'


def test_a_policy_that_is_finished_ends_the_episode_after_a_rest(start):
    graph = start(horizon=5.0, episodes=1)
    graph.person.finish_after = 0.2
    last = graph.reach(1, FINISHED)
    assert last.outcome.duration == pytest.approx(0.5, abs=0.03)
    assert last.outcome.reason.startswith('the policy said that it is finished')


def test_a_run_is_asked_for_and_cancelled(start):
    graph = start(autorun=False, horizon=60.0)
    graph.until(graph.person.runs.server_is_ready)
    sent = graph.person.runs.send_goal_async(RunEpisode.Goal(episodes=5, seed=3))
    graph.reach(1, RUNNING)
    second = graph.person.runs.send_goal_async(RunEpisode.Goal(episodes=1))
    graph.until(second.done, 50)
    assert not second.result().accepted
    result = sent.result().get_result_async()
    sent.result().cancel_goal_async()
    graph.until(result.done, 200)
    answer = result.result()
    assert answer.status == GoalStatus.STATUS_CANCELED
    assert (answer.result.aborted, answer.result.message) == (1, 'the run was cancelled')
    assert graph.person.phase == FINISHED


def test_a_label_overrules_and_is_seen_in_the_counts(start):
    graph = start(episodes=1)
    graph.reach(1, FINISHED)
    answer = graph.ask(graph.person.label, Label.Request(number=1, result=1, labelled_by='Ann'))
    assert (answer.labelled, answer.message) == (True,
                                                 'Episode 1 labelled success by Ann, was failure.')
    assert (graph.person.statuses[-1].successes, graph.person.statuses[-1].failures) == (1, 0)


def test_a_stopped_robot_aborts_the_episode_and_waits_until_somebody_arms(start):
    graph = start(horizon=60.0)
    graph.reach(1, RUNNING)
    graph.ask(graph.person.stop, Stop.Request(reason='test'))
    waiting = graph.reach(2, RESETTING)
    assert (waiting.aborted, waiting.failures) == (1, 0)
    for _ in range(300):
        graph.conductor.beat()
    assert graph.person.phase == RESETTING
    assert 'waiting for somebody to arm' in graph.person.statuses[-1].message
    graph.ask(graph.person.arm, Arm.Request(reason='test'))
    graph.reach(2, RUNNING)


def test_the_recorders_word_is_waited_for(start):
    graph = start(recorded=True, episodes=1)
    graph.reach(1, STORING)
    for _ in range(100):
        graph.conductor.beat()
    assert graph.person.phase == STORING
    graph.person.stored.publish(EpisodeStored(number=1, stored=True,
                                              file='/data/episode_00001.mcap'))
    assert graph.reach(1, FINISHED).outcome.file == '/data/episode_00001.mcap'


def test_a_missing_recorder_is_a_fault(start):
    graph = start(recorded=True, store_timeout=0.5)
    assert graph.reach(1,
                       FAULT).message == ('episode 1 was not stored: no word from the recorder '
                                          'within 0.5 s')


@pytest.mark.parametrize(('absent', 'why'), [
    ('driver', '3 resets failed; the last: no joint_states came within 0.3 s; is the driver '
               'active?'),
    ('reset', '3 resets failed; the last: no reset within 0.5 s; is the reset node active?')])
def test_without_a_part_of_the_graph_the_run_ends_in_a_sentence(start, absent, why):
    graph = start(absent=(absent,), reset_timeout=0.5, reset_pause=0.1, reset={'patience': 0.3})
    assert graph.reach(1, FAULT).message == why


class Log:
    """A logger that remembers."""

    def __init__(self):
        self.lines = []

    def info(self, line):
        self.lines.append(('info', line))

    def error(self, line):
        self.lines.append(('error', line))


@pytest.mark.parametrize(('absent', 'ends', 'phase', 'code'), [
    ((), True, FINISHED, 0), (('driver',), True, FAULT, 1), ((), False, FINISHED, None)])
def test_a_planned_run_ends_its_process_with_a_code(start, absent, ends, phase, code):
    graph = start(absent=absent, episodes=1, ends=ends, reset_attempts=1, reset={'patience': 0.1})
    assert graph.rooms['supervisor'].exit_code is None
    graph.reach(1, phase)
    assert graph.rooms['supervisor'].exit_code == code


def test_the_log_tells_each_episode_and_how_the_run_ended(start, monkeypatch):
    graph, log = start(episodes=1), Log()
    monkeypatch.setattr(graph.rooms['supervisor'], 'get_logger', lambda: log)
    graph.reach(1, FINISHED)
    (level, episode), finished = log.lines
    assert (level, episode[:38]) == ('info', 'Episode 1: FAILURE after 0.50 s, retur')
    assert finished == ('info', 'Finished: 1 episodes run, 0 succeeded')


def test_the_log_tells_a_fault_as_an_error(start, monkeypatch):
    graph, log = start(absent=('driver',), reset_attempts=1, reset={'patience': 0.1}), Log()
    monkeypatch.setattr(graph.rooms['supervisor'], 'get_logger', lambda: log)
    graph.reach(1, FAULT)
    assert log.lines == [('error',
                          'FAULT: 1 resets failed; the last: no joint_states came within 0.1 s; '
                                   'is the driver active?')]


def test_configured_and_activated_twice_it_begins_again(start):
    graph = start(episodes=1)
    graph.reach(1, RUNNING)
    for room in ('supervisor', 'reset', 'reward'):
        node = graph.rooms[room]
        for step in (node.trigger_deactivate, node.trigger_cleanup, node.trigger_configure,
                     node.trigger_activate):
            step()
    compose.await_wires(graph.nodes)
    graph.person.statuses.clear()
    graph.reach(1, FINISHED)
    assert graph.person.phases()[-5:] == [(1, RESETTING), (1, RUNNING), (1, JUDGING), (1, STORING),
                                          (1, FINISHED)]
    assert graph.person.statuses[-1].failures == 1
