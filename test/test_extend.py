"""The pages of docs/extend, followed to the letter in a copy: their files are written, their
commands run, their words come. A block whose first line names a language and a path is a file; in a
console block, lines behind `$` are commands and the lines below each have to be in what it says. A
page adds few files and edits none but the list of robots of a task."""
from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / 'docs' / 'extend').glob('*.md'))
# new files
MOST = {'robot': 2, 'task': 3, 'policy': 2, 'learner': 2, 'detector': 1, 'node': 3, 'driver': 3}
BLOCK = re.compile(r'^```(\w+)(?: (\S+))?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SCREEN = 60     # lines of prose and commands; files are as long as they are


def files(page: Path) -> dict[str, str]:
    return {path: text for kind, path, text in BLOCK.findall(page.read_text()) if path}


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """Return each command of a page and what it is to say."""
    found: list[tuple[str, list[str]]] = []
    for kind, _, text in BLOCK.findall(page.read_text()):
        for line in text.splitlines() if kind == 'console' else ():
            if line.startswith('$ '):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.fixture
def copy(tmp_path) -> Path:
    """Copy the checkout; `visuomotor` resolves to the copy's rooms and to the messages that are
    installed."""
    tree, package = tmp_path / 'tree', tmp_path / 'path' / 'visuomotor'
    names = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard'],
                           cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split('\n')
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
    package.mkdir(parents=True)
    for path in Path(sysconfig.get_path('purelib'), 'visuomotor').iterdir():
        if not path.is_symlink() and path.name != '__pycache__':
            (package / path.name).symlink_to(path)
    for room in {path.parent.name for path in tree.glob('*/__init__.py')} | {'config', 'urdf'}:
        (package / room).symlink_to(tree / room)
    return tree


def run(tree: Path, command: str) -> str:
    """Run a command of a page in the copy, with our Python; return all that it says."""
    bin_folder = tree.parent / 'bin'
    if not bin_folder.exists():
        bin_folder.mkdir()
        for name, start in (('visuomotor', f'{sys.executable} -m visuomotor.cli.main'),
                            ('python', sys.executable)):
            (bin_folder / name).write_text(f'#!/bin/sh\nexec {start} "$@"\n')
            (bin_folder / name).chmod(0o755)
    alone = {**os.environ, 'PATH': f'{bin_folder}:{os.environ["PATH"]}',
             'PYTHONPATH': str(tree.parent / 'path'),
             'ROS_DOMAIN_ID': '98', 'XDG_RUNTIME_DIR': str(tree.parent), 'COLUMNS': '200'}
    done = subprocess.run(command, shell=True, cwd=tree, env=alone, capture_output=True, text=True,
                          timeout=100)
    assert done.returncode == 0, f'{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}'
    return done.stdout + done.stderr


def holdings(tree: Path) -> dict[str, str]:
    """Return what stands in the rooms, config and models of a copy. The list of robots of a task
    may change."""
    names = {path.parent.name for path in tree.glob('*/__init__.py')} | {'config', 'urdf'}
    return {str(path.relative_to(tree)): re.sub(r'^robots: .*$', '',
                                                path.read_text(errors='replace'),
                                                flags=re.MULTILINE)
            for name in names for path in (tree / name).rglob('*') if path.is_file()
            and '__pycache__' not in path.parts}


@pytest.mark.timeout(400)
@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.stem)
def test_a_page_is_followed_to_the_letter(page, copy):
    before = holdings(copy)
    for name, text in files(page).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text)
    for command, expected in commands(page):
        said = run(copy, command)
        for line in expected:
            assert line in said, f'{command}: {line!r} is not in\n{said[-3000:]}'
    after = holdings(copy)
    assert {name for name in before if after.get(name)
            != before[name]} == set(), 'a page edits nothing'
    assert len(after.keys() - before.keys()) <= MOST[page.stem]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.stem)
def test_a_page_is_one_screen(page):
    prose = BLOCK.sub(lambda block: '' if block.group(2) else block.group(0), page.read_text())
    assert prose.count('\n') <= SCREEN
    assert len(commands(page)) >= 1


def test_there_is_a_page_for_everything_that_can_be_added():
    assert {page.stem for page in PAGES} <= set(MOST)
