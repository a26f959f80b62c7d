"""Reads an episode back: its metadata, its messages decoded, its pictures as arrays."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mcap.exceptions import McapError
from mcap.reader import McapReader, make_reader
from mcap_ros2.decoder import DecoderFactory
from numpy.typing import NDArray
from visuomotor.specs.errors import Unreadable


@dataclass(frozen=True)
class RecordedMessage:
    """One message of an episode."""

    topic: str
    logged: int     # ns of ROS time, when the recorder heard it
    published: int  # ns of ROS time, its own stamp where it has one
    message: Any    # fields by name, as in the .msg file


def metadata(path: Path) -> dict[str, str]:
    """Return what is known of the whole episode: robot, task, policy, seed, outcome and so on."""
    with open(path, 'rb') as stream:
        try:
            return {key: value for record in _reader(stream).iter_metadata() for key, value in record.metadata.items()}
        except (McapError, ValueError, EOFError) as error:
            raise Unreadable(f'{path} is not a complete episode file: {error}.') from error


def counts(path: Path) -> dict[str, int]:
    """Return how many messages each topic has."""
    with open(path, 'rb') as stream:
        try:
            summary = _reader(stream).get_summary()
        except (McapError, ValueError, EOFError) as error:
            raise Unreadable(f'{path} is not a complete episode file: {error}.') from error
    if summary is None or summary.statistics is None:
        raise Unreadable(f'{path} is not a complete episode file: it has no summary.')
    found = summary.statistics.channel_message_counts.items()
    return {summary.channels[number].topic: count for number, count in found}


def messages(path: Path, topics: Iterable[str] | None = None, newest_first: bool = False) -> Iterator[RecordedMessage]:
    """Go through the messages in the order of logging, decoded."""
    chosen = None if topics is None else list(topics)
    with open(path, 'rb') as stream:
        for _, channel, record, decoded in _reader(stream).iter_decoded_messages(topics=chosen, reverse=newest_first):
            yield RecordedMessage(channel.topic, record.log_time, record.publish_time, decoded)


def raw(path: Path) -> Iterator[tuple[str, int, bytes]]:
    """Go through topic, log time and bytes of every message, undecoded; two equal episodes give equal sequences."""
    with open(path, 'rb') as stream:
        for _, channel, record in _reader(stream).iter_messages():
            yield channel.topic, record.log_time, record.data


def picture(message: Any) -> NDArray[np.uint8]:
    """Return an rgb8 Image message as height x width x 3."""
    if message.encoding != 'rgb8':
        raise Unreadable(f"Pictures of an episode are rgb8, but this one is '{message.encoding}'.")
    rows = np.frombuffer(bytes(message.data), np.uint8).reshape(message.height, message.step)
    return rows[:, :message.width * 3].reshape(message.height, message.width, 3)


def last_picture(path: Path, topic: str = '') -> NDArray[np.uint8] | None:
    """Return the newest picture of a topic, by default of the first camera by name; none when there is no picture."""
    cameras = sorted(name for name in counts(path) if name.endswith('/image'))
    wanted = topic or (cameras[0] if cameras else '')
    newest = next(messages(path, [wanted], newest_first=True), None) if wanted else None
    return None if newest is None else picture(newest.message)


def _reader(stream: Any) -> McapReader:
    return make_reader(stream, decoder_factories=[DecoderFactory()])
