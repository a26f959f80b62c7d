"""A publisher that notes what was said, so that this process need not ask those who cannot have heard anything.

In one process a message has arrived when `publish` returns. A note is only a hint: polls begin by asking everybody.
"""
from __future__ import annotations

from typing import Any

from rclpy.lifecycle import LifecyclePublisher
from rclpy.publisher import Publisher

said: dict[str, int] = {}   # full name of a topic -> messages said in this process


class CountingPublisher(LifecyclePublisher):
    """Silent unless its node is active."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._full_name: str = self.topic_name

    def publish(self, message: Any) -> None:
        if self._enabled:
            said[self._full_name] = said.get(self._full_name, 0) + 1
            Publisher.publish(self, message)
