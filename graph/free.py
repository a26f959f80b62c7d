"""Whether a namespace is free for another driver, asked before many programs start at once."""
from __future__ import annotations

from visuomotor.graph.environment import domain
from visuomotor.nodes.driver.exclusive import ExclusiveDriver


def refuse_second_driver(namespace: str) -> None:
    """Refuse a namespace whose robot is driven already; the driver itself takes the lock when it starts."""
    ExclusiveDriver(domain(), f'/{namespace.strip("/")}').release()
