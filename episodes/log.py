"""One episode, one MCAP file, moved to its final name only when it is whole and on the disk."""
from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mcap.writer import CompressionType, Writer
from visuomotor.episodes.naming import part_of

CHUNK = 1024 * 1024   # bytes before a chunk is handed to the disk: what a kill may cost


@dataclass(frozen=True)
class Stored:
    """An episode that is safely on disk."""

    path: Path
    messages: int
    bytes: int


class EpisodeWriter:
    """Takes messages of one episode; until `commit` only a `.part` exists."""

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        if path.exists():
            raise FileExistsError(f'{path} is there already; episodes are never written over; '
                                  'choose another folder.')
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.part = path, part_of(path)
        self._stream = open(self.part, 'wb')  # noqa: SIM115 - closed by commit or abandon
        self._writer = Writer(self._stream, chunk_size=CHUNK, compression=CompressionType.ZSTD,
                              enable_data_crcs=True)
        self._schemas: dict[str, int] = {}
        self._counts: dict[int, int] = {}
        self._writer.start(profile='ros2', library='visuomotor')
        self._writer.add_metadata('episode', dict(about))

    def channel(self, topic: str, kind: str, definition: str) -> int:
        """Return a new channel for a topic of type `kind` (package/msg/Name) and its .msg text."""
        if kind not in self._schemas:
            self._schemas[kind] = self._writer.register_schema(kind, 'ros2msg', definition.encode())
        channel = self._writer.register_channel(topic, 'cdr', self._schemas[kind])
        self._counts[channel] = 0
        return channel

    def write(self, channel: int, data: bytes, logged: int, published: int) -> None:
        """Append one serialised message; times are ROS time in ns."""
        self._writer.add_message(channel, logged, data, published, sequence=self._counts[channel])
        self._counts[channel] += 1

    def commit(self, outcome: Mapping[str, str]) -> Stored:
        """Finish the file, force it to the disk and name it: a power cut does not lose it now."""
        self._writer.add_metadata('outcome', dict(outcome))
        self._writer.finish()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        os.replace(self.part, self.path)
        _sync_folder(self.path.parent)
        return Stored(self.path, sum(self._counts.values()), self.path.stat().st_size)

    def abandon(self) -> Path:
        """Stop writing without committing; what was written stays in the `.part`."""
        # a full disk refuses the last buffer too; what was written before it stays
        with suppress(OSError):
            self._stream.close()
        return self.part


def _sync_folder(folder: Path) -> None:
    """Force the new name itself to the disk: the rename lives in the folder, not in the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

