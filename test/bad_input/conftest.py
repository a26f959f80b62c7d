"""Bad input without end: a seeded generator damages what people give, in five classes, one file
each. Every case has to be refused with a sentence and exit code 2 before anything moves.
BAD_INPUTS=400 tries as many."""
from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from visuomotor.cli.main import main
from visuomotor.evaluation import face
from visuomotor.graph import compose
from visuomotor.nodes._ros.node import Node
from visuomotor.robots import collision_pairs
from visuomotor.specs.robot import load_robot
from visuomotor.worlds.action_runner import ActionRunner

MANY = int(os.environ.get('BAD_INPUTS', '24'))
CLASSES = ('config', 'options', 'recordings', 'checkpoints', 'environment')
POSITIVE = ('velocity', 'acceleration', 'jerk', 'effort', 'control_hz', 'command_age', 'fov',
            'width', 'height', 'rate',
            # nobody means 0 or less by these
            'horizon', 'physics_hz', 'solver_iterations', 'force', 'speed', 'size')
NAMES = ('urdf', 'base_link', 'tip_link', 'mode', 'link', 'kind', 'split', 'target', 'subject',
         'robot', 'task', 'net')


def of_class(metafunc: pytest.Metafunc) -> int:
    return CLASSES.index(metafunc.definition.path.stem.removeprefix('test_bad_'))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each class its share of the cases; a case has a generator of its own."""
    if 'rng' in metafunc.fixturenames:
        place = of_class(metafunc)
        count = len(range(place, MANY, len(CLASSES)))
        metafunc.parametrize('rng', [np.random.default_rng([place + 1, number])
                                     for number in range(count)], ids=range(count))


class Moved(BaseException):
    """Something was about to move, or to be learned."""


def refuse(*_: Any, **__: Any) -> None:
    raise Moved


@pytest.fixture(autouse=True)
def _nothing_moves(monkeypatch, tmp_path, domain):
    made, make, find = [], compose.make, collision_pairs.find

    def remember(*given: Any, **more: Any) -> Any:
        made.append(make(*given, **more))
        return made[-1]

    def activate(_: Any) -> None:
        compose.take_down(made)     # or the next case would find the robot taken
        raise Moved

    def look(spec: Any) -> None:
        find(spec, postures=1)
        raise Moved

    monkeypatch.setattr(compose, 'make', remember)
    monkeypatch.setattr(Node, 'trigger_activate', activate)
    monkeypatch.setattr(ActionRunner, 'begin', refuse)
    monkeypatch.setattr(face, 'rollout', refuse)
    monkeypatch.setattr(collision_pairs, 'find', look)
    monkeypatch.setattr(subprocess, 'Popen', refuse)
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))   # locks of our own
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    monkeypatch.setenv('COLUMNS', '1000')
    monkeypatch.chdir(tmp_path)
    load_robot.cache_clear()
    yield
    load_robot.cache_clear()


@pytest.fixture
def outcome(monkeypatch, capfd) -> Callable[[list[str]], tuple[int, str, str]]:
    """Return what runs a command in this process and tells its exit code (-1: it was about to
    move), its result, and what it said to people."""
    def run(words: list[str]) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, 'argv', ['visuomotor', *words])
        capfd.readouterr()
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

    return run


@pytest.fixture
def faults(outcome) -> Callable[[list[str]], str]:
    """Return what runs a command that has to be refused and says what was wrong with how it was;
    '': nothing."""
    def judge(words: list[str]) -> str:
        code, _, said = outcome(words)
        if 'Traceback' in said:
            return said[-300:]
        if code in (-1, 0):
            return 'accepted in silence'
        return '' if code == 2 and said.strip() else f'exit code {code}, it said: {said[-200:]}'

    return judge


@pytest.fixture(scope='session')
def recording(tmp_path_factory) -> Path:
    """Return one short recorded episode."""
    folder = tmp_path_factory.mktemp('recorded')
    words = ['up', '--robot', 'j2n6s300', '--task', 'reach', '--lockstep', '--episodes', '1',
             '--horizon', '0.5', '--quiet', '--run', 'one', '--data', str(folder)]
    alone = {**os.environ, 'ROS_DOMAIN_ID': '97', 'XDG_RUNTIME_DIR': str(folder)}
    subprocess.run([sys.executable, '-m', 'visuomotor.cli.main', *words], check=True,
                   capture_output=True, env=alone)
    return next(folder.rglob('episode_00001.mcap'))


# YAML.
@pytest.fixture(scope='session')
def one_value() -> Callable[..., tuple[Any, str]]:
    """Return what changes one value of a file's content, outside of what holds any text, to what
    nobody could mean there."""
    def change(content: Any, rng: np.random.Generator, free: Collection[str]) -> tuple[Any, str]:
        ways = [way for way in leaves(content) if not {way[0], way[-1]} & {*free}]
        way = ways[rng.integers(len(ways))]
        value = content
        for key in way:
            value = value[key]
        wrong = wrong_values(way, value)
        chosen = wrong[rng.integers(len(wrong))]
        return changed(content, way, chosen), f'{".".join(map(str, way))}={chosen!r}'

    return change


def leaves(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every single value."""
    if not isinstance(content, dict | list):
        yield way
        return
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
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


@pytest.fixture(scope='session')
def whole_files() -> Callable[[bytes, np.random.Generator], dict[str, bytes]]:
    """Return what makes YAML files that are wrong as a whole out of a right one."""
    def damage(raw: bytes, rng: np.random.Generator) -> dict[str, bytes]:
        return {'empty': b'', 'binary': rng.bytes(200), 'not UTF-8': b'# \xff\xfe\n' + raw,
                'a list': b'- 1\n- 2\n', 'a key twice': raw + b'\nmore: 1\nmore: 1\n',
                'an unknown key': raw + b'\nnonsense: 1\n',
                'not closed': raw + b'\nmore: {a: [1\n', 'a tab': raw + b'\n\tx: 1\n',
                'code': raw + b'\nmore: !!python/object/apply:os.getcwd []\n',
                'a bomb': b'a: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n' + raw,
                'deep': raw + b'\nmore: ' + b'[' * 5000}

    return damage
