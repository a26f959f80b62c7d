"""Zeroes the gaps that alignment leaves between the fields of a serialised message.

Fast CDR leaves there whatever was in memory before. With zeros, equal messages are equal bytes, so two runs of one seed can
be compared file by file.
"""
from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import lru_cache

from visuomotor.nodes.recorder import schemas

SIZES = {'bool': 1, 'byte': 1, 'char': 1, 'int8': 1, 'uint8': 1, 'int16': 2, 'uint16': 2, 'int32': 4, 'uint32': 4,
         'float32': 4, 'int64': 8, 'uint64': 8, 'float64': 8}
HEAD = 4   # bytes of encapsulation, from behind which alignment counts
FIELD = re.compile(r'^([A-Za-z][\w/]*)(?:<=\d+)?(\[[^\]]*\])?\s+[a-z]\w*\s*(?:[^=\w].*)?$')
COUNT = struct.Struct('<I')
Walk = Callable[[bytearray, int], int]   # from a place to the place behind a field, zeroing on the way


def tidy(kind: str, data: bytes) -> bytes:
    """Return a message of this type with its gaps zeroed; the values are untouched."""
    body = bytearray(data)
    walk_of(kind)(body, HEAD)
    return bytes(body)


@lru_cache
def walk_of(kind: str) -> Walk:
    """Return how to walk over one message type."""
    package = kind.split('/')[0]
    steps = []
    for line in schemas.text(kind).splitlines():
        field = FIELD.match(line.split('#')[0].strip())
        if field:
            steps.append(_repeated(_single(field.group(1), package), field.group(1), field.group(2)))

    def walk(body: bytearray, place: int) -> int:
        for step in steps:
            place = step(body, place)
        return place
    return walk


def aligned(body: bytearray, place: int, size: int) -> int:
    """Zero the gap before a value of this size, and return where the value is."""
    gap = -(place - HEAD) % size
    body[place:place + gap] = bytes(gap)
    return place + gap


def _single(name: str, package: str) -> Walk:
    if name == 'string':
        return _string
    if name == 'wstring':
        return _wide_string
    if name not in SIZES:
        return walk_of(name.replace('/', '/msg/') if '/' in name else f'{package}/msg/{name}')
    size = SIZES[name]
    return lambda body, place: aligned(body, place, size) + size


def _string(body: bytearray, place: int) -> int:
    place = aligned(body, place, 4)
    return place + 4 + int(COUNT.unpack_from(body, place)[0])


def _wide_string(body: bytearray, place: int) -> int:
    place = aligned(body, place, 4)
    return place + 4 + 2 * int(COUNT.unpack_from(body, place)[0])


def _repeated(single: Walk, name: str, brackets: str | None) -> Walk:
    """A field, a fixed array of it or a counted sequence of it."""
    if brackets is None:
        return single
    fixed = int(brackets[1:-1]) if brackets[1:-1].isdigit() else None

    def walk(body: bytearray, place: int) -> int:
        count = fixed
        if count is None:
            place = aligned(body, place, 4)
            count, place = int(COUNT.unpack_from(body, place)[0]), place + 4
        if count and name in SIZES:
            return aligned(body, place, SIZES[name]) + count * SIZES[name]
        for _ in range(count):
            place = single(body, place)
        return place
    return walk
