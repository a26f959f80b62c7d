"""What ROS reads from the environment, set before it starts and only where the user has not chosen."""
from __future__ import annotations

import os

from visuomotor.robots import paths

PROFILE = paths.CONFIG / 'fastdds.xml'


def defaults() -> dict[str, str]:
    """Pictures go through shared memory without loss, and discovery stays on this host."""
    return {
        'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp',
        'FASTRTPS_DEFAULT_PROFILES_FILE': str(PROFILE),   # the name that Jazzy's Fast DDS 2.14 reads
        'FASTDDS_DEFAULT_PROFILES_FILE': str(PROFILE),    # its name from 3.0 on
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    }


def prepare() -> None:
    """Fill in what is not set; a profile of the user's own, under either name, is left alone."""
    chosen = {'FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'} & os.environ.keys()
    for name, value in defaults().items():
        if not (chosen and name.endswith('PROFILES_FILE')):
            os.environ.setdefault(name, value)
