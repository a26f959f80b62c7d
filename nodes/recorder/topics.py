"""Which topics an episode is made of, and the text of their types, which recorded files carry."""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from visuomotor.specs.codes import PROPOSERS
from visuomotor.specs.errors import BadInput

GRAPH = ('joint_states sensor_msgs/msg/JointState', 'imu sensor_msgs/msg/Imu',
         *(f'action/{source} visuomotor/msg/Proposal' for source in PROPOSERS.values()),
         'command visuomotor/msg/Command', 'sent visuomotor/msg/Sent',
         'safety/status visuomotor/msg/SafetyStatus', 'world/truth visuomotor/msg/WorldTruth',
         'reward visuomotor/msg/Reward', 'policy/status visuomotor/msg/PolicyStatus')
EPISODE = 'episode'  # always recorded: it says when to begin and when to store
SEPARATOR = '=' * 80
SIZES = {'bool': 1, 'byte': 1, 'char': 1, 'int8': 1, 'uint8': 1, 'int16': 2, 'uint16': 2,
         'int32': 4, 'uint32': 4, 'float32': 4, 'int64': 8, 'uint64': 8, 'float64': 8}   # bytes
BUILT_IN = {*SIZES, 'string', 'wstring'}
FIELD = re.compile(r'^([A-Za-z][\w/]*)(?:<=\d+)?(?:\[[^\]]*\])?\s+[A-Za-z]')


def to_record(listed: Iterable[str], cameras: Iterable[str]) -> dict[str, str]:
    """Return type by topic of what to record: as listed, or the whole graph with these cameras."""
    lines = list(listed) or [*GRAPH, *(line for name in cameras for line in of_camera(name))]
    pairs = dict(_pair(line) for line in lines)
    pairs.pop(EPISODE, None)
    return pairs


def of_camera(name: str) -> tuple[str, str]:
    return (f'camera/{name}/image sensor_msgs/msg/Image',
            f'camera/{name}/camera_info sensor_msgs/msg/CameraInfo')


def split_type(kind: str) -> tuple[str, str]:
    """Return Python module and class of `package/msg/Name`."""
    package, _, name = kind.partition('/msg/')
    return f'{package}.msg', name


def _pair(line: str) -> tuple[str, str]:
    words = line.split()
    if len(words) != 2 or words[1].count('/msg/') != 1:
        raise BadInput(f"A topic to record is written as 'topic package/msg/Name', but '{line}' "
                       "came.")
    return words[0], words[1]


@lru_cache
def definition(kind: str) -> str:
    """Return the .msg text of `package/msg/Name` and of every type that it needs, each once."""
    texts = {kind: text(kind)}
    waiting = list(needed(kind, texts[kind]))
    while waiting:
        inner = waiting.pop(0)
        if inner not in texts:
            texts[inner] = text(inner)
            waiting.extend(needed(inner, texts[inner]))
    first, *others = texts.items()
    nested = [f'{SEPARATOR}\nMSG: {name.replace("/msg/", "/")}\n{words}' for name, words in others]
    return '\n'.join([first[1], *nested])


def needed(kind: str, content: str) -> list[str]:
    """Return the types that the fields of a message name, in full."""
    package = kind.split('/')[0]
    found = (FIELD.match(line.split('#')[0].strip()) for line in content.splitlines())
    names = [match.group(1) for match in found if match and match.group(1) not in BUILT_IN]
    return [full(name, package) for name in dict.fromkeys(names)]


def full(name: str, package: str) -> str:
    """Return `package/msg/Name` of a type that is named inside a package, its own or another."""
    *where, last = name.split('/')
    return f'{where[0] if where else package}/msg/{last}'


@lru_cache
def text(kind: str) -> str:
    """Return the .msg file of a type from the first prefix that has it."""
    package, _, name = kind.partition('/msg/')
    for prefix in prefixes():
        path = prefix / 'share' / package / 'msg' / f'{name}.msg'
        if path.is_file():
            return path.read_text()
    raise BadInput(f"There is no message type '{kind}' below {', '.join(map(str, prefixes()))}; "
                   'write it as package/msg/Name and source the workspace that has it.')


def prefixes() -> list[Path]:
    """Return where ROS packages are installed: every sourced workspace, then Python itself."""
    named = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    return [*map(Path, filter(None, named)), Path(sys.prefix)]
