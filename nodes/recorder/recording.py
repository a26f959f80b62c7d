"""When a file begins, what it holds, how it ends. A failing disk costs an episode, not the run."""
from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from visuomotor.episodes import naming
from visuomotor.episodes.log import EpisodeWriter
from visuomotor.nodes.recorder import topics
from visuomotor.nodes.recorder.padding import Padding
from visuomotor.specs import paths
from visuomotor.specs.codes import Phase, Result, code
from visuomotor.specs.errors import BadInput
from visuomotor.specs.values import lost_since

HEADER = 'std_msgs/Header header'
# sec, nanosec; little-endian, as every CDR of ours says in its first four bytes
STAMP = struct.Struct('<iI')


@dataclass(frozen=True)
class Todo:
    """What to do with the file now, in this order."""

    cut: bool = False     # an episode was left without being stored: keep what there is, as aborted
    begin: bool = False
    store: bool = False


def todo(under_way: int, phase: int, number: int, resets: bool) -> Todo:
    """Decide from the number of the open episode (0: none) and the supervisor's newest status."""
    wanted = phase == Phase.RUNNING or (resets and phase == Phase.RESETTING)
    if wanted and number != under_way:
        return Todo(cut=under_way > 0, begin=number > 0)
    if phase == Phase.STORING and number == under_way > 0:
        return Todo(store=True)
    over = phase in (Phase.IDLE, Phase.FAULT, Phase.FINISHED)
    return Todo(cut=under_way > 0 and (over or number != under_way))


def description(robot: str, task: str, policy: str, number: int, seed: int) -> dict[str, str]:
    """Return the metadata that are known when an episode begins."""
    return {'robot': robot, 'task': task, 'policy': policy, 'number': str(number),
            'seed': str(seed), 'visuomotor': version()}


def outcome(result: int, *, truth: int = Result.UNKNOWN, success_probability: float = 0.0,
            return_value: float = 0.0,
            duration: float = 0.0, reason: str = '', policy_hash: str = '') -> dict[str, str]:
    """Return the metadata that are known when it ends, in the words of EpisodeOutcome.msg."""
    return {'result': code(Result, result).name, 'truth': code(Result, truth).name,
            'reason': reason,
            'success_probability': repr(success_probability), 'return_value': repr(return_value),
            'duration': repr(duration), 'policy_hash': policy_hash}


def interrupted(seconds: float, policy_hash: str) -> dict[str, str]:
    """Return the metadata of an episode that was cut off; its data is kept."""
    return outcome(Result.ABORTED, duration=seconds,
                   reason='The run was stopped during the episode.', policy_hash=policy_hash)


def behind(before: float, now: float) -> dict[str, str]:
    """Mark an episode in which real time was lost, from the driver's count then and now."""
    lost = lost_since(before, now)
    return {'real_time_lost': f'{lost:.3f}'} if lost else {}


def version() -> str:
    """Return the version of this software, from where it is written down once."""
    return ElementTree.parse(paths.ROOT / 'package.xml').getroot().findtext('version') or 'unknown'


@dataclass(frozen=True)
class StoreReport:
    """How storing one episode went, as in EpisodeStored.msg."""

    number: int
    stored: bool
    file: str = ''
    messages: int = 0
    bytes: int = 0
    message: str = ''


class Recording:
    """The file of the episode under way, if there is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = prepared(folder)
        self.number = 0   # of the episode under way; 0: none
        self.failure = ''
        self._writer: EpisodeWriter | None = None
        self._channels: dict[str, int] = {}
        self._stamped: dict[str, bool] = {}
        self._paddings: dict[str, Padding] = {}

    def begin(self, number: int, about: Mapping[str, str]) -> None:
        """Open the file of an episode."""
        self.number = number
        self.failure = ''
        self._channels = {}
        try:
            # The folder counts, not the run: a second run in it, in this process or a later one,
            # goes on behind.
            next_file = naming.episode_file(self.folder, naming.next_number(self.folder))
            self._writer = EpisodeWriter(next_file, about)
        except OSError as error:
            self._fail(error)

    def write(self, topic: str, kind: str, data: bytes, now: int) -> None:
        """Take one serialised message; nothing is done between episodes."""
        if self._writer is None:
            return
        try:
            if topic not in self._channels:
                self._open_channel(topic, kind)
            published = stamp_of(data) if self._stamped[topic] else now
            self._writer.write(self._channels[topic], self._paddings[topic].tidy(data), now,
                               published)
        except struct.error:
            raise BadInput(f'its {len(data)} bytes are no {kind}; not recorded') from None
        except OSError as error:
            self._fail(error)

    def end(self, outcome: Mapping[str, str]) -> StoreReport:
        """Commit the episode and say how that went."""
        report = self._commit(outcome)
        self.number, self._writer = 0, None
        return report

    def _commit(self, outcome: Mapping[str, str]) -> StoreReport:
        if self._writer is None:
            return StoreReport(self.number, False, message=self.failure)
        try:
            stored = self._writer.commit(outcome)
        except OSError as error:
            return StoreReport(self.number, False, message=self._lost(self._writer, error))
        return StoreReport(self.number, True, str(stored.path), stored.messages, stored.bytes)

    def _open_channel(self, topic: str, kind: str) -> None:
        text = topics.definition(kind)
        self._stamped[topic], self._paddings[topic] = starts_with_header(text), Padding(kind)
        assert self._writer is not None
        self._channels[topic] = self._writer.channel(topic, kind, text)

    def _fail(self, error: OSError) -> None:
        writer, self._writer = self._writer, None
        self.failure = self._lost(writer, error)

    def _lost(self, writer: EpisodeWriter | None, error: OSError) -> str:
        left = f' What was written is in {writer.abandon()}.' if writer else ''
        why = error.strerror or error
        return (f'Episode {self.number} could not be stored in {self.folder}: {why}; make room '
                f'there.{left}')


def prepared(folder: Path) -> Path:
    """Make the folder and see that it can be written to, before anything moves."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / '.writable'
        probe.write_bytes(b'')
        probe.unlink()
    except OSError as error:
        raise BadInput(f'Episodes cannot be written to {folder}: {error.strerror}; choose another '
                       'folder.') from error
    return folder


def starts_with_header(text: str) -> bool:
    """Tell whether a message begins with a header: its stamp then lies at a fixed place."""
    fields = (line.split('#')[0].split() for line in text.splitlines())
    plain = (words for words in fields if words and '=' not in ''.join(words))
    return next(plain, []) == HEADER.split()


def stamp_of(data: bytes) -> int:
    """Return the header's stamp in ns from the serialised form, without decoding it."""
    seconds, nanoseconds = STAMP.unpack_from(data, 4)
    return max(0, int(seconds) * 1_000_000_000 + int(nanoseconds))
