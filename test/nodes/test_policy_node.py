"""The policy node in a graph of its own. It acts while an episode runs, in time, alike in one
thread or two."""
from __future__ import annotations

import threading

import numpy as np
import pytest
from sensor_msgs.msg import Image, JointState
from visuomotor.msg import EpisodeStatus, PolicyStatus, Proposal
from visuomotor.nodes._ros import convert, images, qos
from visuomotor.nodes._ros.node import Node
from visuomotor.policies import checkpoint
from visuomotor.policies.act.network import NetworkSettings, network
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Gives
from visuomotor.specs.robot import load_robot
from visuomotor.srv import LoadPolicy

IIWA = load_robot('iiwa7')


class Stage(Node):
    """Plays robot, camera and supervisor."""

    def open(self):
        self.wished, self.thought = [], []
        self.joints = self.publisher(JointState, 'joint_states', qos.STATE)
        self.camera = self.publisher(Image, 'camera/shoulder/image', qos.IMAGE)
        self.episode = self.publisher(EpisodeStatus, 'episode', qos.LATCHED)
        self.subscription(Proposal, 'action/policy',
                          lambda m: self.wished.append((round(self.now, 6), m)), qos.COMMAND)
        self.subscription(PolicyStatus, 'policy/status', self.thought.append, qos.EVENT)
        self.loading = self.client(LoadPolicy, 'policy/load')
        self.beats = 0
        self.timer(0.01, self.beat)

    def beat(self):
        self.beats += 1
        state = JointState(name=[*IIWA.names, 'gripper'], position=[*IIWA.home, 0.0])
        state.header.stamp = convert.stamp(self.now)
        if self.beats % 5 == 0:
            shade = np.full((128, 128, 3), self.beats % 256, np.uint8)
            self.camera.publish(images.image_message(shade, self.now - 0.02, 'shoulder'))
        self.joints.publish(state)

    def tell(self, state, number, seed=9):
        message = EpisodeStatus(state=state, number=number, seed=seed)
        message.started = convert.stamp(self.now)
        self.episode.publish(message)


@pytest.fixture
def start(rig):
    def make(namespace='left', **parameters):
        rig.namespace = namespace
        chosen = {'robot': 'iiwa7', 'task': 'grasp', 'policy': 'random', 'inline': True,
                  **parameters}
        stage, policy = rig.add(Stage, name='stage'), rig.make('policy', **chosen)
        rig.up()
        return stage, policy, rig.conductor

    return make


def beats(conductor, count):
    for _ in range(count):
        conductor.beat()


def test_it_acts_only_while_an_episode_runs(start):
    stage, _, conductor = start()
    beats(conductor, 12)
    assert stage.wished == []
    stage.tell(EpisodeStatus.RUNNING, 1)
    beats(conductor, 30)
    count = len(stage.wished)
    assert count == 5
    stage.tell(EpisodeStatus.JUDGING, 1)
    beats(conductor, 30)
    assert len(stage.wished) == count + 1


def test_its_last_word_asks_for_nothing_more(start):
    stage, _, conductor = start()
    stage.tell(EpisodeStatus.RUNNING, 1)
    beats(conductor, 30)
    asked = stage.wished[-1][1]
    stage.tell(EpisodeStatus.JUDGING, 1)
    beats(conductor, 30)
    last = stage.wished[-1][1]
    assert not asked.terminate
    assert any(asked.targets)
    assert last.terminate
    assert list(last.targets) == [0.0] * 6
    assert list(last.gripper) == list(asked.gripper)


def test_a_proposal_answers_the_picture_and_is_as_late_as_the_task_says(start):
    stage, _, conductor = start()
    beats(conductor, 10)
    stage.tell(EpisodeStatus.RUNNING, 1)
    beats(conductor, 20)
    # Started at 1.10 s. Light at 1.13 s, picture at 1.15 s, 0.03 s of thinking: said at 1.18 s, due
    # at once.
    now, wish = stage.wished[0]
    assert (now, convert.seconds(wish.observation_stamp)) == (1.18, 1.13)
    assert list(wish.times) == pytest.approx([0.05])
    assert (wish.source, wish.mode, wish.width, len(wish.targets), len(wish.gripper)) == (
        Proposal.SOURCE_POLICY, Proposal.MODE_CARTESIAN_TWIST, 6, 6, 1)
    assert wish.header.frame_id == IIWA.base_link
    assert not wish.terminate
    thought = stage.thought[0]
    assert (thought.policy, thought.policy_hash) == ('random', wish.policy_hash)
    assert thought.observation_age == pytest.approx(0.05)
    assert thought.inference >= 0.0
    assert len(wish.policy_hash) == 64


