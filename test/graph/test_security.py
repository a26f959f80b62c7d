"""Who may say what under `up --secure`, read back from the policy, and what is said where there is
no security to be had.

Our wheels have neither sros2 nor a Fast DDS with security, so the policy was tried by hand with the
real sros2 0.13 (Jazzy): its Python sources, lxml and cryptography 41 in a folder on PYTHONPATH, its
xml_cache under share/sros2 of a folder in AMENT_PREFIX_PATH, and a `ros2` on PATH that hands
`security generate_artifacts -k … -p …` to sros2.api. `make_keys` then made a keystore for an iiwa7
in namespace left with a joystick: the policy passed sros2's schema, each of the ten enclaves got
its key, a permissions.xml that passed the schema of DDS, with the deny rule first, and its
signature; made again, it renewed them. No graph has been run under security yet."""
from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner
from visuomotor.cli import main
from visuomotor.graph import command_line, security
from visuomotor.graph.description import Choices, describe
from visuomotor.specs.errors import BadInput

NODES = Path(__file__).parents[2] / 'nodes'
PROCESSES = ['world', 'policy', 'reset', 'teleop', 'reward', 'safety', 'recorder', 'supervisor',
             'console', 'operator']


@pytest.fixture(scope='module')
def enclaves():
    graph = describe(Choices(robot='iiwa7', namespace='left', teleop='joy'))
    root = ElementTree.fromstring(security.policy(graph))
    assert (root.tag, root.attrib) == ('policy', {'version': '0.2.0'})
    return {one.attrib['path'].strip('/'): one for one in root.iter('enclave')}


def may(enclaves, what, kind, name):
    """Return the programs that may do this: what is denied counts before what is allowed."""
    allowed = []
    for program, enclave in enclaves.items():
        profile, = enclave.iter('profile')
        assert profile.attrib['ns'] == '/left'
        rules = [(rule.attrib[what], one.text) for rule in profile.iter(f'{kind}s')
                 for one in rule.iter(kind) if what in rule.attrib]
        if ('DENY', name) not in rules and any(fnmatch(name, pattern) for said, pattern in rules
                                               if said == 'ALLOW'):
            allowed.append(program)
    return allowed


def test_each_program_has_keys_and_so_has_a_person(enclaves):
    assert list(enclaves) == PROCESSES


@pytest.mark.parametrize(('topic', 'speakers'), [
    ('command', ['safety']), ('safety/status', ['safety']), ('joint_states', ['world']),
    ('imu', ['world']), ('sent', ['world']), ('driver/status', ['world']),
    ('world/truth', ['world']), ('action/policy', ['policy']), ('action/reset', ['reset']),
    ('action/teleop', ['teleop']), ('joy', ['operator']), ('operator/heartbeat', ['operator']),
    ('safety/stop_now', PROCESSES)])
def test_only_who_owns_a_topic_publishes_it_and_everybody_hears_it(enclaves, topic, speakers):
    assert may(enclaves, 'publish', 'topic', topic) == speakers
    assert may(enclaves, 'subscribe', 'topic', topic) == PROCESSES


@pytest.mark.parametrize(('service', 'servers', 'callers'), [
    ('safety/stop', ['safety'], PROCESSES), ('safety/arm', ['safety'], ['teleop', 'operator']),
    ('world/new_scene', ['world'], PROCESSES)])
def test_only_safety_stops_and_arms_and_no_policy_asks_to_be_armed(enclaves, service, servers,
                                                                   callers):
    assert may(enclaves, 'reply', 'service', service) == servers
    assert may(enclaves, 'request', 'service', service) == callers


def test_nobody_speaks_in_the_namespace_of_another_robot(enclaves):
    for enclave in enclaves.values():
        allowed = [one.text for rule in enclave.iter('topics') if 'ALLOW' in rule.attrib.values()
                   for one in rule]
        assert allowed == ['*', '/rosout', '/parameter_events', '/diagnostics', '/tf',
                           '/tf_static', '/clock']


def test_every_node_may_publish_and_serve_what_its_source_does():
    for call, owner in (('publisher', security.SPEAKER), ('service', security.SERVER)):
        for file in NODES.glob('*/node.py'):
            made = re.findall(rf"self\.{call}\(\w+,\s*'([^']+)'", file.read_text())
            assert {owner.get(name, file.parent.name) for name in made} <= {file.parent.name}


def test_a_program_is_told_which_keys_are_its_own():
    assert command_line.enclave('safety') == ['--ros-args', '--enclave', '/safety']


def test_where_there_is_no_security_it_is_said_and_nothing_starts(tmp_path, monkeypatch):
    for name in security.ENFORCED:
        monkeypatch.setenv(name, 'false')   # put back afterwards
    monkeypatch.setenv('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp')
    monkeypatch.setattr(security, 'find_spec', lambda name: None)
    monkeypatch.setattr(security, 'offers_security', lambda middleware: False)
    words = ['up', '--secure', '--robot', 'minitaur', '--data', str(tmp_path / 'data')]
    refused = CliRunner().invoke(main.make_app(), words).exception
    assert isinstance(refused, BadInput)
    assert str(refused) == (
        '--secure needs sros2 and a middleware with DDS security, but here the package sros2 is '
        'not installed and rmw_fastrtps_cpp was built without security; use a ROS install with '
        'ros-jazzy-sros2, or leave out --secure and stay on this host.')
    assert not (tmp_path / 'data').exists()


@pytest.mark.parametrize(('built', 'offers'), [
    (b"...This Fast DDS version doesn't have the security libraries...", False), (b'...', True)])
def test_a_middleware_without_security_is_known_by_what_it_would_say(tmp_path, monkeypatch, built,
                                                                     offers):
    (tmp_path / 'library').write_bytes(built)
    monkeypatch.setattr(security, 'library', lambda name: tmp_path / 'library')
    assert security.offers_security('rmw_fastrtps_cpp') is offers
    assert not security.offers_security('rmw_of_somebody_cpp')


def test_a_library_is_found_where_the_loader_finds_it():
    assert security.library('libc.so.6').name == 'libc.so.6'


def test_lock_step_is_one_program_and_has_no_keys(monkeypatch):
    for name in security.ENFORCED:
        monkeypatch.setenv(name, 'false')
    monkeypatch.setattr(security, 'require', lambda: None)
    refused = CliRunner().invoke(main.make_app(), ['up', '--secure', '--lockstep']).exception
    assert 'leave out --lockstep or --processes and --secure' in str(refused)


def test_keys_are_made_by_sros2_in_a_folder_of_this_user_alone(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    monkeypatch.setenv('ROS_DOMAIN_ID', '7')
    monkeypatch.setenv('PATH', f'{tmp_path}:/usr/bin:/bin')
    tool = tmp_path / 'ros2'
    tool.write_text('#!/bin/sh\necho "$ROS_DOMAIN_ID $@" > "$4/asked"\n')
    tool.chmod(0o755)
    made = security.make_keys(describe(Choices(robot='iiwa7', namespace='left')))
    assert made == tmp_path / 'visuomotor' / 'iiwa7' / 'left' / 'keystore'
    assert oct(made.stat().st_mode) == '0o40700'
    assert (made / 'asked').read_text() == (
        f'7 security generate_artifacts -k {made} -p {made}/policy.xml\n')
    tool.write_text('#!/bin/sh\necho Unable to generate >&2; exit 1\n')
    with pytest.raises(BadInput, match=r'sros2 could not make the keys in .*: Unable to generate;'):
        security.make_keys(describe(Choices(robot='iiwa7', namespace='left')))
