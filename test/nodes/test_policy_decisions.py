"""When the policy is asked, about what, and when its answer is said."""
from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from visuomotor.nodes.policy import registry
from visuomotor.nodes.policy.actor import Actor, Answer, Question
from visuomotor.nodes.policy.attention import Attention, delay
from visuomotor.nodes.policy.newest import Newest
from visuomotor.nodes.policy.outbox import Outbox, Rate
from visuomotor.nodes.policy.schedule import Schedule
from visuomotor.nodes.policy.settings import PolicySettings
from visuomotor.nodes.policy.thinking import Aside, Inline
from visuomotor.policies.act.hold import Hold
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput


def asked_at(schedule: Schedule, beats, rows: int) -> list[float]:
    """Go through the beats and return when the policy was asked."""
    asked = []
    for now in beats:
        if schedule.due(now):
            schedule.asked(now)
            schedule.answered(rows)
            asked.append(round(now, 3))
    return asked


def test_single_actions_are_asked_for_at_the_action_rate():
    assert asked_at(Schedule(20.0, 0.0), np.arange(0, 21) * 0.01, 1) == [0.0, 0.05, 0.1, 0.15, 0.2]


def test_a_chunk_is_used_up_but_for_the_rows_that_pass_while_thinking():
    beats = np.arange(0, 61) * 0.01
    assert asked_at(Schedule(20.0, 0.0), beats, 4) == [0.0, 0.2, 0.4, 0.6]
    assert asked_at(Schedule(20.0, 0.03), beats, 4) == [0.0, 0.15, 0.3, 0.45, 0.6]
    assert asked_at(Schedule(20.0, 0.5), beats[:16], 4) == [0.0, 0.05, 0.1, 0.15]  # later than its chunk is long
    assert asked_at(Schedule(20.0, 0.0, replan=2), beats, 4) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def test_late_beats_do_not_add_up():
    assert asked_at(Schedule(20.0, 0.0), [0.0, 0.06, 0.1, 0.16, 0.2], 1) == [0.0, 0.06, 0.1, 0.16, 0.2]
    assert asked_at(Schedule(20.0, 0.0), [0.0, 0.3, 0.34, 0.35], 1) == [0.0, 0.3, 0.35]  # a long gap is not made up for


def test_the_delay_is_chosen_or_modelled():
    assert delay(-1.0, 0.03, 0.02, pictures=True) == pytest.approx(0.05)
    assert delay(-1.0, 0.03, 0.02, pictures=False) == pytest.approx(0.03)
    assert delay(0.0, 0.03, 0.02, pictures=True) == 0.0


def attention(**changes) -> Attention:
    return Attention(**{'cameras': ('front',), 'truth': False, 'imu': False, 'rate': 20.0, 'delay': 0.0, **changes})


def heard(picture: float | None = None, **changes) -> Newest:
    newest = Newest(state='state')
    if picture is not None:
        newest.picture('front', 'picture', picture)
    for name, value in changes.items():
        setattr(newest, name, value)
    return newest


def test_nothing_is_asked_outside_an_episode():
    mind, newest = attention(), heard(5.0)
    assert not mind.wants(newest, 5.0)
    mind.turn(True, 1, 9, 5.0, newest)
    assert mind.wants(newest, 5.0)
    mind.turn(False, 1, 9, 5.0, newest)
    assert not mind.wants(newest, 5.0)


@pytest.mark.parametrize(('changes', 'newest', 'wanted'), [
    ({}, heard(), False),                                   # no picture
    ({}, heard(4.9), False),                                # a picture of the time before the episode
    ({}, heard(5.0), True),
    ({}, heard(5.0, state=None), False),
    ({'cameras': ()}, heard(), True),
    ({'truth': True}, heard(5.0), False),
    ({'truth': True}, heard(5.0, truth='truth'), True),
    ({'imu': True}, heard(5.0), False),
    ({'imu': True}, heard(5.0, imu='imu'), True),
])
def test_all_that_is_needed_has_to_be_there(changes, newest, wanted):
    mind = attention(**changes)
    mind.turn(True, 1, 9, 5.0, newest)
    assert mind.wants(newest, 5.0) is wanted


def test_a_picture_is_asked_about_once_unless_no_other_comes():
    mind, newest = attention(), heard(5.0)
    mind.turn(True, 1, 9, 4.0, newest)
    assert mind.ask(newest, 5.01, 5.01) == (5.0, 1.0)
    assert not mind.wants(newest, 5.06)
    assert mind.wants(newest, 5.11)                         # one row late: better an old picture than none
    newest.picture('front', 'newer', 5.05)
    assert mind.wants(newest, 5.06)
    assert mind.ask(newest, 5.06, 5.06) == pytest.approx((5.05, 1.05))


def test_without_cameras_an_answer_is_to_the_joints():
    mind, newest = attention(cameras=()), heard()
    mind.turn(True, 1, 9, 4.0, newest)
    assert mind.ask(newest, 5.5, 5.51) == (5.5, 1.5)


