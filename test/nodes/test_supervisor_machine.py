"""The life of a run as tables of facts: what is heard when, and the phase that follows."""
from __future__ import annotations

from dataclasses import replace

import pytest
from visuomotor.nodes.supervisor import report
from visuomotor.nodes.supervisor.evidence import Evidence
from visuomotor.nodes.supervisor.machine import Machine
from visuomotor.nodes.supervisor.settings import EpisodeSettings, SupervisorSettings
from visuomotor.specs import settings
from visuomotor.specs.codes import Phase, Result
from visuomotor.specs.errors import BadInput
from visuomotor.specs.seeds import episode_seed

RULES = EpisodeSettings(horizon=10.0, settle=0.3, judging=0.1, stop_patience=2.0, reset_attempts=3,
                        reset_timeout=60.0,
              store_timeout=5.0)


def machine_in(phase, *, episodes=2, settings=RULES):
    """A run at time 100: the first episode's RUNNING begins there."""
    machine = Machine(settings)
    machine.run(episodes, 7)
    machine.tick(99.0)
    if phase == Phase.RESETTING:
        return machine
    machine.tick(99.1)
    machine.on_reset(1, True, 'ready')
    machine.tick(100.0)
    assert (machine.phase, machine.started) == (Phase.RUNNING, 100.0)
    if phase == Phase.RUNNING:
        return machine
    machine.on_reward(1.0, 0.95, 'held', 105.0)
    machine.tick(110.0)
    if phase == Phase.JUDGING:
        return machine
    machine.tick(110.1)
    assert machine.phase == phase == Phase.STORING
    return machine


def test_one_run_from_begin_to_end():
    machine = machine_in(Phase.STORING)
    machine.on_stored(1, True, '/data/episode_00001.mcap', '')
    assert machine.tick(110.2)
    assert (machine.phase, machine.number) == (Phase.RESETTING, 2)
    machine.tick(110.3)
    machine.on_reset(1, True, '')
    machine.tick(111.0)
    machine.on_reward(0.5, 0.05, 'dropped', 112.0)
    machine.tick(121.0)
    machine.tick(121.1)
    machine.on_stored(2, True, '/data/episode_00002.mcap', '')
    machine.tick(121.2)
    assert machine.phase == Phase.FINISHED
    assert [(o.number, o.result, o.file, o.return_value, o.duration)
            for o in machine.outcomes.outcomes.values()] == [
        (1, Result.SUCCESS, '/data/episode_00001.mcap', 1.0, 10.0),
        (2, Result.FAILURE, '/data/episode_00002.mcap', 0.5, 10.0)]
    assert report.summary(machine) == (True, {'successes': 1, 'failures': 1, 'aborted': 0,
                                              'message': '2 episodes run, 1 succeeded'})


def test_only_one_phase_changes_in_a_tick():
    machine, seen = Machine(EpisodeSettings(horizon=1.0, judging=0.0, settle=0.0,
                                            recorded=False)), []
    machine.run(1, 0)
    for step in range(8):
        machine.tick(float(step))
        machine.on_reset(1, True, '')
        seen.append(machine.phase)
    assert seen == [1, 1, 2, 3, 4, 6, 6, 6]


def test_nobody_records_then_storing_is_passed_through():
    machine = machine_in(Phase.STORING, settings=EpisodeSettings(horizon=10.0, recorded=False))
    machine.tick(110.2)
    assert (machine.phase, machine.number) == (Phase.RESETTING, 2)


@pytest.mark.parametrize(('base', 'number', 'seed'), [
    (3, 1, 11425928242767342472), (3, 2, 11475712343069784169)])
def test_seeds_are_the_same_everywhere(base, number, seed):
    assert episode_seed(base, number) == seed


def test_seeds_of_many_runs_and_episodes_all_differ():
    assert len({episode_seed(base, number) for base in range(50)
                for number in range(1, 51)}) == 2500


# Why an episode ends.
def hear(machine, *events):
    for name, *arguments in events:
        getattr(machine, name)(*arguments)


