"""Zeroes the gaps that alignment leaves between the fields of a serialised message.

Fast CDR leaves there whatever was in memory before. With zeros, equal messages are equal bytes, so
two runs of one seed can be compared file by file. Where the gaps are follows from the lengths of
texts and sequences alone, so a message with the same lengths as the one before it is not walked
over again.
"""
from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from visuomotor.nodes.recorder import topics

SIZES = {'bool': 1, 'byte': 1, 'char': 1, 'int8': 1, 'uint8': 1, 'int16': 2, 'uint16': 2,
         'int32': 4, 'uint32': 4,
         'float32': 4, 'int64': 8, 'uint64': 8, 'float64': 8}
HEAD = 4   # bytes of encapsulation, from behind which alignment counts
FIELD = re.compile(r'^([A-Za-z][\w/]*)(?:<=\d+)?(\[[^\]]*\])?\s+[a-z]\w*\s*(?:[^=\w].*)?$')
COUNT = struct.Struct('<I')


@dataclass
class Layout:
    """Where one message has counts and gaps."""

    data: bytes
    # places of the lengths of texts and sequences
    counts: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)   # from, to

    def fixed(self) -> tuple[struct.Struct, tuple[int, ...]]:
        """Return how to read all counts at once, and what they are here."""
        ends = [HEAD, *(place + COUNT.size for place in self.counts)]
        form = ''.join(f'{place - end}xI' for place, end in zip(self.counts, ends, strict=False))
        reader = struct.Struct(f'<{HEAD}x{form}')
        return reader, reader.unpack_from(self.data)


# from a place to the place behind a field, noting counts and gaps on the way
Walk = Callable[[Layout, int], int]


class Padding:
    """Tidies the messages of one topic."""

    def __init__(self, kind: str) -> None:
        self._walk = walk_of(kind)
        self._size, self._reader = -1, COUNT
        self._counts: tuple[int, ...] = ()
        self._gaps: list[tuple[int, int]] = []

    def tidy(self, data: bytes) -> bytes:
        """Return a message with its gaps zeroed; the values are untouched."""
        if len(data) != self._size or self._reader.unpack_from(data) != self._counts:
            self._learn(data)
        body = bytearray(data)
        for begin, end in self._gaps:
            body[begin:end] = bytes(end - begin)
        return bytes(body)

    def _learn(self, data: bytes) -> None:
        layout = Layout(data)
        self._walk(layout, HEAD)
        self._size, self._gaps = len(data), layout.gaps
        self._reader, self._counts = layout.fixed()


def tidy(kind: str, data: bytes) -> bytes:
    """Tidy a single message of this type."""
    return Padding(kind).tidy(data)


@lru_cache
def walk_of(kind: str) -> Walk:
    """Return how to walk over one message type."""
    package = kind.split('/')[0]
    steps = []
    for line in topics.text(kind).splitlines():
        found = FIELD.match(line.split('#')[0].strip())
        if found:
            steps.append(_repeated(_single(found.group(1), package), found.group(1),
                                   found.group(2)))

    def walk(layout: Layout, place: int) -> int:
        for step in steps:
            place = step(layout, place)
        return place
    return walk


def aligned(layout: Layout, place: int, size: int) -> int:
    """Note the gap before a value of this size, and return where the value is."""
    gap = -(place - HEAD) % size
    if gap:
        layout.gaps.append((place, place + gap))
    return place + gap


def counted(layout: Layout, place: int) -> tuple[int, int]:
    """Note a count; return it and the place behind it."""
    place = aligned(layout, place, COUNT.size)
    layout.counts.append(place)
    return int(COUNT.unpack_from(layout.data, place)[0]), place + COUNT.size


def _single(name: str, package: str) -> Walk:
    if name == 'string':
        return _string
    if name == 'wstring':
        return _wide_string
    if name not in SIZES:
        return walk_of(name.replace('/', '/msg/') if '/' in name else f'{package}/msg/{name}')
    size = SIZES[name]
    return lambda layout, place: aligned(layout, place, size) + size


def _string(layout: Layout, place: int) -> int:
    letters, place = counted(layout, place)
    return place + letters


def _wide_string(layout: Layout, place: int) -> int:
    letters, place = counted(layout, place)
    return place + 2 * letters


def _repeated(single: Walk, name: str, brackets: str | None) -> Walk:
    """A field, a fixed array of it or a counted sequence of it."""
    if brackets is None:
        return single
    fixed = int(brackets[1:-1]) if brackets[1:-1].isdigit() else None

    def walk(layout: Layout, place: int) -> int:
        count, place = (fixed, place) if fixed is not None else counted(layout, place)
        if count and name in SIZES:
            return aligned(layout, place, SIZES[name]) + count * SIZES[name]
        for _ in range(count):
            place = single(layout, place)
        return place
    return walk
