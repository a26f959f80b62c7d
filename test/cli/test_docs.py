"""Every `visuomotor` command in the README and the docs is understood, and every file that they
name is there."""
from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from visuomotor.cli.main import make_app
from visuomotor.graph.description import Choices, describe

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').glob('*.md'))]
COMMAND = (re.compile(r'(?:^|`|\s)(?:\.venv/bin/)?visuomotor ((?:up|list|node|look|bench|safety|version)\b[^`#\n|]*)'))  # noqa: E501
PLACEHOLDER = re.compile(r'[<…]|ROBOT|EPISODE|\bNAME\b|--help')
TEST = re.compile(r'`(test/[\w/]+\.py)`')


def commands():
    found = {(page.name, words.split('  ')[0].strip()) for page in PAGES
             for words in COMMAND.findall(page.read_text())}
    return sorted((page, words) for page, words in found if not PLACEHOLDER.search(words))


@pytest.mark.parametrize(('page', 'words'), commands(), ids=lambda text: text[:60])
def test_commands_of_the_pages_are_understood(page, words):
    command = typer.main.get_command(make_app())
    context = None
    rest = shlex.split(words)
    while hasattr(command, 'commands') and rest and not rest[0].startswith('-'):
        command, rest = command.commands[rest[0]], rest[1:]
    context = command.make_context('visuomotor', rest)
    if words.startswith('up'):
        chosen = {name: value for name, value in context.params.items()
                  if name in Choices.__dataclass_fields__ and value != ''}
        describe(Choices(**chosen))


def test_there_are_commands_to_try():
    assert len(commands()) > 10


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_files_that_the_pages_name_are_there(page):
    text = page.read_text()
    links = [link for link in re.findall(r'\]\(([^)#]+)', text) if not link.startswith('http')]
    missing = [name for name in links if not (page.parent / name).exists()]
    missing += [name for name in TEST.findall(text) if not (ROOT / name).exists()]
    assert not missing
