"""One driver for one robot: a second one on its domain and namespace is refused."""
from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from visuomotor.specs.errors import BadInput


class ExclusiveDriver:
    """Holds a lock on a file; the kernel lets go of it however the process ends."""

    def __init__(self, domain: int, namespace: str, folder: Path | None = None) -> None:
        name = f'visuomotor-driver-{domain}-{fingerprint(namespace)}.lock'
        self.path = (folder or lock_folder(os.environ)) / name
        self._file = self.path.open('a+')
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            owner = self._file.read().strip() or 'unknown'
            self._file.close()
            raise BadInput(f"Namespace '{namespace}' on ROS domain {domain} has a driver already "
                           f'(process {owner}); stop that one, or give this one another '
                           'namespace.') from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another driver have the robot; harmless when done twice."""
        self._file.close()


def fingerprint(namespace: str) -> str:
    """Name a namespace in letters that fit any file system."""
    return hashlib.sha256(namespace.strip('/').encode()).hexdigest()[:12]


def lock_folder(environment: Mapping[str, str]) -> Path:
    """Where locks live on this machine, shared by every driver of this user."""
    runtime = Path(environment.get('XDG_RUNTIME_DIR', ''))
    return runtime if runtime.is_absolute() and runtime.is_dir() else Path(tempfile.gettempdir())