ENDINGS = [
    ('horizon', [], 109.99, Phase.RUNNING, ''),
    ('horizon', [], 110.0, Phase.JUDGING, 'the horizon of 10 s was reached'),
    ('finished, settling', [('on_finished', 104.0, 104.1)], 104.39, Phase.RUNNING, ''),
    ('finished, settled', [('on_finished', 104.0, 104.1)], 104.41, Phase.JUDGING,
     'the policy said that it is finished'),
    ('finished, said again', [('on_finished', 104.0, 104.1), ('on_finished', 104.3, 104.3)], 104.41,
     Phase.JUDGING,
     'the policy said that it is finished'),
    ('finished of the episode before', [('on_finished', 99.9, 100.1)], 105.0, Phase.RUNNING, ''),
    ('failed', [('on_truth', False, True, 103.0)], 103.0, Phase.JUDGING,
     'the world says that the episode is beyond rescue'),
    ('failed of the episode before', [('on_truth', False, True, 99.9)], 103.0, Phase.RUNNING, ''),
    ('fallen', [('on_reward', 0.0, 0.0, 'fallen', 103.0)], 103.0, Phase.JUDGING,
     'the detector gave up: fallen'),
    ('unlikely', [('on_reward', 0.0, 0.01, 'far', 103.0)], 103.0, Phase.RUNNING, ''),
    ('success does not end it', [('on_truth', True, False, 103.0)], 103.0, Phase.RUNNING, ''),
    ('short stop', [('on_safety', True, False, True, 'stale', 101.0)], 102.9, Phase.RUNNING, ''),
    ('long stop', [('on_safety', True, False, True, 'stale', 101.0)], 103.0, Phase.JUDGING,
     'safety held the robot still for 2 s: stale'),
    ('broken stop',
     [('on_safety', True, False, True, 'stale', 101.0),
      ('on_safety', False, False, True, '', 102.0),
                     ('on_safety', True, False, True, 'stale', 102.5)], 103.5, Phase.RUNNING, ''),
    ('latched stop', [('on_safety', True, True, False, 'operator', 101.0)], 101.0, Phase.JUDGING,
     'stopped: operator'),
    ('cancelled', [('stop', 'the run was cancelled')], 101.0, Phase.JUDGING,
     'the run was cancelled'),
]


@pytest.mark.parametrize(('name', 'events', 'now', 'phase', 'why'), ENDINGS,
                         ids=[row[0] for row in ENDINGS])
def test_why_an_episode_ends(name, events, now, phase, why):
    machine = machine_in(Phase.RUNNING)
    hear(machine, *events)
    machine.tick(now)
    assert (machine.phase, machine.ending.reason if machine.ending else '') == (phase, why)


# How it is judged.
JUDGED = [
    ('likely', [('on_reward', 0.0, 0.5, 'held', 101.0)], Result.SUCCESS, Result.UNKNOWN),
    ('unlikely', [('on_reward', 0.0, 0.49, 'open', 101.0)], Result.FAILURE, Result.UNKNOWN),
    ('the last word counts',
     [('on_reward', 0.0, 0.9, 'held', 101.0), ('on_reward', 0.0, 0.1, 'lost', 102.0)],
     Result.FAILURE, Result.UNKNOWN),
    ('the truth is only noted',
     [('on_reward', 0.0, 0.9, 'held', 101.0), ('on_truth', False, False, 102.0)],
     Result.SUCCESS, Result.FAILURE),
    ('nobody spoke', [('on_truth', True, False, 102.0)], Result.UNKNOWN, Result.SUCCESS),
    ('late word on the episode before', [('on_reward', 5.0, 0.9, 'held', 99.9)], Result.UNKNOWN,
     Result.UNKNOWN),
    ('aborted', [('on_reward', 0.0, 0.9, 'held', 101.0), ('stop', 'cancelled')], Result.ABORTED,
     Result.UNKNOWN),
]


@pytest.mark.parametrize(('name', 'events', 'result', 'truth'), JUDGED,
                         ids=[row[0] for row in JUDGED])
def test_how_an_episode_is_judged(name, events, result, truth):
    machine = machine_in(Phase.RUNNING)
    hear(machine, *events)
    machine.tick(110.0)
    machine.tick(110.1)
    assert (machine.outcome.result, machine.outcome.truth) == (result, truth)


