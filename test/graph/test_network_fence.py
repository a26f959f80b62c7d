"""Two hosts on one network: what is outside hears nothing of a robot and moves nothing.

The hosts are network namespaces of the kernel, joined by a cable, each with shared memory of its
own.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree

import pytest
from visuomotor.nodes._ros import environment

TWO_HOSTS = """
mount -t tmpfs none /dev/shm
unshare -n -m sleep 100 & other=$!
trap 'kill $other $(jobs -p)' EXIT
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add here type veth peer name there && ip link set there netns $other
ip addr add 10.9.0.1/24 dev here && ip link set here up && ip link set lo up
inside() { nsenter -t $other -n -m "$@"; }
inside ip addr add 10.9.0.2/24 dev there; inside ip link set there up; inside ip link set lo up
inside mount -t tmpfs none /dev/shm
"$PYTHON" -m visuomotor.cli.main node driver -p robot:=minitaur -p world:=fake &
"$PYTHON" -m visuomotor.cli.main node safety -p robot:=minitaur &
"$PYTHON" -c "$STRANGER" 40
inside env -u FASTRTPS_DEFAULT_PROFILES_FILE -u FASTDDS_DEFAULT_PROFILES_FILE \\
  ROS_STATIC_PEERS=10.9.0.1 ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET "$PYTHON" -c "$STRANGER" $LISTENS
"""
# Listens, and asks to arm until it may; ends early when it has had everything.
STRANGER = textwrap.dedent("""
    import json, sys, time
    import rclpy
    from rclpy.qos import qos_profile_sensor_data
    from sensor_msgs.msg import JointState
    from visuomotor.srv import Arm
    rclpy.init()
    node = rclpy.create_node('stranger')
    heard = []
    node.create_subscription(JointState, 'joint_states', heard.append, qos_profile_sensor_data)
    arm = node.create_client(Arm, 'safety/arm')
    answer, armed, until = None, False, time.monotonic() + float(sys.argv[1])
    while time.monotonic() < until and not (heard and armed):
        rclpy.spin_once(node, timeout_sec=0.05)
        if answer and answer.done():
            armed, answer = answer.result().armed, None
        elif answer is None and arm.service_is_ready():
            answer = arm.call_async(Arm.Request(reason='a stranger'))
    print(json.dumps({'heard': bool(heard), 'armed': armed}))
""")


def may_make_networks() -> bool:
    tried = subprocess.run(['unshare', '-rnm', 'true'], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.skipif(not may_make_networks(), reason='this kernel lets nobody make a network')
@pytest.mark.parametrize(('reach', 'outside', 'listens'), [
    ('LOCALHOST', {'heard': False, 'armed': False}, 6),
    ('SUBNET', {'heard': True, 'armed': True}, 40)])
def test_another_host_hears_and_arms_only_where_it_was_let_in(tmp_path, reach, outside, listens):
    surroundings = {'PATH': os.environ['PATH'], 'PYTHONPATH': os.environ.get('PYTHONPATH', ''),
                    'HOME': str(tmp_path), 'ROS_DOMAIN_ID': '0', 'PYTHON': sys.executable,
                    'XDG_RUNTIME_DIR': str(tmp_path), 'STRANGER': STRANGER,
                    'LISTENS': str(listens)}
    ours = environment.missing({environment.RANGE: reach})
    said = subprocess.run(['unshare', '-rnm', 'bash', '-c', TWO_HOSTS], check=True, text=True,
                          capture_output=True, timeout=90,
                          env={**surroundings, **ours, environment.RANGE: reach})
    at_home, elsewhere = (json.loads(line) for line in said.stdout.splitlines()
                          if line.startswith('{'))
    assert at_home == {'heard': True, 'armed': True}, said.stderr
    assert elsewhere == outside, said.stderr


def test_the_two_profiles_differ_by_the_fence_alone():
    def transports(path: str) -> tuple[list[str], list[tuple[str, str]]]:
        tree = ElementTree.fromstring(Path(path).read_text())
        numbers = [(e.tag.split('}')[1], (e.text or '').strip()) for e in tree.iter()]
        fence = [text for tag, text in numbers if tag == 'address']
        return fence, [pair for pair in numbers if pair[0] not in ('address', 'interfaceWhiteList')]

    fenced, opened = transports(environment.FENCED), transports(environment.OPEN)
    assert (fenced[0], opened[0]) == (['127.0.0.1'], [])
    assert fenced[1] == opened[1]


@pytest.mark.parametrize(('chosen', 'said'), [
    ({}, ''), ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'OFF'}, ''),
    ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'}, 'any host on this network can hear'),
    ({'FASTDDS_DEFAULT_PROFILES_FILE': '/mine.xml'}, 'your own Fast DDS profile /mine.xml')])
def test_reaching_beyond_this_host_is_said_aloud(chosen, said):
    exposed = environment.exposure({**chosen, **environment.missing(chosen)})
    assert (said in exposed) if said else exposed == ''
