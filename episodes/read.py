"""Reads an episode back: its metadata, its messages decoded, its pictures as arrays."""
from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from mcap.reader import McapReader, make_reader
from mcap_ros2.decoder import DecoderFactory
from numpy.typing import NDArray
from visuomotor.specs.errors import Unreadable
from visuomotor.specs.values import Imu

MAGIC = b'\x89MCAP0\r\n'
FOOTER = struct.Struct('<BQQQI8s')   # opcode, length, where summary and offsets begin, CRC; magic


@dataclass(frozen=True)
class RecordedMessage:
    """One message of an episode."""

    topic: str
    logged: int     # ns of ROS time, when the recorder heard it
    published: int  # ns of ROS time, its own stamp where it has one
    message: Any    # fields by name, as in the .msg file


def metadata(path: Path) -> dict[str, str]:
    """Return what is known of the whole episode: robot, task, policy, seed, outcome and so on."""
    with opened(path) as reader:
        return {key: value for record in reader.iter_metadata()
                for key, value in record.metadata.items()}


def counts(path: Path) -> dict[str, int]:
    """Return how many messages each topic has."""
    with opened(path) as reader:
        summary = reader.get_summary()
        if summary is None or summary.statistics is None:
            raise Unreadable(f'{path} is not a complete episode file: it has no summary.')
        found = summary.statistics.channel_message_counts.items()
        return {summary.channels[number].topic: count for number, count in found}


def messages(path: Path, topics: Iterable[str] | None = None,
             newest_first: bool = False) -> Iterator[RecordedMessage]:
    """Go through the messages in the order of logging, decoded."""
    chosen = None if topics is None else list(topics)
    with opened(path) as reader:
        for _, channel, record, decoded in reader.iter_decoded_messages(topics=chosen,
                                                                        reverse=newest_first):
            yield RecordedMessage(channel.topic, record.log_time, record.publish_time, decoded)


def raw(path: Path) -> Iterator[tuple[str, int, bytes]]:
    """Go through topic, log time and bytes of every message; equal episodes give equal ones."""
    with opened(path) as reader:
        for _, channel, record in reader.iter_messages():
            yield channel.topic, record.log_time, record.data


def picture(message: Any) -> NDArray[np.uint8]:
    """Return an rgb8 Image message as height x width x 3."""
    if message.encoding != 'rgb8':
        raise Unreadable(f"Pictures of an episode are rgb8, but this one is '{message.encoding}'.")
    if len(message.data) != message.height * message.step or message.step < 3 * message.width:
        raise Unreadable(f'A picture of {message.width} x {message.height} px should have rows of '
                         f'3 bytes a pixel, but has {len(message.data)} bytes.')
    rows = np.frombuffer(bytes(message.data), np.uint8).reshape(message.height, message.step)
    return rows[:, :message.width * 3].reshape(message.height, message.width, 3)


def imu(message: Any) -> Imu:
    """Return an Imu message as values."""
    turned, rate = message.orientation, message.angular_velocity
    return Imu(np.array([turned.x, turned.y, turned.z, turned.w]),
               np.array([rate.x, rate.y, rate.z]))


def last_picture(path: Path, topic: str = '') -> NDArray[np.uint8] | None:
    """Return the newest picture of a topic, by default of the first camera by name, if any."""
    cameras = sorted(name for name in counts(path) if name.endswith('/image'))
    wanted = [topic] if topic else cameras[:1]
    newest = next(messages(path, wanted, newest_first=True), None) if wanted else None
    return None if newest is None else picture(newest.message)


@contextmanager
def opened(path: Path) -> Iterator[McapReader]:
    """Open an episode; whatever keeps it from being read, now or later, is one sentence.

    Raises:
        Unreadable: when there is no such file, or it is too short, of another kind or damaged.
    """
    try:
        with open(path, 'rb') as stream:
            _check(stream)
            yield make_reader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
    except Unreadable:
        raise
    except FileNotFoundError:
        raise Unreadable(f'There is no file {path}; `visuomotor up` says where it puts its '
                         'episodes.') from None
    except IsADirectoryError:
        raise Unreadable(f'{path} is a folder, but one episode was expected; give a file in it, '
                         f'such as {path / "episode_00001.mcap"}.') from None
    except OSError as error:
        raise Unreadable(f'{path} cannot be read: {error.strerror or error}.') from error
    # damaged bytes lead the readers of MCAP, zstd, CDR and .msg texts anywhere
    except Exception as error:
        why = ' '.join(str(error).split()).rstrip('.')[:200] or type(error).__name__
        raise Unreadable(f'{path} is not a complete episode file: {why}.') from error


def _check(stream: IO[bytes]) -> None:
    """See that it begins and ends as MCAP does, and that its summary fits its CRC."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not size:
        raise ValueError('it is empty')
    if stream.read(len(MAGIC)) != MAGIC:
        raise ValueError('it does not begin as MCAP files do')
    if size < FOOTER.size + len(MAGIC):
        raise ValueError(f'it ends after {size} bytes')
    stream.seek(size - FOOTER.size)
    *_, begins, _, expected, magic = FOOTER.unpack(stream.read())
    if magic != MAGIC:
        raise ValueError(f'it ends in the middle, after {size} bytes')
    if begins:
        stream.seek(min(begins, size))
        if zlib.crc32(stream.read()[:-len(MAGIC) - 4]) != expected:
            raise ValueError('its summary is damaged')
    stream.seek(0)
