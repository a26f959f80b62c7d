"""Keeps the stop on disk, aside from the filter: who calls a stop waits for no disk. It looks after
its file while it runs, and what it cannot write it tells, so that the robot stops."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from visuomotor.safety import latch as latches
from visuomotor.safety.latch import Latch

LOOK = 1.0      # s between two looks at the file
BRIEF = 0.02    # s, longest wait for a file system that is quick: then being killed forgets nothing
LATE = 5.0      # s that the disk may take
PARTING = 2.0   # s, longest wait at the end for what is still to be written
Clock = Callable[[], float]


class Worker:
    """Does one thing in a thread of its own: when it is called, and every so many seconds."""

    def __init__(self, action: Callable[[], None], every: float | None, clock: Clock) -> None:
        self._action, self._every, self._clock = action, every, clock
        self._failure = ''
        self._began: float | None = None   # s, when it began what it does now
        self._closing = False
        self._wake, self._busy = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def problem(self) -> str:
        """Say what went wrong the last time, or that it takes too long; '' when it went well."""
        began = self._began
        late = began is not None and self._clock() - began > LATE
        return f'nothing after {LATE:g} s' if late else self._failure

    def start(self) -> None:
        self._thread.start()

    def call(self) -> None:
        self._wake.set()

    def once(self) -> None:
        """Do it here and now."""
        with self._busy:
            self._began = self._clock()
            try:
                self._action()
                self._failure = ''
            except OSError as error:
                self._failure = error.strerror or str(error)
            self._began = None

    def _run(self) -> None:
        closing = False
        while not closing:
            self._wake.wait(self._every)
            self._wake.clear()
            closing = self._closing   # read first: what was called for before it is still done
            self.once()

    def close(self) -> None:
        """Do it a last time, if that does not take long."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(PARTING)


class Keeper:
    """Writes the newest stop. Named at once it outlives this process; another thread brings it to
    the disk, so that it outlives the loss of power. Without a file nothing is kept."""

    def __init__(self, file: Path | None, latch: Latch, *,
                 store: Callable[[Path, Latch], None] = latches.store,
                 sync: Callable[[Path], None] = latches.sync,
                 clock: Clock = time.monotonic) -> None:
        self._file = file
        self._latch = latch
        self._store, self._sync = store, sync
        self._kept: Latch | None = None   # what the file says
        self._named = threading.Event()
        self._namer = Worker(self._name, LOOK, clock)
        self._syncer = Worker(self._bring_to_disk, None, clock)
        if file:
            self.look()   # before anything moves
            self._namer.start()
            self._syncer.start()

    def keep(self, latch: Latch) -> None:
        """Write this as soon as the disk lets it; return in a moment, whatever the disk does."""
        if self._file:
            self._latch = latch
            self._named.clear()
            self._namer.call()
            self._named.wait(BRIEF)

    @property
    def problem(self) -> str:
        """Say that a stop would be forgotten; '' when it is kept."""
        why = self._namer.problem or self._syncer.problem
        return f'the stop file {self._file} cannot be written: {why}' if why else ''

    def look(self) -> None:
        """Write the file when it does not say what it should, or is gone."""
        self._namer.once()

    def _name(self) -> None:
        latch, file = self._latch, self._file
        if file and not (latch == self._kept and file.exists()):
            self._store(file, latch)
            self._kept = latch
            self._syncer.call()
        if latch is self._latch:
            self._named.set()

    def _bring_to_disk(self) -> None:
        if self._file:
            self._sync(self._file)

    def close(self) -> None:
        """Write what is left, as far as the disk lets it."""
        self._namer.close()
        self._syncer.close()
