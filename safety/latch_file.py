"""A stop outlives the process that latched it: a small JSON file, replaced as a whole or not at all."""
from __future__ import annotations

import json
import os
from pathlib import Path

from visuomotor.safety.latch import Latch
from visuomotor.specs.codes import StopCategory


def store(path: Path, latch: Latch) -> None:
    """Write the stop, or that there is none, so that it survives the loss of power too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {'stopped': latch.stopped, 'reason': latch.reason, 'category': int(latch.category)}
    beside = path.with_name(f'{path.name}.{os.getpid()}')
    with open(beside, 'w') as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, path)


def restore(path: Path, armed: bool) -> Latch:
    """Return the stop that stands, or a fresh latch. What cannot be read counts as a stop."""
    if not path.exists():
        return Latch(armed=armed)
    try:
        content = json.loads(path.read_text())
        stopped, reason = bool(content['stopped']), str(content['reason'])
        category = StopCategory(content['category'])
    except (OSError, ValueError, KeyError, TypeError):
        return Latch(armed=False, stopped=True, reason=f'{path} cannot be read, and may hold a stop')
    return Latch(armed=False, stopped=True, reason=reason, category=category) if stopped else Latch(armed=armed)
