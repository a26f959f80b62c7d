"""What ROS reads from the environment, set before it starts where the user has not chosen."""
from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput

EXECUTOR = 'VISUOMOTOR_EXECUTOR'   # 'public' asks for rclpy's own
# process id of the program that starts others; they end with it, however it ends
STARTER = 'VISUOMOTOR_STARTER'
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


# Words that ROS knows. Of others it dies, or it takes another one without a word; an empty one is
# none.
FLAG = ('0', '1')
WORDS = {
    'ROS_AUTOMATIC_DISCOVERY_RANGE': ('LOCALHOST', 'SUBNET', 'SYSTEM_DEFAULT', 'OFF', 'NOT_SET'),
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
    if not name or name == DEFAULTS['RMW_IMPLEMENTATION']:
        return
    try:
        found = name.startswith('rmw_') and ctypes.CDLL(f'lib{name}.so')
    except OSError:
        found = False
    if not found:
        raise BadInput("RMW_IMPLEMENTATION should be a middleware that is installed here, but "
                       f"'{name}' is not; unset it to have "
                       f"{DEFAULTS['RMW_IMPLEMENTATION']}.")


def _check_profile(name: str, file: str) -> None:
    """Refuse a file that Fast DDS would leave aside: pictures would be lost on the way."""
    try:
        ElementTree.parse(file)
    except (OSError, ElementTree.ParseError) as error:
        raise BadInput(f"{name} should name an XML file of Fast DDS, but '{file}' cannot be read "
                       f'({error}); mend it, or unset {name} to have ours.') from None
