"""When the policy is asked, about what, and when its answer is said."""
from __future__ import annotations

import threading

import numpy as np
import pytest
from visuomotor.nodes.policy.inference import (
    InferenceRequest,
    InferenceResult,
    InlineInference,
    PolicyRunner,
    ThreadedInference,
)
from visuomotor.nodes.policy.schedule import (
    ChunkSchedule,
    EpisodeSchedule,
    ObservationBuffer,
    RateMeter,
    between_episodes,
    schedule_for,
)
from visuomotor.nodes.policy.settings import PolicySettings
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import LoadedPolicy
from visuomotor.specs.task import load_task


def asked_at(chunks: ChunkSchedule, beats, rows: int) -> list[float]:
    """Go through the beats and return when the policy was asked."""
    asked = []
    for now in beats:
        if chunks.due(now):
            chunks.asked(now)
            chunks.answered(rows)
            asked.append(round(now, 3))
    return asked


def test_single_actions_are_asked_for_at_the_action_rate():
    assert asked_at(ChunkSchedule(20.0, 0.0), np.arange(0, 21) * 0.01, 1) == [0.0, 0.05, 0.1, 0.15,
                                                                              0.2]


def test_a_chunk_is_used_up_but_for_the_rows_that_pass_while_thinking():
    beats = np.arange(0, 61) * 0.01
    assert asked_at(ChunkSchedule(20.0, 0.0), beats, 4) == [0.0, 0.2, 0.4, 0.6]
    assert asked_at(ChunkSchedule(20.0, 0.03), beats, 4) == [0.0, 0.15, 0.3, 0.45, 0.6]
    # later than its chunk is long
    assert asked_at(ChunkSchedule(20.0, 0.5), beats[:16], 4) == [0.0, 0.05, 0.1, 0.15]
    assert asked_at(ChunkSchedule(20.0, 0.0, replan=2), beats, 4) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5,
                                                                      0.6]


def test_late_beats_do_not_add_up():
    assert asked_at(ChunkSchedule(20.0, 0.0), [0.0, 0.06, 0.1, 0.16, 0.2], 1) == [0.0, 0.06, 0.1,
                                                                                  0.16, 0.2]
    # a long gap is not made up for
    assert asked_at(ChunkSchedule(20.0, 0.0), [0.0, 0.3, 0.34, 0.35], 1) == [0.0, 0.3, 0.35]


@pytest.mark.parametrize(('sees', 'latency', 'expected'), [
    # camera 0.02 s, thinking 0.03 s
    ({'image_front': (64, 64, 3)}, -1.0, (('front',), False, False, 0.05)),
    # it does not wait for pictures
    ({'joint_position': (6,)}, -1.0, ((), False, False, 0.03)),
    ({'goal': (7,), 'imu': (4,)}, 0.0, ((), True, True, 0.0)),
])
def test_a_policy_waits_for_what_it_sees_and_is_as_late_as_chosen_or_modelled(sees, latency,
                                                                              expected):
    made = schedule_for(LoadedPolicy(Echo(), 'echo', 'h', sees), load_task('reach'), latency, 0)
    assert (made.cameras, made.truth, made.imu, made.delay) == (*expected[:3],
                                                                pytest.approx(expected[3]))


def test_a_policy_that_says_how_often_it_decides_is_asked_so_often():
    loaded = LoadedPolicy(Echo(), 'echo', 'h', {}, decides=5.0)
    assert schedule_for(loaded, load_task('reach'), 0.0, 0).chunks.replan == 4
    assert schedule_for(loaded, load_task('reach'), 0.0, 2).chunks.replan == 2


def schedule(**changes) -> EpisodeSchedule:
    return EpisodeSchedule(**{'cameras': ('front',), 'truth': False, 'imu': False, 'rate': 20.0,
                              'delay': 0.0, **changes})


def heard(picture: float | None = None, **changes) -> ObservationBuffer:
    buffer = ObservationBuffer(state='state')
    if picture is not None:
        buffer.picture('front', 'picture', picture)
    for name, value in changes.items():
        setattr(buffer, name, value)
    return buffer


