"""Whether a namespace is free for another driver, asked before many programs start at once."""
from __future__ import annotations

import os

from visuomotor.nodes.driver.exclusive import ExclusiveDriver
from visuomotor.specs.errors import BadInput


def refuse_second_driver(namespace: str) -> None:
    """Refuse a namespace whose robot is driven already; the driver itself takes the lock when it starts."""
    ExclusiveDriver(domain(), f'/{namespace.strip("/")}').release()


def domain() -> int:
    """Read the ROS domain of this terminal."""
    text = os.environ.get('ROS_DOMAIN_ID') or '0'
    if not text.isdecimal():
        raise BadInput(f"ROS_DOMAIN_ID should be a number from 0 to 101, but is '{text}'.")
    return int(text)
