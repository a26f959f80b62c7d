"""The `visuomotor` command as a user types it."""
from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner
from visuomotor.cli import up
from visuomotor.cli.main import COMMANDS, main, make_app
from visuomotor.nodes._ros import environment
from visuomotor.specs.errors import BadInput


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """What a command writes goes where nobody looks."""
    monkeypatch.chdir(tmp_path)


def typed(monkeypatch, capfd, *words):
    """Run a command in this process; return its exit code and what it said."""
    monkeypatch.setattr(sys, 'argv', ['visuomotor', *words])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capfd.readouterr()
    return left.value.code, out, err


@pytest.mark.parametrize('command', [
    ('up',), ('train',), ('evaluate',),
    ('node',), ('version',), ('list', 'robots'), ('list', 'tasks'), ('list', 'policies'),
    ('list', 'nodes')])
def test_every_command_has_help_with_an_example(command):
    said = CliRunner().invoke(make_app(), [*command, '--help'])
    assert said.exit_code == 0
    assert f'Example: visuomotor {" ".join(command)}' in ' '.join(said.output.split())


def test_the_commands_are_these():
    assert {'up', 'list', 'node', 'version'} <= set(COMMANDS)


@pytest.mark.parametrize(('words', 'sentence'), [
    (['up', '--robot', 'iwa7'], "There is no robot 'iwa7'; did you mean iiwa7 or iiwa14?"),
    (['up', '--task', 'grsp'], "There is no task 'grsp'; did you mean grasp?"),
    (['up', '--policy', 'scriptd'], "There is no policy 'scriptd'; did you mean scripted?"),
    (['up', '--policy', '/no/such/folder'], 'has no policy.yaml'),
    (['up', '--lockstep', '--processes'], 'Lock-step needs one process'),
    (['up', '--set', 'reset.speed=2'],
     '--set reset: speed should be above 0 and at most 1, but is 2'),
    (['node', 'reset', '--set', 'reset.speed=2'],
     '--set reset: speed should be above 0 and at most 1, but is 2'),
    (['up', '--rate-limit', 'fast'],
     "--rate-limit should be none or a number above 0 such as 1.0, but is 'fast'"),
    (['up', '--world', 'real'], "World 'real' needs a driver, and iiwa7 has no driver yet"),
    (['train', 'cloning', '--robot', 'iiwa7', '--task', 'reach'],
     "There is no recipe 'cloning'; known are bc."),
    (['train', 'bc', '--robot', 'iwa7', '--task', 'reach', '--out', 'none'],
     "There is no robot 'iwa7'"),
    (['train', 'bc', '--robot', 'iiwa7', '--task', 'reach', '--set', 'stps=3'],
     "unknown setting 'stps' of recipe bc"),
    (['train', 'bc', '--robot', 'iiwa7', '--task', 'reach', '--set', 'page.rate=-1'],
     'rate should be above 0'),
    (['evaluate', 'scriptd', '--robot', 'iiwa7'],
     "There is no policy 'scriptd'; did you mean scripted?"),
    (['evaluate', 'hold', '--episodes', '0'], '--episodes should be 1 or more, but is 0'),
    (['node', 'sfety'], "There is no node 'sfety'; did you mean safety or"),
    (['node'], 'Which node?'),
])
def test_bad_input_is_one_sentence_and_code_2(monkeypatch, capfd, words, sentence):
    code, out, err = typed(monkeypatch, capfd, *words)
    assert code == 2
    assert sentence in err
    assert err.strip().count('\n') == 0
    assert out == ''


def test_lists_without_a_terminal_are_columns_between_tabs(monkeypatch, capfd):
    code, out, _ = typed(monkeypatch, capfd, 'list', 'robots')
    assert code == 0
    names = [row.split('\t')[0] for row in out.splitlines()]
    assert {'iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300', 'minitaur'} <= set(names)
    code, out, _ = typed(monkeypatch, capfd, 'list', 'nodes')
    assert {'camera', 'driver', 'policy', 'safety', 'reward', 'reset', 'teleop', 'recorder',
            'supervisor'} <= {
        row.split('\t')[0] for row in out.splitlines()}


def test_the_version_is_that_of_package_xml(monkeypatch, capfd):
    code, out, _ = typed(monkeypatch, capfd, 'version')
    assert code == 0
    assert out.startswith('visuomotor 0.1.0, Python 3.')


def test_the_version_as_an_option_and_a_list_as_json(monkeypatch, capfd):
    code, out, _ = typed(monkeypatch, capfd, '--version')
    assert (code, out.startswith('visuomotor 0.1.0')) == (0, True)
    code, out, _ = typed(monkeypatch, capfd, 'list', 'robots', '--json')
    robots = {row['robot']: row for row in json.loads(out)}
    assert robots['minitaur']['joints'] == '8'
    assert 'sim' in robots['iiwa7']['worlds']


def test_settings_are_listed_with_their_range_and_origin(monkeypatch, capfd):
    code, out, _ = typed(monkeypatch, capfd, 'list', 'nodes', '--settings', 'reset', '--set',
                         'reset.speed=0.3')
    rows = {row.split('\t')[1]: row.split('\t') for row in out.splitlines()}
    assert code == 0
    assert rows['speed'][2:7] == ['0.3', '', 'above 0 and at most 1', '0.5', '--set reset']


@pytest.mark.parametrize(('text', 'limit'), [('none', 0.0), ('1', 1.0), ('2.5', 2.5)])
def test_a_rate_limit_is_none_or_a_number(text, limit):
    assert up.fastest(text) == limit


@pytest.mark.parametrize('text', ['-1', 'nan', 'inf', ''])
def test_a_rate_limit_that_is_none_of_these_is_refused(text):
    with pytest.raises(BadInput):
        up.fastest(text)


def test_the_environment_is_filled_in_but_never_overruled():
    assert environment.missing({})['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'LOCALHOST'
    assert environment.missing({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'}).keys() == {
        'RMW_IMPLEMENTATION', 'FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE',
        'SKIP_DEFAULT_XML_FILE'}
    assert environment.missing({'FASTDDS_DEFAULT_PROFILES_FILE': '/mine.xml'}).keys() == {
        'RMW_IMPLEMENTATION', 'ROS_AUTOMATIC_DISCOVERY_RANGE'}


def test_a_lockstep_run_from_start_to_summary(tmp_path):
    words = [sys.executable, '-m', 'visuomotor.cli.main', 'up', '--robot', 'iiwa7', '--task',
             'grasp', '--lockstep',
             '--episodes', '1', '--horizon', '1', '--data', str(tmp_path), '--run', 'here',
             '--namespace', 'a_test']
    apart = {**os.environ, 'ROS_DOMAIN_ID': str(100 + os.getpid() % 100)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False,
                          env=apart)
    assert done.returncode == 0, done.stderr[-2000:]
    assert 'episode 1/1' in done.stdout
    assert 'control steps' in done.stdout
    folder = tmp_path / 'iiwa7-grasp' / 'here'
    assert (folder / 'contact_sheet.png').stat().st_size > 1000
    assert len(list(folder.glob('*.mcap'))) == 1
