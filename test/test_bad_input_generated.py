"""Bad input without end: config files, options and recordings, damaged by a seeded generator. Every
one has to be refused with a sentence and exit code 2 before anything moves. BAD_INPUTS=400 tries as
many."""
from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import yaml
from visuomotor.cli.main import main, make_app
from visuomotor.nodes._ros.node import Node
from visuomotor.policies import make
from visuomotor.specs import paths
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task

MANY = int(os.environ.get('BAD_INPUTS', '24'))
CONFIG = paths.CONFIG
DOES = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach',
        'minitaur': 'walk'}
FREE = ('title', 'name', 'sources')     # words for people: any text will do
POSITIVE = ('velocity', 'acceleration', 'jerk', 'effort', 'control_hz', 'command_age', 'fov',
            'width', 'height', 'rate',
            # nobody means 0 or less by these
            'horizon', 'physics_hz', 'solver_iterations', 'force', 'speed', 'size')
NAMES = ('urdf', 'base_link', 'tip_link', 'mode', 'link', 'kind', 'split', 'target', 'subject')


class Moved(BaseException):
    """Something was about to move."""


def refuse(*_: Any, **__: Any) -> None:
    raise Moved


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch, tmp_path):
    monkeypatch.setattr(Node, 'trigger_activate', refuse)
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))   # locks of our own
    monkeypatch.chdir(tmp_path)
    load_robot.cache_clear()
    yield
    load_robot.cache_clear()


def outcome(monkeypatch, capfd, words: list[str]) -> tuple[int, str, str]:
    """Run a command in this process. Return its exit code, its result, and what it said to
    people."""
    monkeypatch.setattr(sys, 'argv', ['visuomotor', *words])
    try:
        main()
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    except Moved:
        code = -1
    except Exception as error:
        return 1, '', f'Traceback: {type(error).__name__}: {error}'
    out, said = capfd.readouterr()
    return code, out, said


def faults(code: int, said: str) -> str:
    """Say what is wrong with how something was refused; '': nothing."""
    if 'Traceback' in said:
        return said[-300:]
    if code == -1:
        return 'accepted in silence'
    return '' if code == 2 and said.strip() else f'exit code {code}, it said: {said[-200:]}'


