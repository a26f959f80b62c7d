"""Counting what the graph says, showing it, and summing it up."""
from __future__ import annotations

import io

import pytest
from rich.console import Console
from visuomotor.cli import summary
from visuomotor.cli.live import Moment, View, line
from visuomotor.cli.summary import Effort
from visuomotor.nodes.console.statistics import Ended, GraphStatistics, rates


def ended(number, result='success', truth='success'):
    return Ended(number, result, truth, 1.5, 4.0, 'the policy said that it is finished')


def plain(statistics, quiet=False):
    paper = io.StringIO()
    return View('a run', statistics, Console(file=paper, width=200, force_terminal=False),
                quiet), paper


def test_verdicts_and_messages_are_counted():
    statistics = GraphStatistics()
    for verdict in (0, 0, 1, 3):
        statistics.note_command(verdict, ())
    statistics.note('camera')
    assert dict(statistics.verdicts) == {'pass': 2, 'clip': 1, 'stop': 1}
    assert dict(statistics.messages) == {'command': 4, 'camera': 1}


def test_rates_are_differences_over_time():
    assert rates({'command': 100}, {'command': 300, 'camera': 40}, 2.0) == {'command': 100.0,
                                                                            'camera': 20.0}
    assert rates({}, {'command': 300}, 0.0) == {}


def test_the_newest_word_on_an_episode_holds():
    statistics = GraphStatistics()
    statistics.note_ended(ended(1, 'failure'))
    statistics.note_ended(ended(1, 'success'))
    statistics.note_ended(ended(0))
    assert dict(statistics.results()) == {'success': 1}


def test_an_episode_that_lost_real_time_says_so():
    statistics = GraphStatistics()
    for number, lost in ((1, 2.5), (2, 2.53), (3, 2.9)):   # as the driver counts it
        statistics.note_episode(1, number, 3, '')
        statistics.note_lost({1: 2.0, 2: 2.5, 3: 2.53}[number])
        statistics.note_episode(2, number, 3, '')
        statistics.note_lost(lost)
        statistics.note_ended(ended(number))
    assert [round(e.lost, 3) for e in statistics.ended.values()] == [0.5, 0.0, 0.37]
    assert line(statistics.ended[1], 3).plain.endswith('; 0.50 s of real time lost')
    assert 'real time' not in line(statistics.ended[2], 3).plain
    statistics.note_ended(ended(1, 'failure'))   # a person's label
    assert statistics.ended[1].lost == 0.5
    rows = dict(summary.rows(statistics, Effort(10.0, 1000)))
    assert rows['real time'] == '0.87 s lost in 2 episodes: do not trust them'


def test_a_run_is_over_when_finished_or_at_fault():
    statistics = GraphStatistics()
    over = []
    for state in range(7):
        statistics.note_episode(state, 1, 1, '')
        over.append(statistics.over)
    assert over == [False, False, False, False, False, True, True]


def test_inference_is_the_median():
    statistics = GraphStatistics()
    assert statistics.inference == 0.0
    for seconds in (0.001, 0.5, 0.002):
        statistics.note_inference(seconds)
    assert statistics.inference == 0.002


def test_without_a_terminal_each_episode_is_told_once_when_stored():
    statistics = GraphStatistics()
    view, paper = plain(statistics)
    statistics.note_episode(4, 1, 2, '')
    statistics.note_ended(ended(1))
    view.update(Moment(1.0, 1.0))
    assert paper.getvalue() == ''
    statistics.note_file(1, '/data/1.mcap')
    view.update(Moment(1.1, 1.1))
    view.update(Moment(1.2, 1.2))
    assert paper.getvalue().count('episode 1/2  success  truth success  return 1.50  4.0 s') == 1


def test_quiet_says_nothing():
    statistics = GraphStatistics()
    view, paper = plain(statistics, quiet=True)
    statistics.note_ended(ended(1))
    statistics.note_file(1, '/data/1.mcap')
    view.update(Moment(1.0, 1.0))
    assert paper.getvalue() == ''


def test_a_terminal_sees_everything():
    statistics = GraphStatistics()
    paper = io.StringIO()
    view = View('a run', statistics, Console(file=paper, width=200, force_terminal=True), False)
    statistics.note_episode(2, 3, 10, '')
    statistics.note_command(3, ('joint_states is silent',))
    statistics.note_reward(0.25, 'tip 0.1 m away')
    view.page(Moment(0.0, 0.0))
    for _ in range(50):
        statistics.note('camera')
    view.console.print(view.page(Moment(5.0, 2.0)))
    for shown in ('3 of 10, running', 'stop 1', 'joint_states is silent', '0.250  tip 0.1 m',
                  'camera 10 Hz', 'x2.5'):
        assert shown in paper.getvalue()


def test_the_line_of_an_episode_says_how_and_why_it_ended():
    assert line(ended(2, 'failure', 'success'), 0).plain == (
        'episode 2  failure  truth success  return 1.50  4.0 s  the policy said that it is '
        'finished')


def test_the_summary_counts_apart_what_was_not_judged():
    statistics = GraphStatistics()
    for number, result in enumerate(['success'] * 8 + ['failure'] * 2 + ['aborted'], start=1):
        statistics.note_ended(ended(number, result))
    rows = dict(summary.rows(statistics, Effort(2.0, 500)))
    assert rows['episodes'] == '11, 1 of them aborted or not judged'
    assert rows['success by detector'] == '8 of 10 = 80% (95 % interval 49% .. 94%)'
    assert rows['success in truth'] == '10 of 10 = 100% (95 % interval 72% .. 100%)'
    assert rows['detector right'].startswith('8 of 10')
    assert rows['mean return'] == '1.500'
    assert rows['control steps'] == '500, 250 a second'


def test_an_empty_run_has_a_summary_too():
    rows = dict(summary.rows(GraphStatistics(), Effort(0.0, 0)))
    assert rows['success by detector'] == 'none'
    assert rows['mean return'] == 'none'
    assert rows['control steps'] == '0, 0 a second'


def test_an_unknown_verdict_is_an_error():
    with pytest.raises(ValueError, match=r'verdict should be 0 \.\. 3, but is 9'):
        GraphStatistics().note_command(9, ())


@pytest.mark.parametrize(('over', 'planned', 'wall', 'words'), [
    (0, 20, 30.0, 'time left is known after an episode'),
    (5, 20, 30.0, '10.0 episodes a minute, 1:30 left'),      # 15 more at 6 s each
    (2, 1000, 30.0, '4.0 episodes a minute, 4:09:30 left'),  # 998 more at 15 s each
    (5, 0, 30.0, '10.0 episodes a minute'),                  # until stopped
])
def test_progress_tells_rate_and_time_left(over, planned, wall, words):
    statistics = GraphStatistics()
    statistics.note_episode(2, over + 1, planned, '')
    for number in range(1, over + 1):
        statistics.note_ended(ended(number))
    view, paper = plain(statistics)
    view.page(Moment(0.0, 100.0))
    view.console.print(view.progress(Moment(50.0, 100.0 + wall)))
    assert words in paper.getvalue()
