"""One driver and one safety node for one robot: whoever comes second on its domain and namespace is
refused. The folder of these claims belongs to this user alone, so nobody else can hold one."""
from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import struct
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from visuomotor.specs.errors import BadInput

FLOCK = 'hhqqi4x'   # struct flock of Linux
WHOLE = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
LONGEST = 100   # bytes of what a claim tells


class Claim:
    """Holds a lock on a file; the kernel lets go of it however the process ends."""

    def __init__(self, what: str, domain: int, namespace: str, folder: Path | None = None,
                 words: Sequence[object] = ()) -> None:
        self._file = _open(what, domain, namespace, folder)
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, WHOLE)
        except (BlockingIOError, PermissionError):
            owner = _words(self._file)
            self.release()
            raise _taken(what, domain, namespace, owner) from None
        self.tell(*words)

    def tell(self, *words: object) -> None:
        """Note the process and what others should know of it, for `holder`."""
        text = ' '.join(map(str, (os.getpid(), *words)))
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def release(self) -> None:
        """Let another one have the robot; harmless when done twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def holder(what: str, domain: int, namespace: str, folder: Path | None = None) -> list[str]:
    """Return what the holder of a claim tells, its process first; nothing when nobody holds it."""
    file = _open(what, domain, namespace, folder)
    try:
        found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, WHOLE)
        if struct.unpack(FLOCK, found)[0] == fcntl.F_UNLCK:
            return []
        return _words(file) or ['unknown']
    finally:
        os.close(file)


def safety_writer(domain: int, namespace: str) -> int:
    """Return the writer that this machine's safety node of a robot signs with; 0: there is none."""
    words = holder('safety', domain, namespace)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def refuse_second(what: str, domain: int, namespace: str) -> None:
    """Refuse a namespace where somebody holds this claim."""
    if owner := holder(what, domain, namespace):
        raise _taken(what, domain, namespace, owner)


def _taken(what: str, domain: int, namespace: str, owner: list[str]) -> BadInput:
    who = owner[0] if owner else 'unknown'
    return BadInput(f"Namespace '{namespace}' on ROS domain {domain} has a {what} already "
                    f'(process {who}); stop that one, or give this one another namespace.')


def _words(file: int) -> list[str]:
    return os.pread(file, LONGEST, 0).decode(errors='replace').split()


def _open(what: str, domain: int, namespace: str, folder: Path | None) -> int:
    """Open the file of a claim, in its folder and nowhere else."""
    place = folder or claim_folder(os.environ)
    name = f'{what}-{domain}-{fingerprint(namespace)}.lock'
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        inside = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _refused(place, f'cannot be used ({error.strerror})') from None
    try:
        about = os.fstat(inside)
        if about.st_uid != os.geteuid():
            raise _refused(place, 'belongs to somebody else')
        if stat.S_IMODE(about.st_mode) & 0o077:
            raise _refused(place, f'is open to others (mode {stat.S_IMODE(about.st_mode):o})')
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=inside)
    except OSError as error:
        raise _refused(place / name, f'cannot be used ({error.strerror})') from None
    finally:
        os.close(inside)


def _refused(place: Path, why: str) -> BadInput:
    return BadInput(f'Who drives a robot is noted in {place}, a place of this user alone, but it '
                    f'{why}; remove it, or set XDG_RUNTIME_DIR to a folder of your own.')


def fingerprint(namespace: str) -> str:
    """Name a namespace in letters that fit any file system."""
    return hashlib.sha256(namespace.strip('/').encode()).hexdigest()[:12]


def claim_folder(environment: Mapping[str, str]) -> Path:
    """Where claims lie on this machine, for every program of this user."""
    user = os.geteuid()
    named = environment.get('XDG_RUNTIME_DIR', '')
    usual = [Path(named)] if named.startswith('/') else []
    places = (place for place in (*usual, Path(f'/run/user/{user}')) if place.is_dir())
    return next(places, Path(tempfile.gettempdir())) / f'visuomotor-{user}'