def test_without_pictures_it_answers_the_joints(start):
    stage, _, conductor = start(policy='hold')
    stage.tell(EpisodeStatus.RUNNING, 1)
    beats(conductor, 15)
    assert [(now, convert.seconds(wish.observation_stamp)) for now, wish in stage.wished] == [
        (1.04, pytest.approx(1.01)), (1.09, pytest.approx(1.06)), (1.14, pytest.approx(1.11))]
    assert stage.wished[0][1].targets.tolist() == [0.0] * 6


def wishes(stage, conductor) -> list:
    """Run two episodes and return what was wished for."""
    for number in (1, 2):
        stage.tell(EpisodeStatus.RUNNING, number, seed=100 + number)
        beats(conductor, 30)
        stage.tell(EpisodeStatus.STORING, number)
        beats(conductor, 5)
    return [(now, wish.observation_stamp, wish.targets.tobytes(), wish.gripper.tobytes()) for now,
            wish in stage.wished]


def test_the_same_seed_wishes_the_same_in_one_thread_or_two(start):
    stage, _, conductor = start('left', inline=True)
    inline = wishes(stage, conductor)
    stage, policy, conductor = start('right', inline=False)
    threads = []
    wait_for_each_answer(policy.inference, threads)
    aside = wishes(stage, conductor)
    assert inline == aside
    assert [now for now, *_ in inline] == [1.08, 1.13, 1.18, 1.23, 1.28, 1.31, 1.43, 1.48, 1.53,
                                           1.58, 1.63, 1.66]
    # another episode, another seed; 1.31 and 1.66 are the last words
    assert inline[0][2] != inline[6][2]
    assert set(threads) == {'policy'}


def wait_for_each_answer(thinking, threads) -> None:
    """Let time stand still while the other thread thinks, and note which thread it was."""
    ask = thinking.ask
    tell = thinking.tell
    told = threading.Semaphore(0)

    def tell_and_note(answer):
        threads.append(threading.current_thread().name)
        tell(answer)
        told.release()

    def ask_and_wait(actor, question):
        ask(actor, question)
        told.acquire()

    thinking.tell, thinking.ask = tell_and_note, ask_and_wait


def ask(stage, conductor, name) -> LoadPolicy.Response:
    future = stage.loading.call_async(LoadPolicy.Request(policy=name))
    beats(conductor, 30)
    assert future.done()
    return future.result()


def stored(folder, robot='iiwa7') -> str:
    sees, gives = {'joint_position': (7,)}, Gives(5, 3)
    net = network(NetworkSettings(), sees, gives)
    return checkpoint.store(Checkpoint('network', robot, 'grasp', NetworkSettings(), sees, gives,
                                       net), folder)


def test_a_policy_is_replaced_between_episodes_and_kept_when_the_new_one_is_bad(start, tmp_path):
    stage, policy, conductor = start(latency=0.0)
    digest = stored(tmp_path / 'good')
    stored(tmp_path / 'other', 'iiwa14')
    before = policy.runner.hash

    refused = ask(stage, conductor, str(tmp_path / 'other'))
    assert (refused.loaded, refused.policy_hash) == (False, before)
    assert "was trained for robot 'iiwa14', not for 'iiwa7'" in refused.message
    refused = ask(stage, conductor, 'randm')
    assert "no policy 'randm'; did you mean random?" in refused.message
    refused = ask(stage, conductor, '')
    assert "a policy has either a kind or the folder of a trained one" in refused.message
    assert len(ask(stage, conductor, 'x' * 60_000).message) < 1500
    assert policy.runner.hash == before

    stage.tell(EpisodeStatus.RUNNING, 1)
    beats(conductor, 2)
    assert 'episode 1 is running' in ask(stage, conductor, 'hold').message
    stage.tell(EpisodeStatus.STORING, 1)
    beats(conductor, 2)
    loaded = ask(stage, conductor, str(tmp_path / 'good'))
    assert (loaded.loaded, loaded.policy_hash, loaded.message) == (True, digest, '')
    stage.wished.clear()
    stage.tell(EpisodeStatus.RUNNING, 2)
    beats(conductor, 32)
    assert {wish.policy_hash for _, wish in stage.wished} == {digest}
    # Three rows at 20 Hz are used up before the next chunk.
    times = [now for now, _ in stage.wished]
    assert np.diff(times) == pytest.approx([0.15] * (len(times) - 1))
    assert len(times) >= 2
    assert list(stage.wished[0][1].times) == pytest.approx([0.0, 0.05, 0.1])


@pytest.mark.parametrize(('parameters', 'sentence'), [
    ({'policy': 'scriptd'}, r"policy: There is no policy 'scriptd'; did you mean scripted\?"),
    ({'policy': '/none/such'}, r"policy: There is no policy folder '/none/such'"),
    ({'robot': 'iiwa'}, r"policy: There is no robot 'iiwa'; did you mean"),
    ({'task': 'grap'}, r"policy: There is no task 'grap'; did you mean grasp"),
])
def test_what_does_not_exist_is_refused(start, parameters, sentence):
    with pytest.raises(BadInput, match=sentence):
        start(**parameters)
