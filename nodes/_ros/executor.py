"""Delivers messages by asking each entity, which costs under a microsecond, instead of building
wait sets.

rclpy's executors build a wait set over every service of every node before each callback: half a
millisecond for a hop in a graph like ours. Here subscriptions and timers are asked directly, in the
order in which they were made, and so are urgent services; other services, clients and actions are
asked every tenth time. A wait set is built only when there is nothing to do. Messages are taken as
bytes, which costs a third when there is none, and decoded once for all subscriptions of this
executor: a message belongs to everybody and is never changed.

Lock-step delivers everything before time moves on. In real time one turn is bounded: so many
messages of each subscription, each timer once, so that neither a flood nor a slow callback keeps
services, transitions or Ctrl-C from their turn.
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from rclpy.context import Context
from rclpy.guard_condition import GuardCondition
from rclpy.task import Task
from visuomotor.nodes._ros import private
from visuomotor.nodes._ros.answering import ROUNDS, Answering
from visuomotor.nodes._ros.ordered import ALL, IDLE, Public
from visuomotor.nodes._ros.publisher import CountingPublisher, counts
from visuomotor.nodes._ros.wires import Ear

SELDOM = 10     # polls between two looks at services, clients and actions
MOST = 10       # messages of one subscription in one turn of real time


def make_executor(context: Context) -> Polled | Public:
    """Make this page's executor, or rclpy's own where that has to do; say so once."""
    why = private.why_public()
    if why and not Public.told:
        print(f'warning: slower executor: {why}.', file=sys.stderr)
        Public.told = True
    return Public(context=context) if why else Polled(context=context)


class Polled(Answering):
    """One thread's executor: `poll` delivers until nobody has anything left to say."""

    def __init__(self, **kwargs: Any) -> None:
        self._polls = 0
        self._decoded: dict[Any, tuple[bytes, Any]] = {}   # newest of each type: bytes, message
        self._most = ALL
        self._busy = False   # somebody was cut short in this turn: services come first in the next
        super().__init__(**kwargs)
        self._counts = counts(self.context)
        self._bell: GuardCondition | None = GuardCondition(None, None, context=self.context)

    def wake(self) -> None:
        """Somebody made or removed an entity, or has work: look at the lists anew."""
        self._dirty = True
        if self._bell:
            self._bell.trigger()

    def shutdown(self, timeout_sec: float | None = None) -> bool:
        if self._bell:
            self._bell.destroy()
            self._bell = None
        return bool(super().shutdown(timeout_sec))

    def create_task(self, callback: Any, *values: Any, **named: Any) -> Task:
        task = Task(callback, values, named, executor=self)
        self._unfinished.append(task)
        if self._bell:
            self._bell.trigger()
        return task

    def poll(self) -> int:
        """Deliver what is pending and all that this causes; return how many callbacks ran."""
        total = self._begin(ALL)
        for _ in range(ROUNDS):
            while ran := self._deliver():
                total += ran
            ran = self._ring()
            total += ran
            if not ran:
                break
        else:
            self._busy = True
        return total

    def turn(self) -> int:
        """Deliver some of what is pending, so that everybody has a turn; return how many ran."""
        total = self._begin(MOST)
        for _ in range(ROUNDS):
            ran = self._deliver()
            total += ran
            if not ran:
                break
        return total

    def _begin(self, most: int) -> int:
        """Begin a poll in which each subscription may take so many; ask everybody once."""
        self._polls = 1 if self._busy else self._polls + 1
        self._busy, self._most = False, most
        self._left = [most] * (0 if self._dirty else len(self._asked))
        total = self._serve(urgent=True)
        total += self._seldom() if self._polls % SELDOM == 1 else 0
        return total + self._ring() + self._deliver(everybody=True)

    def drain(self) -> int:
        """Like `poll`, services, clients and actions included."""
        self._polls = 0
        return self.poll()

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Deliver what is pending; with nothing pending, wait for it at most the time-out."""
        try:
            if not self.turn():
                self._wait(IDLE if timeout_sec is None else min(timeout_sec, IDLE))
                self.turn()
        except private.Gone:
            if not self._forget_destroyed():
                raise   # a callback used what is gone: its fault

    def _forget_destroyed(self) -> bool:
        """Look at the lists anew; tell whether another thread destroyed somebody who was asked."""
        asked = self._everybody
        self._refresh()
        known = {id(one) for one in self._everybody}
        return any(id(one) not in known for one in asked)

    @property
    def _everybody(self) -> list[Any]:
        return [one for entries in (self._timers, self._services, self._clients)
                for *_, one in entries] + self._subscriptions + self._waitables

    def spin_once_until_future_complete(self, future: Any, timeout_sec: Any = None) -> None:
        self.spin_once(0.0)

    def _refresh(self) -> None:
        self._dirty = False
        order = self._order
        self._subscriptions = [s for node in order for s in node.subscriptions]
        self._timers = [(*private.timer_calls(t), getattr(t, 'rang', None), t) for node in order
                        for t in node.timers]
        self._asked = [(private.take_message(s), place, s.topic_name, s.msg_type,
                        s.callback if isinstance(s.callback, Ear)
                        else Ear(s.msg_type, s.callback, s.raw), private.message_only(s))
                       for place, s in enumerate(self._subscriptions)]
        self._seen = [-1] * len(self._asked)   # of each, the count of its topic when last asked
        self._left = [self._most] * len(self._asked)   # of each, messages that it may still take
        # topics of publishers that count nothing: always asked
        self._plain = {p.topic_name for node in order for p in node.publishers
                       if not isinstance(p, CountingPublisher)}
        self._list_who_answers(order)

    def _ring(self) -> int:
        """Ask every timer once."""
        if self._dirty:
            self._refresh()
        ran = 0
        for is_due, move_on, remaining, rang, timer in self._timers:
            if is_due():
                if rang:
                    rang(-1e-9 * remaining())
                move_on()
                timer.callback()
                ran += 1
                if self._dirty:
                    return ran
                if self._most < ALL and is_due():
                    self._busy = True
        return ran

    def _deliver(self, everybody: bool = False) -> int:
        """Ask subscriptions once: everybody, or those that may have messages. Flat, being hot."""
        if self._dirty:
            self._refresh()
        ran = 0
        decoded = self._decoded
        seen = self._seen
        plain = self._plain
        published = self._counts
        left = self._left
        newest = self._most < ALL
        for take, place, topic, kind, ear, message_only in self._asked:
            count = published.get(topic, 0)
            if count == seen[place] and not everybody and topic not in plain:
                continue
            seen[place] = count
            while left[place] and (taken := take(kind, True)) is not None:
                left[place] -= 1
                if newest and ear.overtaken:
                    taken = self._overtake(place, taken, ear.overtaken)
                message = ear.read(taken[0], decoded)
                if message is not None:
                    ear.hear(message) if message_only else ear.hear(message, taken[1])
                ran += 1
                if self._dirty:
                    return ran
            self._busy = self._busy or not left[place]
        return ran

    def _overtake(self, place: int, taken: Any, tell: Callable[[], None]) -> Any:
        """Return the newest that lies there: of states, older ones need not be looked at."""
        take, _, _, kind, *_ = self._asked[place]
        while self._left[place] and (later := take(kind, True)) is not None:
            self._left[place] -= 1
            tell()
            taken = later
        return taken

    def _wait(self, timeout: float) -> None:
        """Sleep until a message, a timer or a wake-up comes, or the time-out."""
        if self._dirty:
            self._refresh()
        private.sleep(self.context, self._subscriptions, [timer for *_, timer in self._timers],
                      self._bell, timeout)
