"""The folder of one training: what it was told, how it goes, where it stands, and the policies that
it made.

    recipe.yaml                     every number
    progress.jsonl                  one line a note: step, seconds, losses
    state/<step>/                   learner.safetensors, written aside and renamed; the newest two
    policy/<stage>/                 policy.yaml, model.safetensors: what `visuomotor up --policy`
    takes plots/<stage>.png               its curve
"""
from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from visuomotor.policies import checkpoint
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.policies.learn.protocol import Learner
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.training._lab.curve import curve

L = TypeVar('L', bound=Learner)
STATE = 'learner.safetensors'
EVERY = 10.0      # s between two states kept; Ctrl-C and the end keep one at once
NOTE = 50         # steps between two lines of progress


class Interrupted(Exception):
    """Somebody asked to stop, and everything is kept."""


class Run:
    """One training; made again with the same numbers it goes on where it stood."""

    def __init__(self, folder: Path, numbers: Any, seed: int, fresh: bool = False) -> None:
        self.folder = folder
        self.seed = seed
        if fresh and (folder / 'recipe.yaml').exists():
            shutil.rmtree(folder)
        self._begin(checkpoint.plain(numbers))
        self.console = Console(soft_wrap=True)
        self.learner: Learner | None = None
        self.step = 0                       # the next one
        self._asked = False
        self._note = ''

    def _begin(self, numbers: Mapping[str, Any]) -> None:
        """Write the numbers down, or refuse when they are not those that the run began with."""
        file = self.folder / 'recipe.yaml'
        if file.exists() and self._states():     # nothing is lost where nothing was learned yet
            before = settings.read_mapping(file)
            other = [f'{key} was {before.get(key)!r} and is {value!r}'
                     for key, value in numbers.items() if before.get(key) != value]
            if other:
                raise BadInput(f'{self.folder} was begun with other numbers '
                               f'({"; ".join(other)[:200]}); give those, another --name, or '
                               '--fresh to begin anew.')
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file.write_text(yaml.safe_dump(dict(numbers), sort_keys=False))
        except OSError as error:
            raise BadInput(f'{file} cannot be written: {error.strerror}; give another '
                           '--out.') from error

    def restore(self, learner: L) -> L:
        """Let the learner go on from the newest whole state, if there is one."""
        self.learner = learner
        for state in reversed(self._states()):
            # half written when the machine went down: the one before it is whole
            with suppress(SafetensorError, OSError, RuntimeError, KeyError):
                learner.load(load_file(state / STATE))
                self.step = int(state.name)
                break
        self._forget_after(self.step)
        return learner

    def steps(self, stage: str, count: int) -> Iterator[int]:
        """Count up with a bar; keep the state now and then, at the end, and when asked to stop."""
        before = {number: signal.signal(number, self._ask)
                  for number in (signal.SIGINT, signal.SIGTERM)}
        kept = time.monotonic()
        try:
            with self._bar() as bar:
                task = bar.add_task(stage, total=count, completed=self.step, note='')
                while self.step < count and not self._asked:
                    yield self.step
                    self.step += 1
                    bar.update(task, completed=self.step, note=self._note)
                    if time.monotonic() - kept > EVERY:
                        self.keep()
                        kept = time.monotonic()
            self.keep()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        curve(self._lines(), self.folder / 'plots' / f'{stage}.png')
        if self._asked:
            raise Interrupted(f'Stopped at step {self.step} of {count}; everything is kept in '
                              f'{self.folder}, and the same command goes on from there.')

    def log(self, **numbers: float) -> None:
        """Note what a step measured; every line is whole or not there."""
        self._note = '  '.join(f'{name} {value:.5f}' for name, value in numbers.items())
        if self.step % NOTE == 0 or len(numbers) > 1:
            said = {'step': self.step, 'time': round(time.time(), 3), **numbers}
            with open(self.folder / 'progress.jsonl', 'a') as stream:
                stream.write(json.dumps(said) + '\n')

    def keep(self) -> None:
        """Put the state on the disk: aside first, then by its name; the newest two stay."""
        if self.learner is None:
            return
        aside, place = self.folder / 'state' / '.part', self.folder / 'state' / f'{self.step:09d}'
        if place.exists():
            return
        aside.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in self.learner.state().items()},
                  aside / STATE)
        with open(aside / STATE, 'rb') as stream:
            os.fsync(stream.fileno())
        os.replace(aside, place)
        for old in self._states()[:-2]:
            shutil.rmtree(old)

    def publish(self, stage: str, made: Checkpoint) -> Path:
        """Write a policy that the graph can run; return its folder."""
        folder = self.folder / 'policy' / stage
        checkpoint.store(made, folder)
        return folder

    def _ask(self, number: int, frame: Any) -> None:
        self._asked = True

    def _states(self) -> list[Path]:
        return sorted(path for path in (self.folder / 'state').glob('*') if path.name.isdigit())

    def _lines(self) -> list[dict[str, float]]:
        file = self.folder / 'progress.jsonl'
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def _forget_after(self, step: int) -> None:
        """Drop the lines of steps that are taken again."""
        kept = [line for line in self._lines() if line['step'] < step]
        text = ''.join(json.dumps(line) + '\n' for line in kept)
        (self.folder / 'progress.jsonl').write_text(text)

    def _bar(self) -> Progress:
        return Progress(TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(),
                        _Rate(), TimeRemainingColumn(), TextColumn('{task.fields[note]}'),
                        console=self.console)


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        return Text(f'{task.speed:.0f}/s' if task.speed else '')
