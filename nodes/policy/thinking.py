"""Where a policy thinks: in the thread that asks, or in one of its own so that a slow policy never delays hearing."""
from __future__ import annotations

import threading
from collections.abc import Callable

from visuomotor.nodes.policy.actor import Actor, Answer, Question


class Inline:
    """Answers before `ask` returns: the same order each time, as lock-step needs."""

    def __init__(self, tell: Callable[[Answer], None]) -> None:
        self.tell = tell

    def ask(self, actor: Actor, question: Question) -> None:
        self.tell(actor.answer(question))

    def close(self) -> None:
        """Nothing runs by itself."""


class Aside:
    """Answers in a thread of its own. Only the newest question waits: an older one is of no use by then."""

    def __init__(self, tell: Callable[[Answer], None]) -> None:
        self.tell = tell
        self._waiting: tuple[Actor, Question] | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name='policy', daemon=True)
        self._thread.start()

    def ask(self, actor: Actor, question: Question) -> None:
        with self._changed:
            self._waiting = (actor, question)
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            actor, question = task
            self.tell(actor.answer(question))

    def _next(self) -> tuple[Actor, Question] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting is not None)
            task, self._waiting = self._waiting, None
            return None if self._closed else task