def test_the_detector_is_heard_while_judging():
    machine = machine_in(Phase.JUDGING)
    machine.on_reward(0.0, 0.05, 'lost it', 110.0)
    assert not machine.tick(110.09)
    machine.tick(110.1)
    assert (machine.outcome.result, machine.outcome.duration) == (Result.FAILURE, 10.0)


# Resets.
def test_a_failed_reset_is_tried_three_times():
    machine = machine_in(Phase.RESETTING)
    seed = machine.seed
    for attempt, now in ((1, 100.0), (2, 101.1), (3, 103.2)):
        machine.tick(now)
        assert (machine.phase, machine.attempt, machine.seed) == (Phase.RESETTING, attempt, seed)
        machine.on_reset(attempt, False, 'gripper is stuck')
        machine.tick(now + 0.1)
    assert (machine.phase, machine.message) == (Phase.FAULT,
                                                '3 resets failed; the last: gripper is stuck')


def test_failed_resets_are_tried_again_after_one_two_and_four_seconds():
    machine, asked = machine_in(Phase.RESETTING, settings=replace(RULES, reset_attempts=4)), {}
    for tick in range(1000):
        now = 100.0 + tick * 0.02
        machine.tick(now)
        if machine.attempt and machine.attempt not in asked:
            asked[machine.attempt] = now
            machine.on_reset(machine.attempt, False, 'silence')
    # The answer is taken a tick after the question, and the pause counts from there.
    assert [asked[n] - asked[n - 1] for n in (2, 3, 4)] == pytest.approx([1.02, 2.02, 4.02])
    assert (machine.phase, machine.message) == (Phase.FAULT, '4 resets failed; the last: silence')


def test_while_it_waits_to_try_again_it_says_why_and_can_be_cancelled():
    machine = machine_in(Phase.RESETTING)
    machine.tick(100.0)
    machine.on_reset(1, False, 'silence')
    machine.tick(100.1)
    assert report.status(machine)['message'] == 'reset 1 failed and is tried again: silence'
    machine.stop('enough')
    machine.tick(100.2)
    assert (machine.phase, machine.message) == (Phase.FINISHED, 'enough')


@pytest.mark.parametrize(('attempt', 'pause'),
                         [(1, 1.0), (2, 2.0), (6, 32.0), (7, 32.0), (900, 32.0)])
def test_the_pause_rises_to_a_limit(attempt, pause):
    machine = machine_in(Phase.RESETTING, settings=replace(RULES, reset_attempts=1000))
    machine.attempt, machine.waiting = attempt, ''
    machine.on_reset(attempt, False, 'no')
    machine.tick(100.0)
    machine.tick(100.0 + pause - 0.01)
    assert machine.attempt == attempt
    machine.tick(100.0 + pause)
    assert machine.attempt == attempt + 1


def test_a_reset_that_says_nothing_has_failed():
    machine = machine_in(Phase.RESETTING)
    machine.tick(100.0)
    machine.tick(159.9)
    assert machine.attempt == 1
    machine.tick(160.0)
    machine.tick(161.0)
    assert machine.attempt == 2


def test_an_answer_to_an_older_reset_is_dropped():
    machine = machine_in(Phase.RESETTING)
    machine.tick(100.0)
    machine.on_reset(1, False, 'no')
    machine.tick(101.0)
    machine.tick(102.0)
    assert machine.attempt == 2
    machine.on_reset(1, True, 'late')
    machine.tick(102.1)
    assert machine.phase == Phase.RESETTING


def test_no_reset_is_asked_for_until_somebody_arms():
    machine = machine_in(Phase.RESETTING)
    machine.on_safety(True, True, False, 'operator', 99.0)
    machine.tick(500.0)
    assert (machine.attempt, machine.waiting) == (0, 'waiting for somebody to arm: operator')
    machine.on_safety(False, False, True, '', 501.0)
    machine.tick(501.0)
    assert (machine.attempt, machine.waiting) == (1, '')


# Storing.
@pytest.mark.parametrize(('stored', 'now', 'message'), [
    ((1, False, '', 'the disk is full'), 110.2, 'episode 1 was not stored: the disk is full'),
    ((2, True, 'x', ''), 115.1, 'episode 1 was not stored: no word from the recorder within 5 s')])
