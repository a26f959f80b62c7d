"""What ROS reads from the environment, set before it starts where the user has not chosen."""
from __future__ import annotations

import os
from collections.abc import Mapping

from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput

PROFILE = paths.CONFIG / 'fastdds.xml'
# Pictures go through shared memory without loss, and discovery stays on this host.
DEFAULTS = {
    'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp',
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    'FASTRTPS_DEFAULT_PROFILES_FILE': str(PROFILE),   # the name that Jazzy's Fast DDS 2.14 reads
    'FASTDDS_DEFAULT_PROFILES_FILE': str(PROFILE),    # its name from 3.0 on
}
PROFILES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def missing(present: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be set; a profile of the user's own, under either name, is left alone."""
    own = any(name in present for name in PROFILES)
    return {name: value for name, value in DEFAULTS.items() if name not in present
            and not (own and name in PROFILES)}


LAST_DOMAIN = 232   # beyond it the ports of DDS end


def domain() -> int:
    """Return the ROS domain of this terminal; refuse what ROS would not understand."""
    text = os.environ.get('ROS_DOMAIN_ID') or '0'
    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_DOMAIN):
        raise BadInput(f"ROS_DOMAIN_ID should be a whole number from 0 to {LAST_DOMAIN}, but is "
                       f"'{text}'.")
    return int(text)


def prepare() -> None:
    """Fill in this process's environment; ROS dies of a wrong domain, so that is refused first."""
    domain()
    os.environ.update(missing(os.environ))
