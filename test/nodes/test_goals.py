"""The client with one request at a time. Whatever an older goal still says is dropped, and the goal
itself cancelled."""
from __future__ import annotations

from unittest.mock import Mock

import pytest
from visuomotor.nodes._ros import goals
from visuomotor.nodes._ros.goals import GoalClient


class Future:
    """Something that comes when the test says so."""

    def add_done_callback(self, callback):
        self.callback = callback

    def arrive(self, value):
        self.result = lambda: value
        self.callback(self)


class Handle:
    """A goal on the server's side."""

    def __init__(self, accepted=True):
        self.accepted = accepted
        self.cancelled = 0
        self.answered = Future()

    def get_result_async(self):
        return self.answered

    def cancel_goal_async(self):
        self.cancelled += 1


class Result:
    """What get_result gives: a status and, in it, the answer."""

    def __init__(self, result):
        self.result = result


class Client:
    """Sends goals nowhere."""

    def __init__(self, *unused):
        self.sent = []

    def send_goal_async(self, goal):
        self.sent.append(Future())
        return self.sent[-1]

    def destroy(self):
        """Nothing to let go of."""


@pytest.fixture
def asking(monkeypatch):
    monkeypatch.setattr(goals, 'ActionClient', Client)
    return GoalClient(Mock(), None, 'reset')


def test_an_answer_is_given_once(asking):
    heard, handle = [], Handle()
    asking.ask('first', heard.append)
    asking._client.sent[0].arrive(handle)
    assert heard == []
    handle.answered.arrive(Result('done'))
    assert (heard, handle.cancelled) == (['done'], 0)


def test_a_refusal_is_an_answer(asking):
    heard = []
    asking.ask('first', heard.append)
    asking._client.sent[0].arrive(Handle(accepted=False))
    assert heard == [None]


def test_the_late_answer_of_an_older_goal_is_dropped(asking):
    heard = []
    first = Handle()
    second = Handle()
    asking.ask('first', lambda result: heard.append(('first', result)))
    asking._client.sent[0].arrive(first)
    asking.ask('second', lambda result: heard.append(('second', result)))
    assert first.cancelled == 1
    asking._client.sent[1].arrive(second)
    first.answered.arrive(Result('late'))
    assert heard == []
    asking.withdraw()            # the second is still known, although the first answered late
    assert second.cancelled == 1


def test_a_goal_that_is_accepted_late_is_cancelled(asking):
    heard, first = [], Handle()
    asking.ask('first', heard.append)
    asking.ask('second', heard.append)
    asking._client.sent[0].arrive(first)
    assert (first.cancelled, heard) == (1, [])
    asking._client.sent[1].arrive(Handle(accepted=False))
    assert heard == [None]


def test_a_late_refusal_is_dropped(asking):
    heard = []
    asking.ask('first', heard.append)
    asking.withdraw()
    asking._client.sent[0].arrive(Handle(accepted=False))
    assert heard == []


def test_what_was_withdrawn_is_cancelled_once_and_answers_nobody(asking):
    heard, handle = [], Handle()
    asking.ask('first', heard.append)
    asking._client.sent[0].arrive(handle)
    asking.withdraw()
    asking.withdraw()
    handle.answered.arrive(Result('late'))
    assert (heard, handle.cancelled) == ([], 1)