def test_an_episode_that_is_not_stored_is_a_fault(stored, now, message):
    machine = machine_in(Phase.STORING)
    machine.on_stored(*stored)
    machine.tick(now)
    assert (machine.phase, machine.message) == (Phase.FAULT, message)


# Runs.
def test_a_run_can_begin_again_after_a_fault_and_counts_anew():
    machine = machine_in(Phase.STORING)
    machine.on_stored(1, False, '', 'no')
    machine.tick(111.0)
    assert machine.run(1, 9)
    machine.tick(112.0)
    assert (machine.phase, machine.number, machine.message) == (Phase.RESETTING, 1, '')
    assert machine.outcomes.count(Result.SUCCESS) == 0


def test_a_run_under_way_is_not_replaced():
    assert not machine_in(Phase.RUNNING).run(1, 9)


@pytest.mark.parametrize('phase', [Phase.RESETTING, Phase.RUNNING, Phase.JUDGING, Phase.STORING])
def test_a_cancelled_run_stores_what_it_has_and_ends(phase):
    machine = machine_in(phase)
    machine.stop('cancelled')
    for now in (111.0, 112.0, 113.0, 114.0):
        machine.tick(now)
        machine.on_stored(1, True, 'file', '')
    assert (machine.phase, machine.message, machine.number) == (Phase.FINISHED, 'cancelled', 1)


def test_zero_episodes_go_on():
    machine = machine_in(Phase.STORING, episodes=0)
    machine.on_stored(1, True, '', '')
    machine.tick(111.0)
    assert (machine.phase, machine.number) == (Phase.RESETTING, 2)


# Labels.
def test_a_label_overrules_the_detector_and_is_counted_once():
    machine = machine_in(Phase.STORING)
    assert machine.outcomes.count(Result.SUCCESS) == 1
    for _ in range(2):
        assert machine.label(0, 2, 'Ann')[0]
        assert (machine.outcomes.count(Result.SUCCESS),
                machine.outcomes.count(Result.FAILURE)) == (0, 1)
    assert 'labelled failure by Ann, was success; ' in machine.outcome.reason


@pytest.mark.parametrize(('label', 'message'), [
    ((2, 1, 'Ann'), 'There is no judged episode 2; judged are 1 to 1.'),
    ((1, 3, 'Ann'), 'result should be 1 (success) or 2 (failure), but is 3.'),
    ((1, 1, ' '), 'labelled_by is empty; say who labels.')])
def test_a_label_that_does_not_fit_is_refused(label, message):
    assert machine_in(Phase.STORING).label(*label) == (False, message)


def test_nothing_to_label_yet():
    why = 'No episode has been judged yet; label one after it ended.'
    assert machine_in(Phase.RUNNING).label(0, 1, 'Ann') == (False, why)


@pytest.mark.parametrize('wrong',
                         [{'horizon': -1.0}, {'reset_attempts': 0}, {'settle': -0.1},
                          {'stop_patience': 0.0}])
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        settings.build(SupervisorSettings, {'robot': 'iiwa7', 'task': 'grasp', **wrong},
                       'supervisor')


def test_a_line_for_the_log_says_how_an_episode_ended():
    machine = machine_in(Phase.STORING)
    machine.on_stored(1, True, '/data/episode_00001.mcap', '')
    machine.tick(110.2)
    assert report.ended(machine.outcomes.outcomes[1]) == (
        'Episode 1: SUCCESS after 10.00 s, return 1.000: the horizon of 10 s was reached; held; '
        '/data/episode_00001.mcap')


def test_rewards_add_up():
    evidence = Evidence(started=1.0)
    for value, stamp in ((9.0, 0.9), (0.25, 1.0), (0.5, 1.1)):
        evidence.on_reward(value, 0.5, '', stamp)
    assert evidence.return_value == 0.75


def test_no_reset_is_asked_for_until_everybody_is_there():
    machine = Machine(RULES)
    machine.run(1, 7)
    machine.missing = 'waiting for somebody to publish action/policy'
    machine.tick(99.0)
    machine.tick(150.0)
    assert (machine.phase, machine.attempt) == (Phase.RESETTING, 0)
    assert report.status(machine)['message'] == 'waiting for somebody to publish action/policy'
    machine.missing = ''
    machine.tick(150.1)
    assert machine.attempt == 1
