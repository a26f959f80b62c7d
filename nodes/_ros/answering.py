"""Services, clients, actions and tasks: asked at each poll where they are urgent, seldom where they
are not."""
from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rclpy.node import Node
from rclpy.task import Task
from visuomotor.nodes._ros import private
from visuomotor.nodes._ros.ordered import Ordered

ROUNDS = 8      # of one kind in one poll: what is always ready does not keep others from their turn


class Answering(Ordered):
    """The part of an executor that answers, and hears answers."""

    def __init__(self, **kwargs: Any) -> None:
        self._dirty = True   # the lists of entities are not made, or out of date
        self._unfinished: list[Task] = []
        super().__init__(**kwargs)

    @abstractmethod
    def _refresh(self) -> None:
        """Make the lists of entities anew."""

    def _list_who_answers(self, order: list[Node]) -> None:
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
