"""Keeps the stop on disk, aside from the filter: who calls a stop never waits for a disk. It looks
after its file while it runs, and what it cannot write it tells, so that the robot stops."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from visuomotor.safety import latch as latches
from visuomotor.safety.latch import Latch

LOOK = 1.0      # s between two looks at the file
LATE = 5.0      # s for which one write may take
PARTING = 2.0   # s, longest wait at the end for what is still to be written


class Keeper:
    """Writes the newest stop, in a thread of its own. Without a file it keeps nothing."""

    def __init__(self, file: Path | None, latch: Latch, *,
                 store: Callable[[Path, Latch], None] = latches.store,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._latch = file, latch
        self._store, self._clock = store, clock
        self._kept: Latch | None = None      # what the file says
        self._failure = ''
        self._began: float | None = None     # s, when the write began that is under way
        self._closing = False
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        if file:
            self.look()   # before anything moves
            self._thread.start()

    def keep(self, latch: Latch) -> None:
        """Write this as soon as the disk lets it; return at once."""
        self._latch = latch
        self._wake.set()

    @property
    def problem(self) -> str:
        """Say that a stop would be forgotten; '' when it is kept."""
        began = self._began
        if began is not None and self._clock() - began > LATE:
            return f'the stop file {self._file} is not written after {LATE:g} s'
        return self._failure

    def look(self) -> None:
        """Write the file when it does not say what it should, or is gone."""
        with self._writing:
            latch, file = self._latch, self._file
            if file and not (latch == self._kept and file.exists()):
                self._began = self._clock()
                self._write(file, latch)
                self._began = None

    def _write(self, file: Path, latch: Latch) -> None:
        try:
            self._store(file, latch)
        except OSError as error:
            self._failure = f'the stop file {file} cannot be written: {error.strerror or error}'
        else:
            self._kept, self._failure = latch, ''

    def _run(self) -> None:
        closing = False
        while not closing:
            self._wake.wait(LOOK)
            self._wake.clear()
            closing = self._closing   # read first: what was told before it is still written
            self.look()

    def close(self) -> None:
        """Write what is left, as far as the disk lets it."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(PARTING)