# Config files.
def leaves(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every single value."""
    pairs = content.items() if isinstance(content,
                                          dict) else enumerate(content) if isinstance(content,
                                                                                      list) else ()
    if not isinstance(content, dict | list):
        yield way
    for key, value in pairs:
        yield from leaves(value, (*way, key))


def changed(content: Any, way: tuple[Any, ...], value: Any) -> Any:
    new = copy.deepcopy(content)
    place = new
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return new


def wrong_values(way: tuple[Any, ...], value: Any) -> list[Any]:
    """Return what nobody could mean there."""
    if isinstance(value, bool):
        return ['perhaps', 7, [True]]
    if isinstance(value, int | float):
        named = [key for key in way if isinstance(key, str)]
        lower = [0, -1] if named[-1] in POSITIVE and 'randomise' not in way else []
        return [float('nan'), float('inf'), float('-inf'), 1e300, -1e300, 'fast', [1.0], {'a': 1},
                True, *lower]
    return [7, ['a'], {'a': 1}, *(['nonsense', '../x', '💥'] if way[-1] in NAMES else [])]


def damaged_config(rng: np.random.Generator) -> tuple[Path, bytes, str]:
    """Return a config file, what it holds instead, and what that is called."""
    files = sorted(CONFIG.glob('*/*.yaml'))
    folders = sorted({file.parent for file in files})
    folder = folders[rng.integers(len(folders))]
    file = rng.choice([str(f) for f in files if f.parent == folder])
    path = Path(file)
    raw = path.read_bytes()
    content = yaml.safe_load(raw) or {}
    first = next(iter(content), 'more')
    whole = {'empty': b'', 'binary': rng.bytes(200), 'not UTF-8': b'# \xff\xfe\n' + raw,
             'a list': b'- 1\n- 2\n',
             'a key twice': raw + f'\n{first}: 1\n{first}: 1\n'.encode(), 'an unknown key': raw
             + b'\nnonsense: 1\n',
             'not closed': raw + b'\nmore: {a: [1\n', 'a tab': raw + b'\n\tx: 1\n'}
    ways = [way for way in leaves(content) if way[0] not in FREE and way[-1] not in FREE]
    if rng.random() < 0.2 or not ways:
        # nothing set is no fault
        kind = str(rng.choice([kind for kind in whole if content or kind != 'empty']))
        return path, whole[kind], kind
    way = ways[rng.integers(len(ways))]
    value = content
    for key in way:
        value = value[key]
    wrong = wrong_values(way, value)
    chosen = wrong[rng.integers(len(wrong))]
    return path, yaml.safe_dump(changed(content, way,
                                        chosen)).encode(), f'{".".join(map(str, way))}={chosen!r}'


def reader(file: Path) -> list[str]:
    """Return a command that reads this file."""
    room, name = file.parent.name, file.stem
    if room in ('robots', 'collision'):
        return ['up', '--robot', name, '--task', DOES[name], '--lockstep', '--randomise']
    if room == 'tasks':
        robot = load_task(name).robots[0]
        return ['up', '--robot', robot, '--task', name, '--lockstep', '--randomise']
    if room == 'policies':
        return ['up', '--robot', 'minitaur', '--task', 'walk', '--lockstep', '--policy', name]
    return ['up', '--robot', 'j2n6s300', '--task', 'reach', '--lockstep']


def other_config(folder: Path, file: Path, content: bytes) -> Path:
    """Lay out the config folder again, with one file changed."""
    new = folder / 'config'
    for path in sorted(CONFIG.rglob('*')):
        target = new / path.relative_to(CONFIG)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path != file:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    (new / file.relative_to(CONFIG)).write_bytes(content)
    return new


@pytest.mark.parametrize('number', range(MANY // 2))
def test_a_config_file_that_nobody_could_mean_is_refused(monkeypatch, capfd, tmp_path, number):
    file, content, what = damaged_config(np.random.default_rng([1, number]))
    words = reader(file)
    monkeypatch.setattr(paths, 'CONFIG', other_config(tmp_path, file, content))
    monkeypatch.setattr(make, 'FOLDER', tmp_path / 'config' / 'policies')
    code, _, said = outcome(monkeypatch, capfd, words)
    assert faults(code, said) == '', f'{file.parent.name}/{file.name}: {what}'


# Options.
WRONG = {int: ['abc', '-1', '1e99', 'nan', '', '99999999999999999999'],
         float: ['abc', 'nan', 'inf', '-1', '', '-inf']}
WRONG_NAMES = ['../../x', 'two words', '%s', '💥', 'a=b=c', '-']
NAMED = ('robot', 'task', 'policy', 'world', 'namespace', 'run', 'scene', 'teleop', 'rate_limit',
         'limit', 'set')


def wrong_options() -> list[list[str]]:
    """Return every command with one option that nobody could mean, for each such option and
    value."""
    found = []
    for name, command in typer.main.get_command(make_app()).commands.items():   # type: ignore[attr-defined]
        if name not in ('up', 'look'):
            continue
        for option in command.params:
            wrong = WRONG.get(type(option.default), WRONG_NAMES if option.name in NAMED else [])
            start = [name,
                     *(['picture.png'] if name == 'look'
                       else ['--robot', 'minitaur', '--task', 'walk', '--lockstep'])]
            found += [[*start, option.opts[-1], value] for value in wrong
                      if option.opts[-1].startswith('--')]
    return found


@pytest.mark.parametrize('number', range(MANY // 4))
def test_an_option_that_nobody_could_mean_is_refused(monkeypatch, capfd, number):
    rng = np.random.default_rng([2, number])
    every = wrong_options()
    words = every[rng.integers(len(every))]
    code, _, said = outcome(monkeypatch, capfd, words)
    assert faults(code, said) == '', ' '.join(words)


# Recordings.
@pytest.fixture(scope='module')
def recording(tmp_path_factory) -> Path:
    """Return one short recorded episode."""
    folder = tmp_path_factory.mktemp('recorded')
    words = ['up', '--robot', 'j2n6s300', '--task', 'reach', '--lockstep', '--episodes', '1',
             '--horizon', '0.5', '--quiet',
             '--run', 'one', '--data', str(folder)]
    alone = {**os.environ, 'ROS_DOMAIN_ID': '97', 'XDG_RUNTIME_DIR': str(folder)}
    subprocess.run([sys.executable, '-m', 'visuomotor.cli.main', *words], check=True,
                   capture_output=True, env=alone)
    return next(folder.rglob('episode_00001.mcap'))


def damaged_recording(raw: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    kind = str(rng.choice(['cut', 'cut', 'flipped', 'flipped', 'flipped', 'empty', 'random',
                           'zeros']))
    if kind == 'cut':
        end = int(rng.integers(1, len(raw)))
        return raw[:end], f'cut at {end} of {len(raw)}'
    if kind == 'flipped':
        place = int(rng.integers(len(raw)))
        return raw[:place] + bytes([raw[place] ^ (1 << int(rng.integers(8)))]) + raw[place + 1:], f'flipped at {place}'  # noqa: E501
    return {'empty': b'', 'random': rng.bytes(5000), 'zeros': bytes(5000)}[kind], kind


@pytest.mark.parametrize('number', range(MANY // 4))
def test_a_damaged_recording_is_refused_or_says_what_it_said(monkeypatch, capfd, tmp_path,
                                                             recording, number):
    rng = np.random.default_rng([3, number])
    content, what = damaged_recording(recording.read_bytes(), rng)
    words = ['safety', str(rng.choice(['judge', 'replay']))]
    whole = outcome(monkeypatch, capfd, [*words, str(recording)])
    damaged = tmp_path / recording.name
    damaged.write_bytes(content)
    code, out, said = outcome(monkeypatch, capfd, [*words, str(damaged)])
    assert (code, out) == whole[:2] or faults(code, said) == '', f'{words}: {what}'