def test_nothing_is_asked_outside_an_episode():
    plan, buffer = schedule(), heard(5.0)
    assert not plan.wants(buffer, 5.0)
    plan.turn(True, 1, 9, 5.0, buffer)
    assert plan.wants(buffer, 5.0)
    plan.turn(False, 1, 9, 5.0, buffer)
    assert not plan.wants(buffer, 5.0)


@pytest.mark.parametrize(('changes', 'buffer', 'wanted'), [
    ({}, heard(), False),                                   # no picture
    # a picture of the time before the episode
    ({}, heard(4.9), False),
    ({}, heard(5.0), True),
    ({}, heard(5.0, state=None), False),
    ({'cameras': ()}, heard(), True),
    ({'truth': True}, heard(5.0), False),
    ({'truth': True}, heard(5.0, truth='truth'), True),
    ({'imu': True}, heard(5.0), False),
    ({'imu': True}, heard(5.0, imu='imu'), True),
])
def test_all_that_is_needed_has_to_be_there(changes, buffer, wanted):
    plan = schedule(**changes)
    plan.turn(True, 1, 9, 5.0, buffer)
    assert plan.wants(buffer, 5.0) is wanted


def test_a_picture_is_asked_about_once_unless_no_other_comes():
    plan, buffer = schedule(), heard(5.0)
    plan.turn(True, 1, 9, 4.0, buffer)
    assert plan.ask(buffer, 5.01, 5.01) == (5.0, 1.0)
    assert not plan.wants(buffer, 5.06)
    # one row late: better an old picture than none
    assert plan.wants(buffer, 5.11)
    buffer.picture('front', 'newer', 5.05)
    assert plan.wants(buffer, 5.06)
    assert plan.ask(buffer, 5.06, 5.06) == pytest.approx((5.05, 1.05))


def test_without_cameras_an_answer_is_to_the_joints():
    plan, buffer = schedule(cameras=()), heard()
    plan.turn(True, 1, 9, 4.0, buffer)
    assert plan.ask(buffer, 5.5, 5.51) == (5.5, 1.5)


def test_what_is_waited_for_in_vain_is_named():
    plan, buffer = schedule(truth=True), heard(4.0)
    assert plan.complaint(buffer, 9.0) == ''
    plan.turn(True, 1, 9, 5.0, buffer)
    assert plan.complaint(buffer, 6.9) == ''
    said = plan.complaint(buffer, 7.0)
    assert ('nothing was heard on world/truth, camera/front/image since the episode '
            'began 2 s ago' in said)
    buffer.truth = 'truth'
    buffer.picture('front', 'picture', 5.0)
    assert plan.complaint(buffer, 7.0) == ''


def request(episode: int = 1, observed: float = 5.0, **observation) -> InferenceRequest:
    return InferenceRequest(episode, 9, observed, observation)


def test_the_end_of_an_episode_empties_the_queue_and_repeated_words_do_not():
    plan, buffer = schedule(delay=0.03), heard(5.0)
    plan.turn(True, 1, 9, 5.0, buffer)
    plan.answered(InferenceResult(request()))
    plan.turn(True, 1, 9, 5.0, buffer)
    assert plan.due(5.02) == []
    assert len(plan.due(5.03)) == 1
    plan.answered(InferenceResult(request()))
    plan.turn(True, 2, 9, 7.0, buffer)
    assert plan.due(8.0) == []


def test_an_answer_to_an_episode_that_has_ended_is_dropped_and_is_not_the_last_word():
    plan, buffer = schedule(), heard(5.0)
    plan.turn(True, 2, 9, 5.0, buffer)
    plan.answered(InferenceResult(request(episode=1)))
    assert plan.due(8.0) == []
    assert plan.turn(False, 2, 9, 5.0, buffer) is None
    plan.turn(True, 3, 9, 9.0, buffer)
    plan.answered(InferenceResult(request(episode=3)))
    assert plan.turn(False, 3, 9, 9.0, buffer) is None      # it was never said
    plan.turn(True, 4, 9, 9.0, buffer)
    said = InferenceResult(request(episode=4))
    plan.answered(said)
    assert plan.due(9.0) == [said]
    assert plan.turn(False, 4, 9, 9.0, buffer) is said


