"""Command lines that nobody could mean: every command, each made wrong in one place."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import typer
from visuomotor.cli.main import make_app
from visuomotor.graph import description
from visuomotor.graph.entry import settings_class
from visuomotor.training.bc import BcSettings

WHOLE = ['abc', '-1', '1e99', 'nan', '', '99999999999999999999', '1.5']
WRONG = {int: WHOLE, float: ['abc', 'nan', 'inf', '-1', '', '-inf', '1e400']}
WRONG_NAMES = ['../../x', 'two words', '%s', '💥', 'a=b=c', '-']
ANY = {'up': ('data',), 'train': ('out',)}   # names of folders to be made: any text will do
ROS = (['--bogus'], ['-p', 'x'], ['-p', 'x:=[1'], ['-p', 'nonsense:=3'], ['-p'], ['-r', 'a:=b:=c'],
       ['-r', '__ns:=/two words'], ['-r', '__ns:=/1x'], ['--params-file', 'no.yaml'],
       ['--params-file', '.'], ['--log-level', 'nonsense'])


def lines(recording: Path) -> dict[str, tuple[list[str], tuple[int, ...]]]:
    """Return every command as it would be typed, and which of its words are arguments. `bench` is
    not the product's."""
    who, file = ['--robot', 'minitaur', '--task', 'walk'], str(recording)
    learn = ['--robot', 'j2n6s300', '--task', 'reach', '--data', file,
             '--set', 'results=[UNKNOWN, FAILURE], steps=1, held_out=0.0']
    return {'up': (['up', *who, '--lockstep'], ()), 'train': (['train', 'bc', *learn], (1,)),
            'evaluate': (['evaluate', 'hold', *who, '--episodes', '1'], (1,)),
            'evaluate --face': (['evaluate', 'hold', *who, '--episodes', '1', '--face'], (1,)),
            'list robots': (['list', 'robots'], ()), 'list tasks': (['list', 'tasks'], ()),
            'list policies': (['list', 'policies'], ()),
            'list nodes': (['list', 'nodes', 'safety', '--settings'], (2,)),
            'node': (['node', 'safety', '-p', 'robot:=iiwa7'], (1, 3)),
            'look': (['look', 'picture.png', '--robot', 'minitaur', '--seconds', '0.1'], (1,)),
            'safety show': (['safety', 'show', 'iiwa7'], (2,)),
            'safety replay': (['safety', 'replay', file], (2,)),
            'safety judge': (['safety', 'judge', file], (2,)),
            'safety pairs': (['safety', 'pairs', 'iiwa7'], (2,)), 'version': (['version'], ())}


def command(name: str) -> Any:
    """Return what typer made of a command."""
    found: Any = typer.main.get_command(make_app())
    for word in name.removesuffix(' --face').split():
        found = found.commands[word]
    return found


def wrong_options(name: str, line: list[str]) -> Iterator[list[str]]:
    """Yield a command with each of its options in each wrong way."""
    yield [*line, '--nonsense']
    yield [*line, '--nonsense=3']
    for option in command(name).params:
        word, kind = option.opts[-1], option.type_descriptor.annotation
        if not word.startswith('--') or kind is bool:
            continue
        yield [*line, word]
        free = option.name in ANY.get(name, ())
        wrong = WRONG.get(kind, [] if free else WRONG_NAMES)
        yield from ([*line, word, value] for value in wrong)


def wrong_settings(cls: type[Any], start: str = '') -> Iterator[str]:
    """Yield 'name=value' for each setting and each value that nobody could mean."""
    kinds = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        name, kind = f'{start}{field.name}', kinds[field.name]
        yield f'{name}x=1'
        if dataclasses.is_dataclass(kind):
            yield from wrong_settings(kind, f'{name}.')
        elif kind in (int, float):
            endless = [] if field.metadata.get('endless') else ['.inf', '1e400', '1e300']
            wrong = ('.nan', 'fast', '[1, 2]', '[]', '', *endless)
            yield from (f'{name}={value}' for value in wrong)
        elif kind is bool:
            yield from (f'{name}={value}' for value in ('perhaps', '7', '[true]'))
        elif kind is str:
            yield from (f'{name}={value}' for value in ('[1]', '{a: 1}', '3'))


def wrong_words(name: str, line: list[str], places: tuple[int, ...]) -> Iterator[list[str]]:
    """Yield a command with each of its words in each wrong way."""
    yield from wrong_options(name, line)
    # another file is one more to judge
    yield [*line, 'nonsense']
    for place in places:
        yield from ([*line[:place], value, *line[place + 1:]] for value in (*WRONG_NAMES, ''))
        yield [*line[:place], *line[place + 1:]]
    if name in ('up', 'node'):
        yield from ([*line, '--ros-args', *words] for words in ROS)
    if name == 'train':
        yield from ([*line, '--set', words] for words in wrong_settings(BcSettings))
    elif name == 'node':
        found = wrong_settings(settings_class('safety'))
        # of two values of one parameter ROS takes either
        yield from ([*(line if not words.startswith('robot=') else line[:2]),
                     '-p', words.replace('=', ':=', 1)] for words in found)
    elif name in ('up', 'list nodes'):
        for room in {*description.rooms()} - {'teleop', 'console'}:
            found = wrong_settings(settings_class(room), f'{room}.')
            yield from ([*line, '--set', words] for words in found)


@pytest.mark.parametrize('name', lines(Path()))
def test_before_it_is_made_wrong_it_is_accepted(recording, outcome, monkeypatch, name):
    code, _, said = outcome(lines(recording)[name][0])
    assert code in (0, -1), said


def test_a_command_line_that_nobody_could_mean_is_refused(rng, recording, faults):
    every = lines(recording)
    name = sorted(every)[rng.integers(len(every))]
    # half of the cases in the two that have the most options
    name = str(rng.choice([name, name, 'up', 'train']))
    wrong = [*wrong_words(name, *every[name])]
    words = wrong[rng.integers(len(wrong))]
    assert faults(words) == '', ' '.join(words)
