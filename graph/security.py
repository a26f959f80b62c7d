"""Who may say what, as an SROS2 policy: each program of the graph has keys of its own, and the
middleware refuses it what belongs to another. sros2 makes them, where that is there to be had."""
from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from visuomotor.graph.description import Graph
from visuomotor.graph.stop_file import state_folder
from visuomotor.nodes._ros import environment
from visuomotor.specs.errors import BadInput

OPERATOR = 'operator'   # the keys of a person's own tools
# Topics that only one room publishes; whatever stops a robot is everybody's.
SPEAKER = {'command': 'safety', 'safety/status': 'safety',
           **dict.fromkeys(('joint_states', 'imu', 'sent', 'driver/status', 'world/truth'),
                           'driver'),
           'action/policy': 'policy', 'action/reset': 'reset', 'action/teleop': 'teleop',
           'joy': OPERATOR, 'operator/heartbeat': OPERATOR}
SERVER = {'safety/stop': 'safety', 'safety/arm': 'safety', 'world/new_scene': 'driver'}
CALLERS = {'safety/arm': ('teleop', OPERATOR)}   # who may ask; others anybody
OF_ALL = ('/rosout', '/parameter_events', '/diagnostics', '/tf', '/tf_static', '/clock')
ENFORCED = {'ROS_SECURITY_ENABLE': 'true', 'ROS_SECURITY_STRATEGY': 'Enforce'}
KEYSTORE = 'ROS_SECURITY_KEYSTORE'
# The library that makes a participant, and what it says where it was built without security.
WITHOUT = {'rmw_fastrtps_cpp': ('librmw_fastrtps_shared_cpp.so',
                                b"doesn't have the security libraries"),
           'rmw_cyclonedds_cpp': ('librmw_cyclonedds_cpp.so',
                                  b'does not have security support enabled')}


def require() -> None:
    """Refuse where keys could not be made, or would mean nothing."""
    middleware = os.environ['RMW_IMPLEMENTATION']
    tool = find_spec('sros2') and shutil.which('ros2')
    lacks = [] if tool else ['the package sros2 is not installed']
    if not offers_security(middleware):
        lacks.append(f'{middleware} was built without security')
    if lacks:
        raise BadInput('--secure needs sros2 and a middleware with DDS security, but here '
                       f'{" and ".join(lacks)}; use a ROS install with ros-jazzy-sros2, or leave '
                       'out --secure and stay on this host.')


def offers_security(middleware: str) -> bool:
    """Tell whether a middleware was built with security; of an unknown one nobody knows."""
    name, mark = WITHOUT.get(middleware, ('', b''))
    return bool(name) and mark not in library(name).read_bytes()


def library(name: str) -> Path:
    """Return the file of a shared library, as the loader finds it."""
    ctypes.CDLL(name)
    lines = Path('/proc/self/maps').read_text().splitlines()
    return next(Path(line.split(maxsplit=5)[-1]) for line in lines if f'/{name}' in line)


def policy(graph: Graph) -> str:
    """Write down who may say what in a graph."""
    root = ElementTree.Element('policy', version='0.2.0')
    enclaves = ElementTree.SubElement(root, 'enclaves')
    space = f'/{graph.choices.namespace.strip("/")}'
    members: dict[str, Sequence[str]] = {
        name: [entry.room for entry in entries] for name, entries in graph.processes.items()}
    for process, rooms in {**members, 'console': ['console'], OPERATOR: [OPERATOR]}.items():
        one = ElementTree.SubElement(enclaves, 'enclave', path=f'/{process}')
        profiles = ElementTree.SubElement(one, 'profiles')
        profile = ElementTree.SubElement(profiles, 'profile', ns=space, node=rooms[0])
        others = [topic for topic, room in SPEAKER.items() if room not in rooms]
        served = [service for service, room in SERVER.items() if room not in rooms]
        asked = [service for service, who in CALLERS.items() if not {*who} & {*rooms}]
        _rule(profile, 'topic', others, publish='DENY')
        _rule(profile, 'service', served, reply='DENY')
        _rule(profile, 'service', asked, request='DENY')
        _rule(profile, 'topic', ('*', *OF_ALL), publish='ALLOW', subscribe='ALLOW')
        _rule(profile, 'service', '*', reply='ALLOW', request='ALLOW')
        _rule(profile, 'action', '*', call='ALLOW', execute='ALLOW')
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding='unicode')


def _rule(profile: ElementTree.Element, kind: str, names: Iterable[str], **what: str) -> None:
    if names:
        rule = ElementTree.SubElement(profile, f'{kind}s', what)
        for name in names:
            ElementTree.SubElement(rule, kind).text = name


def make_keys(graph: Graph) -> Path:
    """Make or renew the keys of a graph and return their folder: every robot has its own, so that
    the keys of one open nothing at another."""
    names = (graph.choices.robot, *graph.choices.namespace.strip('/').split('/'), 'keystore')
    keystore = state_folder(os.environ).joinpath(*names)
    keystore.mkdir(mode=0o700, parents=True, exist_ok=True)
    keystore.chmod(0o700)
    written = keystore / 'policy.xml'
    written.write_text(policy(graph))
    os.environ['ROS_DOMAIN_ID'] = str(environment.domain())   # the keys are of this domain alone
    made = subprocess.run(['ros2', 'security', 'generate_artifacts', '-k', str(keystore), '-p',
                           str(written)], capture_output=True, text=True, check=False)
    if made.returncode:
        said = (made.stderr.strip().splitlines() or ['it said nothing'])[-1]
        raise BadInput(f'sros2 could not make the keys in {keystore}: {said}; move that folder '
                       'away, or leave out --secure.')
    return keystore
