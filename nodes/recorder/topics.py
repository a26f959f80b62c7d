"""Which topics an episode is made of."""
from __future__ import annotations

from collections.abc import Iterable

from visuomotor.specs.errors import BadInput

GRAPH = (
    'joint_states sensor_msgs/msg/JointState', 'imu sensor_msgs/msg/Imu',
    *(f'action/{source} visuomotor/msg/Proposal' for source in ('policy', 'reset', 'teleop')),
    'command visuomotor/msg/Command', 'sent visuomotor/msg/Sent', 'safety/status visuomotor/msg/SafetyStatus',
    'world/truth visuomotor/msg/WorldTruth',
    'reward visuomotor/msg/Reward', 'policy/status visuomotor/msg/PolicyStatus',
)
EPISODE = 'episode'  # always recorded: it says when to begin and when to store


def to_record(listed: Iterable[str], cameras: Iterable[str]) -> dict[str, str]:
    """Return type by topic of what to record: the list given, or else the whole graph with these cameras."""
    lines = list(listed) or [*GRAPH, *(line for name in cameras for line in of_camera(name))]
    pairs = dict(_pair(line) for line in lines)
    pairs.pop(EPISODE, None)
    return pairs


def of_camera(name: str) -> tuple[str, str]:
    return f'camera/{name}/image sensor_msgs/msg/Image', f'camera/{name}/camera_info sensor_msgs/msg/CameraInfo'


def split_type(kind: str) -> tuple[str, str]:
    """Return Python module and class of `package/msg/Name`."""
    package, _, name = kind.partition('/msg/')
    return f'{package}.msg', name


def _pair(line: str) -> tuple[str, str]:
    words = line.split()
    if len(words) != 2 or words[1].count('/msg/') != 1:
        raise BadInput(f"A topic to record is written as 'topic package/msg/Name', but '{line}' came.")
    return words[0], words[1]
