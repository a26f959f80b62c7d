"""What ROS reads from the environment, set before it starts where the user has not chosen."""
from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput

EXECUTOR = 'VISUOMOTOR_EXECUTOR'   # 'public' asks for rclpy's own
# process id of the program that starts others; they end with it, however it ends
STARTER = 'VISUOMOTOR_STARTER'
RANGE = 'ROS_AUTOMATIC_DISCOVERY_RANGE'
AT_HOME = ('LOCALHOST', 'OFF')
MIDDLEWARE = 'rmw_fastrtps_cpp'
# Pictures go through shared memory without loss; the first is fenced in to this host besides.
FENCED = str(paths.CONFIG / 'fastdds.xml')
OPEN = str(paths.CONFIG / 'fastdds_network.xml')
# The name that Jazzy's Fast DDS 2.14 reads, and its name from 3.0 on.
PROFILES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')
ALONE = 'SKIP_DEFAULT_XML_FILE'   # 1: a profile that lies in the folder of starting is passed over


def missing(present: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be set; a profile of the user's own, under either name, is left alone."""
    reach = present.get(RANGE) or 'LOCALHOST'
    defaults = {'RMW_IMPLEMENTATION': MIDDLEWARE, RANGE: reach,
                **dict.fromkeys(PROFILES, FENCED if reach in AT_HOME else OPEN), ALONE: '1'}
    own = any(present.get(name) for name in PROFILES)
    return {name: value for name, value in defaults.items()
            if not present.get(name) and not (own and name in (*PROFILES, ALONE))}


def exposure(present: Mapping[str, str]) -> str:
    """Say that others than this host may reach the graph; '' when none can. `present` is a whole
    environment: what is missing has been set."""
    if present.get('ROS_SECURITY_ENABLE') == 'true' and (
            present.get('ROS_SECURITY_STRATEGY') == 'Enforce'):
        return ''   # who has no key is not heard
    middleware = present.get('RMW_IMPLEMENTATION', '')
    if present[RANGE] not in AT_HOME:
        return (f'WARNING: {RANGE}={present[RANGE]}: any host on this network can hear, command '
                'and arm this robot; unset it to stay on this host, or run `visuomotor up '
                '--secure`.')
    if 'fastrtps' not in middleware:
        return (f'WARNING: RMW_IMPLEMENTATION={middleware}: our fence around this host is one of '
                'Fast DDS; keep other hosts out by its own settings, or they may arm this robot.')
    own = [present[name] for name in PROFILES if present.get(name, FENCED) != FENCED]
    if own:
        return (f'WARNING: your own Fast DDS profile {own[0]} decides who can reach this robot: '
                'without interfaceWhiteList 127.0.0.1 any host that names this one can arm it.')
    return ''


# Words that ROS knows. Of others it dies, or it takes another one without a word; an empty one is
# none.
FLAG = ('0', '1')
WORDS = {
    RANGE: ('LOCALHOST', 'SUBNET', 'SYSTEM_DEFAULT', 'OFF', 'NOT_SET'),
    'ROS_LOCALHOST_ONLY': FLAG,
    'ROS_SECURITY_ENABLE': ('true', 'false'),
    'ROS_SECURITY_STRATEGY': ('Enforce', 'Permissive'),
    'RMW_FASTRTPS_PUBLICATION_MODE': ('SYNCHRONOUS', 'ASYNCHRONOUS', 'AUTO'),
    'RMW_FASTRTPS_USE_QOS_FROM_XML': FLAG,
    'RCUTILS_COLORIZED_OUTPUT': FLAG,
    'RCUTILS_LOGGING_USE_STDOUT': FLAG,
    'RCUTILS_LOGGING_BUFFERED_STREAM': FLAG,
    EXECUTOR: ('public',),
}
NUMBERS = {'ROS_DOMAIN_ID': 232, STARTER: 2**22}   # beyond it DDS has no ports, Linux no processes


def domain() -> int:
    """Return the ROS domain of this terminal; refuse what ROS would not understand."""
    return number('ROS_DOMAIN_ID')


def number(name: str) -> int:
    """Return a whole number; none is 0."""
    text = os.environ.get(name) or '0'
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= NUMBERS[name]):
        raise BadInput(f"{name} should be a whole number from 0 to {NUMBERS[name]}, but is "
                       f"'{text}'.")
    return int(text)


def prepare() -> None:
    """Fill in this process's environment, before ROS is loaded: it reads some of it at once, and
    ends the process over what it does not understand. So that is refused first."""
    for name in NUMBERS:
        number(name)
    for name, words in WORDS.items():
        if (word := os.environ.get(name)) and word not in words:
            raise BadInput(f"{name} should be {' or '.join(words)}, but is '{word}'; set it so, "
                           'or unset it.')
    _check_middleware(os.environ.get('RMW_IMPLEMENTATION', ''))
    for name in PROFILES:
        if file := os.environ.get(name):
            _check_profile(name, file)
    _check_log_folder()
    os.environ.update(missing(os.environ))
    if STARTER not in os.environ and (exposed := exposure(os.environ)):   # once, by the starter
        print(exposed, file=sys.stderr)


def _check_log_folder() -> None:
    """Make the folder for logs, as ROS would at once; it ends over one that cannot be made."""
    home = Path(os.environ.get('ROS_HOME') or '~/.ros')
    folder = Path(os.environ.get('ROS_LOG_DIR') or home / 'log').expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f'ROS keeps its logs in {folder}, but that folder cannot be made '
                       f'({error.strerror}); set ROS_LOG_DIR to one that can.') from None


def _check_middleware(name: str) -> None:
    """Refuse one that is not installed."""
    if not name or name == MIDDLEWARE:
        return
    try:
        found = name.startswith('rmw_') and ctypes.CDLL(f'lib{name}.so')
    except OSError:
        found = False
    if not found:
        raise BadInput("RMW_IMPLEMENTATION should be a middleware that is installed here, but "
                       f"'{name}' is not; unset it to have {MIDDLEWARE}.")


def _check_profile(name: str, file: str) -> None:
    """Refuse a file that Fast DDS would leave aside: pictures would be lost on the way."""
    try:
        ElementTree.parse(file)
    except (OSError, ElementTree.ParseError) as error:
        raise BadInput(f"{name} should name an XML file of Fast DDS, but '{file}' cannot be read "
                       f'({error}); mend it, or unset {name} to have ours.') from None
