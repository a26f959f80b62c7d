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
from rclpy.executors import Executor, SingleThreadedExecutor, TimeoutException
from rclpy.guard_condition import GuardCondition
from rclpy.node import Node
from rclpy.task import Task
from visuomotor.nodes._ros import private
from visuomotor.nodes._ros.publisher import CountingPublisher, counts
from visuomotor.nodes._ros.wires import Ear

IDLE = 0.01     # s, longest wait, so that services and actions are asked often enough
SELDOM = 10     # polls between two looks at services, clients and actions
PASSES = 100    # of rclpy's executor in one poll, for the same reason
ROUNDS = 8      # of timers in one poll: one that is always due does not keep others from their turn
MOST = 10       # messages of one subscription in one turn of real time
ALL = 100_000   # messages of one subscription in one beat of lock-step; no graph says so many


def make_executor(context: Context) -> Polled | Public:
    """Make this page's executor, or rclpy's own where that has to do; say so once."""
    why = private.why_public()
    if why and not Public.told:
        print(f'warning: slower executor: {why}.', file=sys.stderr)
        Public.told = True
    return Public(context=context) if why else Polled(context=context)


class Ordered(Executor):
    """Keeps its nodes in the order in which they came."""

    def __init__(self, **kwargs: Any) -> None:
        self._order: list[Node] = []
        super().__init__(**kwargs)

    def add_node(self, node: Node) -> bool:
        if node not in self._order:  # the node, told of its executor, adds itself once more
            self._order.append(node)
        added = bool(super().add_node(node))
        self.wake()
        return added

    def remove_node(self, node: Node) -> None:
        if node in self._order:
            self._order.remove(node)
        super().remove_node(node)
        self.wake()

    def get_nodes(self) -> list[Node]:
        return list(self._order)


class Polled(Ordered):
    """One thread's executor: `poll` delivers until nobody has anything left to say."""

    def __init__(self, **kwargs: Any) -> None:
        self._dirty = True   # the lists of entities are not made, or out of date
        self._polls = 0
        self._unfinished: list[Task] = []
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
        if not self.turn():
            self._wait(IDLE if timeout_sec is None else min(timeout_sec, IDLE))
            self.turn()

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
        self._services = [(private.take_request(s), s.srv_type, s) for node in order
                          for s in node.services]
        self._urgent = [entry for entry in self._services if getattr(entry[2], 'urgent', False)]
        self._clients = [(private.take_response(c), c.srv_type, c) for node in order
                         for c in node.clients]
        entities = [(w, w.get_num_entities()) for node in order for w in node.waitables]
        actions = [(w, count) for w, count in entities if count.num_services or count.num_clients]
        self._waitables = [w for w, _ in actions]
        # what a wait set for them holds, of each of private.KINDS
        self._sizes = [sum(getattr(count, f'num_{kind}') for _, count in actions)
                       for kind in private.KINDS]

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

    def _seldom(self) -> int:
        """Services, clients and actions, until they are done. Not for ever: the server of an action
        whose oldest result expires at this very moment says so again and again, as long as time
        stands still within a beat."""
        total = 0
        for _ in range(ROUNDS):
            ran = self._serve() + self._take_responses() + self._step_tasks()
            total += ran
            if not ran:
                break
        return total

    def _serve(self, urgent: bool = False) -> int:
        """Ask services once: the urgent ones, or all."""
        if self._dirty:
            self._refresh()
        ran = 0
        for take_request, kind, service in self._urgent if urgent else self._services:
            request, header = take_request(kind.Request)
            if header is not None:
                answer = self._finish(private.answer(service.callback, request, kind.Response()))
                service.send_response(answer, header)
                ran += 1
                if self._dirty:
                    return ran
        return ran

    def _take_responses(self) -> int:
        """Ask clients and actions once."""
        if self._dirty:
            self._refresh()
        ran = 0
        for take_response, kind, client in self._clients:
            header, response = take_response(kind.Response)
            if header is not None and (future := private.pending(client, header)) is not None:
                future.set_result(response)
                ran += 1
                if self._dirty:
                    return ran
        if self._waitables:
            for waitable in private.ready(self.context, self._waitables, self._sizes):
                self._finish(waitable.execute(waitable.take_data()))
                ran += 1
        return ran

    def _step_tasks(self) -> int:
        """Take every unfinished task one step further; count those that finished."""
        tasks = list(self._unfinished)
        for task in tasks:
            task()
            if task.done():
                self._unfinished.remove(task)
                task.result()   # raises what it raised
        return sum(task.done() for task in tasks)

    def _finish(self, coroutine: Any) -> Any:
        """Run a callback to its end; one that has to wait becomes a task."""
        task = private.finish(coroutine, self)
        if not task.done():
            self._unfinished.append(task)
            return None
        return task.result()

    def _wait(self, timeout: float) -> None:
        """Sleep until a message, a timer or a wake-up comes, or the time-out."""
        if self._dirty:
            self._refresh()
        private.sleep(self.context, self._subscriptions, [timer for *_, timer in self._timers],
                      self._bell, timeout)


class Public(Ordered, SingleThreadedExecutor):
    """The same interface from public names alone: deliveries node by node, through wait sets."""

    told = False   # that it is in use

    def poll(self) -> int:
        """Deliver what is pending and all that this causes; return how many callbacks ran."""
        total = 0
        for _ in range(PASSES):
            ran = self._pass()
            total += ran
            if not ran:
                break
        return total

    drain = poll

    def _pass(self) -> int:
        """Deliver what is pending now."""
        ran = 0
        try:
            while ran < ALL:
                task, _, _ = self.wait_for_ready_callbacks(timeout_sec=0)
                task()
                if task.done():   # else it waits for something, and would be offered for ever
                    task.result()
                    ran += 1
        except TimeoutException:
            pass
        return ran

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Deliver what is pending; with nothing pending, wait for it at most the time-out."""
        super().spin_once(IDLE if timeout_sec is None else min(timeout_sec, IDLE))