def test_the_rate_is_that_of_the_last_ten():
    rate = RateMeter()
    assert rate.tick(1.0) == 0.0
    values = [rate.tick(1.0 + 0.05 * n) for n in range(1, 30)]
    assert values[-1] == pytest.approx(20.0)
    assert rate.tick(1.0 + 0.05 * 29 + 0.55) == pytest.approx(10.0)


class Echo:
    """Gives back the first numbers that it is shown, plus a random one after its reset."""

    finished = False

    def __init__(self):
        self.resets = []

    def reset(self, rng):
        self.resets.append(rng.integers(1 << 30))

    def act(self, observation):
        return observation['x']


def runner(policy, size=2) -> PolicyRunner:
    return PolicyRunner(LoadedPolicy(policy, 'echo', 'h', {}), size)


def test_a_policy_begins_anew_with_each_episode_and_always_alike():
    policies = [Echo(), Echo()]
    for policy in policies:
        asked = runner(policy)
        for episode in (1, 1, 2):
            answer = asked.answer(InferenceRequest(episode, 40 + episode, 5.0,
                                                   {'x': np.array([0.5, -0.5])}))
            assert answer.actions.tolist() == [[0.5, -0.5]]
            assert answer.inference >= 0.0
    assert policies[0].resets == policies[1].resets
    assert len(set(policies[0].resets)) == 2


@pytest.mark.parametrize(('given', 'sentence'), [
    (np.zeros(3), r'rows of 2 numbers, but gave shape \(1, 3\)'),
    (np.zeros((0, 2)), r'gave shape \(0, 2\)'),
    (np.array([0.0, np.nan]), r'not finite'),
    ('text', r"Policy 'echo' failed: ValueError"),
])
def test_what_goes_wrong_in_a_policy_becomes_a_sentence(given, sentence):
    answer = runner(Echo()).answer(request(x=given))
    assert len(answer.actions) == 0
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(answer.failure)


def test_inline_answers_before_it_returns():
    answers = []
    InlineInference(answers.append).ask(runner(Echo(), 1), request(x=np.array([0.25])))
    assert answers[0].actions.tolist() == [[0.25]]


class Slow(Echo):
    """Thinks until it is let go."""

    def __init__(self):
        super().__init__()
        self.thinking, self.go = threading.Semaphore(0), threading.Semaphore(0)

    def act(self, observation):
        self.thinking.release()
        self.go.acquire()
        return observation['x']


def test_aside_never_holds_up_who_asks_and_only_the_buffer_question_waits():
    answers, told = [], threading.Semaphore(0)
    aside = ThreadedInference(lambda answer: (answers.append(answer), told.release()))
    policy = Slow()
    asked = runner(policy, 1)
    aside.ask(asked, request(x=np.array([0.1])))
    policy.thinking.acquire()
    aside.ask(asked, request(x=np.array([0.2])))
    aside.ask(asked, request(x=np.array([0.3])))
    policy.go.release()
    policy.go.release()
    told.acquire()
    told.acquire()
    aside.close()
    assert [answer.actions.tolist() for answer in answers] == [[[0.1]], [[0.3]]]


def test_a_policy_is_loaded_between_episodes():
    between_episodes(0)
    with pytest.raises(BadInput, match=r'episode 3 is running'):
        between_episodes(3)


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'replan': -1}, 'replan should be 0 or more and at most 1000, but is -1'),
    ({'threads': 0}, 'threads should be 1 or more and at most 256, but is 0'),
    ({'latency': float('nan')}, 'latency should be a finite number, but is nan'),
])
def test_settings_that_do_not_fit(given, sentence):
    with pytest.raises(BadInput, match=sentence):
        settings.build(PolicySettings, {'robot': 'a', 'task': 'b', **given}, 'x.yaml')
