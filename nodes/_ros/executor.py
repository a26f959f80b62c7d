"""Delivers messages by asking each entity, which costs under a microsecond, instead of building wait sets.

rclpy's executors build a wait set over every service of every node before each callback: half a millisecond for a
hop in a graph like ours. Here subscriptions and timers are asked directly, in the order in which they were made;
services, clients and actions are asked every tenth time. A wait set is built only when there is nothing to do.
Messages are taken as bytes, which costs a third when there is none, and decoded once for all listeners of this
executor: a message that was heard belongs to everybody and is never changed.
"""
from __future__ import annotations

from typing import Any

from rclpy.executors import Executor, await_or_execute
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node
from rclpy.subscription import Subscription
from rclpy.task import Task
from visuomotor.nodes._ros.publisher import CountingPublisher, said

IDLE = 0.01          # s, longest wait, so that services and actions are asked often enough
SELDOM = 10          # polls between two looks at services, clients and actions
KINDS = ('subscriptions', 'guard_conditions', 'timers', 'clients', 'services', 'events')   # in a wait set
MESSAGE_ONLY = Subscription.CallbackType.MessageOnly


class Polled(Executor):
    """One thread's executor. `poll` delivers until nobody has anything left to say; `spin` does so for ever."""

    def __init__(self, **kwargs: Any) -> None:
        self._order: list[Node] = []
        self._dirty = True
        self._polls = 0
        self._subscriptions: list[Any] = []
        self._timers: list[Any] = []
        self._services: list[tuple[Any, Any, Any]] = []
        self._clients: list[tuple[Any, Any, Any]] = []
        self._waitables: list[Any] = []
        self._room: list[int] = []           # what a wait set for them holds, of each of KINDS
        self._tasks: list[Any]
        self._ears: list[tuple[Any, int, str, Any, bool, Any, bool]] = []
        self._plain: set[str] = set()        # topics of publishers that note nothing: their ears are always asked
        self._heard: list[int | None] = []   # for each ear, what was noted of its topic when it was asked last
        self._decoded: dict[Any, tuple[bytes, Any]] = {}   # the newest message of each type, as bytes and as it is
        super().__init__(**kwargs)

    def add_node(self, node: Node) -> bool:
        if node not in self._order:  # the node, told of its executor, adds itself once more
            self._order.append(node)
        return bool(super().add_node(node))

    def remove_node(self, node: Node) -> None:
        if node in self._order:
            self._order.remove(node)
        super().remove_node(node)

    def wake(self) -> None:
        """Somebody made or removed an entity, or has work: look at the lists anew."""
        self._dirty = True
        super().wake()

    def poll(self) -> int:
        """Deliver everything that is pending and everything that this causes; return how many callbacks ran."""
        self._polls += 1
        total = self._seldom() if self._polls % SELDOM == 1 else 0
        total += self._timers_ring() + self._hear(everybody=True)
        while ran := self._hear() or self._timers_ring():
            total += ran
        return total

    def drain(self) -> int:
        """Like `poll`, services, clients and actions included."""
        self._polls = 0
        return self.poll()

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Deliver what is pending; with nothing pending, wait for it at most the time-out."""
        if not self.poll():
            self._wait(IDLE if timeout_sec is None else min(timeout_sec, IDLE))
            self.poll()

    def spin_once_until_future_complete(self, future: Any, timeout_sec: Any = None) -> None:
        self.spin_once(0.0)

    def _refresh(self) -> None:
        self._dirty = False
        self._subscriptions = [s for node in self._order for s in node.subscriptions]
        self._timers = [t for node in self._order for t in node.timers]
        self._ears = [(s.handle.take_message, place, s.topic_name, s.msg_type, s.raw, s.callback,
                       s._callback_type is MESSAGE_ONLY) for place, s in enumerate(self._subscriptions)]
        self._heard = [None] * len(self._ears)
        self._plain = {p.topic_name for node in self._order for p in node.publishers if not isinstance(p, CountingPublisher)}
        self._services = [(s.handle.service_take_request, s.srv_type, s) for node in self._order for s in node.services]
        self._clients = [(c.handle.take_response, c.srv_type, c) for node in self._order for c in node.clients]
        entities = [(w, w.get_num_entities()) for node in self._order for w in node.waitables]
        actions = [(w, count) for w, count in entities if count.num_services or count.num_clients]
        self._waitables = [w for w, _ in actions]
        self._room = [sum(getattr(count, f'num_{kind}') for _, count in actions) for kind in KINDS]

    def _timers_ring(self) -> int:
        """Ask every timer once."""
        if self._dirty:
            self._refresh()
        ran = 0
        for timer in self._timers:
            if timer.handle.is_timer_ready():
                timer.handle.call_timer()
                timer.callback()
                ran += 1
                if self._dirty:
                    return ran
        return ran

    def _hear(self, everybody: bool = False) -> int:
        """Ask subscriptions once: everybody, or those who may have heard. Flat: it runs a few times in every beat."""
        if self._dirty:
            self._refresh()
        ran, decoded, heard, plain = 0, self._decoded, self._heard, self._plain
        for take, place, topic, kind, raw, callback, message_only in self._ears:
            noted = said.get(topic)
            if noted == heard[place] and not everybody and topic not in plain:
                continue
            heard[place] = noted
            while (taken := take(kind, True)) is not None:
                message, about = taken
                if not raw:
                    known = decoded.get(kind)
                    if known is None or known[0] != message:
                        decoded[kind] = known = (message, _rclpy.rclpy_deserialize(message, kind))
                    message = known[1]
                callback(message) if message_only else callback(message, about)
                ran += 1
                if self._dirty:
                    return ran
        return ran

    def _seldom(self) -> int:
        total = 0
        while ran := self._serve() + self._work():
            total += ran
        return total

    def _serve(self) -> int:
        """Ask services, clients and actions once."""
        if self._dirty:
            self._refresh()
        ran = 0
        for take_request, kind, service in self._services:
            request, header = take_request(kind.Request)
            if header is not None:
                answer = self._finish(await_or_execute(service.callback, request, kind.Response()))
                service.send_response(answer, header)
                ran += 1
                if self._dirty:
                    return ran
        for take_response, kind, client in self._clients:
            header, response = take_response(kind.Response)
            if header is not None:
                ran += self._answer(client, header, response)
                if self._dirty:
                    return ran
        return ran + (self._ask_actions() if self._waitables else 0)

    def _answer(self, client: Any, header: Any, response: Any) -> int:
        try:
            future = client.get_pending_request(header.request_id.sequence_number)
        except KeyError:
            return 0  # the request was withdrawn
        future.set_result(response)
        return 1

    def _ask_actions(self) -> int:
        """Actions are waitables, which can only be asked through a wait set; make one for them alone."""
        ran, waitables = 0, self._waitables
        with self._context.handle:
            wait_set = _rclpy.WaitSet(*self._room, self._context.handle)
            wait_set.clear_entities()
            for waitable in waitables:
                waitable.add_to_wait_set(wait_set)
            wait_set.wait(0)
            ready = [w for w in waitables if w.is_ready(wait_set)]
        for waitable in ready:
            self._finish(waitable.execute(waitable.take_data()))
            ran += 1
        return ran

    def _work(self) -> int:
        """Take every unfinished task one step further; count those that finished."""
        with self._tasks_lock:
            tasks = [task for task, _, _ in self._tasks]
        for task in tasks:
            task()
            if task.done() and task.exception() is not None:
                raise task.exception()
        with self._tasks_lock:
            self._tasks = [entry for entry in self._tasks if not entry[0].done()]
        return sum(task.done() for task in tasks)

    def _finish(self, coroutine: Any) -> Any:
        """Run a callback to its end; one that has to wait becomes a task."""
        task = Task(_await, (coroutine,), executor=self)
        task()
        if not task.done():
            with self._tasks_lock:
                self._tasks.append((task, None, None))
            return None
        return task.result()

    def _wait(self, timeout: float) -> None:
        """Sleep until a message, a timer or a wake-up comes, or the time-out."""
        if self._dirty:
            self._refresh()
        with self._context.handle:
            wait_set = _rclpy.WaitSet(len(self._subscriptions), 1, len(self._timers), 0, 0, 0, self._context.handle)
            wait_set.clear_entities()
            for subscription in self._subscriptions:
                wait_set.add_subscription(subscription.handle)
            for timer in self._timers:
                wait_set.add_timer(timer.handle)
            wait_set.add_guard_condition(self._guard.handle)
            wait_set.wait(int(timeout * 1e9))


async def _await(coroutine: Any) -> Any:
    return await coroutine