def test_what_is_waited_for_in_vain_is_named():
    mind, newest = attention(truth=True), heard(4.0)
    assert mind.complaint(newest, 9.0) == ''
    mind.turn(True, 1, 9, 5.0, newest)
    assert mind.complaint(newest, 6.9) == ''
    said = mind.complaint(newest, 7.0)
    assert 'nothing was heard on world/truth, camera/front/image since the episode began 2 s ago' in said
    newest.truth = 'truth'
    newest.picture('front', 'picture', 5.0)
    assert mind.complaint(newest, 7.0) == ''


def question(episode: int = 1, observed: float = 5.0, **observation) -> Question:
    return Question(episode, 9, observed, observation)


def test_answers_wait_for_their_time():
    box = Outbox(0.03)
    first, second = Answer(question(observed=5.0)), Answer(question(observed=5.05))
    box.put(first)
    box.put(second)
    assert box.due(5.029) == []
    assert box.due(5.03) == [first]
    box.clear()
    assert box.due(9.0) == []


def test_the_end_of_an_episode_empties_the_outbox_and_repeated_words_do_not():
    mind, newest = attention(), heard(5.0)
    mind.turn(True, 1, 9, 5.0, newest)
    mind.outbox.put(Answer(question()))
    mind.turn(True, 1, 9, 5.0, newest)
    assert len(mind.outbox.due(6.0)) == 1
    mind.outbox.put(Answer(question()))
    mind.turn(True, 2, 9, 7.0, newest)
    assert mind.outbox.due(8.0) == []


def test_the_rate_is_that_of_the_last_ten():
    rate = Rate()
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


def test_a_policy_begins_anew_with_each_episode_and_always_alike():
    policies = [Echo(), Echo()]
    for policy in policies:
        actor = Actor(policy, 'echo', 'h', 2)
        for episode in (1, 1, 2):
            answer = actor.answer(Question(episode, 40 + episode, 5.0, {'x': np.array([0.5, -0.5])}))
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
    answer = Actor(Echo(), 'echo', 'h', 2).answer(question(x=given))
    assert len(answer.actions) == 0
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(answer.failure)


def test_inline_answers_before_it_returns():
    answers = []
    Inline(answers.append).ask(Actor(Echo(), 'echo', 'h', 1), question(x=np.array([0.25])))
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


def test_aside_never_holds_up_who_asks_and_only_the_newest_question_waits():
    answers, told = [], threading.Semaphore(0)
    aside = Aside(lambda answer: (answers.append(answer), told.release()))
    policy = Slow()
    actor = Actor(policy, 'slow', 'h', 1)
    aside.ask(actor, question(x=np.array([0.1])))
    policy.thinking.acquire()
    aside.ask(actor, question(x=np.array([0.2])))
    aside.ask(actor, question(x=np.array([0.3])))
    policy.go.release()
    policy.go.release()
    told.acquire()
    told.acquire()
    aside.close()
    assert [answer.actions.tolist() for answer in answers] == [[[0.1]], [[0.3]]]


def test_every_policy_that_is_shipped_fits_its_dataclass():
    assert {name: registry.find(name).kind for name in registry.names()} == {
        'hold': 'hold', 'hostile': 'hostile', 'random': 'random', 'scripted': 'scripted'}
    assert [name for name in registry.names() if registry.find(name).privileged] == ['scripted']


def test_a_policy_is_a_name_or_a_folder(tmp_path):
    assert registry.find(str(tmp_path)).kind == 'checkpoint'
    with pytest.raises(BadInput, match=r"no policy 'scriptd'; did you mean scripted\?"):
        registry.find('scriptd')
    with pytest.raises(BadInput, match=r"no policy folder '/none/such'"):
        registry.find('/none/such')
    with pytest.raises(BadInput, match=r'episode 3 is running'):
        registry.between_episodes(3)


def test_the_hash_names_the_very_code():
    hashes = {registry.named_hash(name, policy) for name in ('hold', 'random') for policy in (Echo(), Hold(1, False))}
    assert len(hashes) == 4


@pytest.mark.parametrize(('cls', 'content', 'sentence'), [
    (registry.Entry, {'kind': 'dream'}, "kind should be one of scripted, random, hold, hostile, checkpoint, but"),
    (registry.Entry, {'kind': 'checkpoint'}, 'a checkpoint has a folder'),
    (registry.Entry, {'kind': 'hold', 'nombers': {}}, "unknown key 'nombers'; did you mean numbers"),
    (PolicySettings, {'robot': 'a', 'task': 'b', 'replan': -1}, 'replan should be 0 or more rows, but is -1'),
])
def test_settings_that_do_not_fit(cls, content, sentence):
    with pytest.raises(BadInput, match=sentence):
        settings.build(cls, content, str(Path('x.yaml')))
