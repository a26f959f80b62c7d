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
from visuomotor.nodes.recorder.topics import SIZES

TEXTS = {'string': 1, 'wstring': 2}   # bytes of a letter
HEAD = 4   # bytes of encapsulation, from behind which alignment counts
FIELD = re.compile(r'^([A-Za-z][\w/]*)(?:<=\d+)?(\[[^\]]*\])?\s+[a-z]\w*\s*(?:[^=\w].*)?$')
COUNT = struct.Struct('<I')


@dataclass
class Layout:
    """Where one message has counts and gaps."""

    data: bytes
    counts: list[int] = field(default_factory=list)             # where lengths of things are
    gaps: list[tuple[int, int]] = field(default_factory=list)   # from, to

    def fixed(self) -> tuple[struct.Struct, tuple[int, ...]]:
        """Return how to read all counts at once, and what they are here."""
        ends = [HEAD, *(place + COUNT.size for place in self.counts)]
        form = ''.join(f'{place - end}xI' for place, end in zip(self.counts, ends, strict=False))
        reader = struct.Struct(f'<{HEAD}x{form}')
        return reader, reader.unpack_from(self.data)


Walk = Callable[[Layout, int], int]   # to the place behind a field, noting counts and gaps


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
        inside(layout, self._walk(layout, HEAD))
        self._size, self._gaps = len(data), layout.gaps
        self._reader, self._counts = layout.fixed()


@lru_cache
def walk_of(kind: str) -> Walk:
    """Return how to walk over one message type."""
    package = kind.split('/')[0]
    fields = (FIELD.match(line.split('#')[0].strip()) for line in topics.text(kind).splitlines())
    steps = [_repeated(package, *field.groups()) for field in fields if field]

    def walk(layout: Layout, place: int) -> int:
        for step in steps:
            place = step(layout, place)
        return place
    return walk


def inside(layout: Layout, place: int) -> int:
    """Return the place; refuse one behind the end, to which a false count leads."""
    if place > len(layout.data):
        raise struct.error('the message ends before its fields do')
    return place


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


def _single(package: str, name: str) -> Walk:
    if name in TEXTS:
        return lambda layout, place: _behind_text(layout, place, TEXTS[name])
    if name in SIZES:
        return lambda layout, place: aligned(layout, place, SIZES[name]) + SIZES[name]
    return walk_of(topics.full(name, package))


def _behind_text(layout: Layout, place: int, size: int) -> int:
    letters, place = counted(layout, place)
    return place + size * letters


def _repeated(package: str, name: str, brackets: str | None) -> Walk:
    """A field, a fixed array of it or a counted sequence of it."""
    single = _single(package, name)
    if brackets is None:
        return single
    fixed = int(brackets[1:-1]) if brackets[1:-1].isdigit() else None

    def walk(layout: Layout, place: int) -> int:
        count, place = (fixed, place) if fixed is not None else counted(layout, place)
        if count and name in SIZES:
            return aligned(layout, place, SIZES[name]) + count * SIZES[name]
        for _ in range(count):
            place = inside(layout, single(layout, place))
        return place
    return walk
