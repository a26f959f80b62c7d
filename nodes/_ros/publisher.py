"""A publisher that says no number that is not finite, and counts its messages, so that this process
need not ask subscriptions that cannot have any. In one process a message has arrived when `publish`
returns. A count is only a hint: polls begin by asking everybody."""
from __future__ import annotations

from collections import defaultdict
from typing import Any
from weakref import WeakKeyDictionary

from rclpy.context import Context
from rclpy.publisher import Publisher
from visuomotor.nodes._ros import convert

# For each context, which is in one domain: full name of a topic -> messages that this process has
# published on it.
_counts: WeakKeyDictionary[Context, defaultdict[str, int]] = WeakKeyDictionary()


def counts(context: Context) -> defaultdict[str, int]:
    """Return how many messages were published on each topic in one context."""
    return _counts.setdefault(context, defaultdict(int))


class CountingPublisher(Publisher):
    """Silent unless its node lets its publishers publish; the node sets these fields."""

    node: Any
    counts: defaultdict[str, int]
    full_name: str

    def publish(self, message: Any) -> None:
        if self.node.publishes:
            if not convert.finite(message):
                self.node.refuse(self.full_name, 'a number of it is not finite: not said')
                return
            self.counts[self.full_name] += 1
            super().publish(message)
