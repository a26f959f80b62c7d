"""An episode is one whole file or a `.part`, never something between. Standard MCAP tools read
it."""
from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from visuomotor.episodes import naming, read
from visuomotor.episodes.catalogue import catalogue
from visuomotor.episodes.contact_sheet import contact_sheet
from visuomotor.episodes.log import EpisodeWriter
from visuomotor.specs.errors import Unreadable

ABOUT = {'robot': 'iiwa7', 'task': 'grasp', 'policy': 'scripted', 'number': '1', 'seed': '7',
         'visuomotor': '0.1.0'}
OUTCOME = {'result': 'SUCCESS', 'truth': 'FAILURE', 'reason': 'held', 'success_probability': '0.9',
           'return_value': '1.5', 'duration': '3.25', 'policy_hash': 'abc'}
POINT = 'float64 x\nfloat64 y\nfloat64 z\n'


def cdr(x: float, y: float, z: float) -> bytes:
    return b'\x00\x01\x00\x00' + struct.pack('<3d', x, y, z)


def write(path: Path, count: int = 3) -> EpisodeWriter:
    writer = EpisodeWriter(path, ABOUT)
    channel = writer.channel('tip', 'geometry_msgs/msg/Point', POINT)
    for index in range(count):
        writer.write(channel, cdr(index, 0.5, -1.0), 1_000_000_000 + index, 2_000_000_000 + index)
    return writer


def test_what_was_written_is_read_back_by_a_standard_reader(tmp_path):
    stored = write(tmp_path / 'episode_00001.mcap').commit(OUTCOME)
    assert (stored.messages, stored.bytes) == (3, (tmp_path / 'episode_00001.mcap').stat().st_size)
    with open(stored.path, 'rb') as stream:
        found = [(c.topic, s.name, m.log_time, m.publish_time, d.x, d.y, d.z) for s, c, m, d in
                 make_reader(stream, decoder_factories=[DecoderFactory()]).iter_decoded_messages()]
    assert found[2] == ('tip', 'geometry_msgs/msg/Point', 1_000_000_002, 2_000_000_002, 2.0, 0.5,
                        -1.0)
    assert len(found) == 3


def test_our_own_reader_tells_the_same(tmp_path):
    path = write(tmp_path / 'episode_00001.mcap').commit(OUTCOME).path
    assert [(h.topic, h.logged, h.message.x) for h in read.messages(path, ['tip'])] == [
        ('tip', 1_000_000_000, 0.0), ('tip', 1_000_000_001, 1.0), ('tip', 1_000_000_002, 2.0)]
    assert read.metadata(path) == {**ABOUT, **OUTCOME}
    assert read.counts(path) == {'tip': 3}
    assert next(read.raw(path)) == ('tip', 1_000_000_000, cdr(0.0, 0.5, -1.0))


def test_until_it_is_committed_there_is_only_a_part(tmp_path):
    path = tmp_path / 'run' / 'episode_00001.mcap'
    writer = write(path)
    assert [entry.name for entry in path.parent.iterdir()] == ['episode_00001.mcap.part']
    writer.commit(OUTCOME)
    assert [entry.name for entry in path.parent.iterdir()] == ['episode_00001.mcap']


def test_an_episode_is_never_written_over(tmp_path):
    write(tmp_path / 'episode_00001.mcap').commit(OUTCOME)
    with pytest.raises(FileExistsError, match=r'never written over'):
        EpisodeWriter(tmp_path / 'episode_00001.mcap', ABOUT)


KILLED = '''
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from test_episode_files import OUTCOME, write
folder = Path({folder!r})
for number in (1, 2):
    write(folder / f'episode_0000{{number}}.mcap').commit(OUTCOME)
writer = write(folder / 'episode_00003.mcap', 100_000)
print('writing', flush=True)
sys.stdin.read()
'''


def test_a_killed_process_loses_only_the_episode_that_it_was_writing(tmp_path):
    script = KILLED.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, '-c', script], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'writing\n'
        os.kill(process.pid, signal.SIGKILL)
    found = catalogue(tmp_path)
    assert [(e.number, e.result, e.messages) for e in found.episodes] == [(1, 'SUCCESS', 3),
                                                                          (2, 'SUCCESS', 3)]
    assert [path.name for path in found.interrupted] == ['episode_00003.mcap.part']
    assert found.interrupted[0].stat().st_size > 0
    assert naming.next_number(tmp_path) == 4


def test_the_catalogue_names_what_it_cannot_read_and_lists_the_rest(tmp_path):
    whole = write(tmp_path / 'a' / 'episode_00001.mcap').commit(OUTCOME).path
    (tmp_path / 'a' / 'episode_00002.mcap').write_bytes(whole.read_bytes()[:200])
    (tmp_path / 'a' / 'episode_00003.mcap').write_bytes(b'')
    write(tmp_path / 'a' / 'episode_00004.mcap').commit({'result': 'SUCCESS'})
    (tmp_path / 'a' / 'notes.mcap').write_bytes(b'not ours')
    found = catalogue(tmp_path)
    assert [e.path.name for e in found.episodes] == ['episode_00001.mcap']
    assert [text.split('/')[-1].split(' ')[0] for text in found.unreadable] == [
        'episode_00002.mcap', 'episode_00003.mcap', 'episode_00004.mcap']
    assert all(text.endswith('.') and '\n' not in text for text in found.unreadable)


def test_an_entry_tells_the_outcome_in_numbers(tmp_path):
    write(tmp_path / 'episode_00012.mcap').commit(OUTCOME)
    (entry,) = catalogue(tmp_path).episodes
    assert (entry.number, entry.robot, entry.task, entry.seed,
            entry.truth) == (12, 'iiwa7', 'grasp', '7', 'FAILURE')
    assert (entry.return_value, entry.duration, entry.policy_hash, entry.reason) == (1.5, 3.25,
                                                                                     'abc', 'held')


def test_names_and_numbers(tmp_path):
    assert naming.next_number(tmp_path) == 1
    (tmp_path / 'episode_00007.mcap.part').touch()
    (tmp_path / 'episode_00003.mcap').touch()
    assert naming.next_number(tmp_path) == 8
    assert naming.episode_file(Path('d'), 42) == Path('d/episode_00042.mcap')
    assert naming.run_folder(Path('d'), 'iiwa7', 'grasp', 'first') == Path('d/iiwa7-grasp/first')
    assert naming.number_of(Path('episode_x.mcap')) == 0


# Files that are no whole episode: one sentence, whoever reads them and whatever part.
READERS = {
    'metadata': read.metadata, 'counts': read.counts, 'raw': lambda path: list(read.raw(path)),
    'messages': lambda path: [(one.topic, one.logged, one.published, one.message.x, one.message.y,
                               one.message.z)
                              for one in read.messages(path)],
    'newest first': lambda path: next(read.messages(path, newest_first=True)).message.x,
}
# metadata lie outside of every CRC but the whole file's
WHOLE_FILE = ('counts', 'raw', 'messages', 'newest first')


@pytest.fixture
def whole(tmp_path):
    return write(tmp_path / 'episode_00001.mcap').commit(OUTCOME).path


def refusal(reader, path):
    with pytest.raises(Unreadable) as refused:
        READERS[reader](path)
    sentence = str(refused.value)
    assert sentence.endswith('.')
    assert '\n' not in sentence
    return sentence.replace(str(path), 'FILE')


@pytest.mark.parametrize('reader', READERS)
@pytest.mark.parametrize(('content', 'why'), [
    (b'', 'FILE is not a complete episode file: it is empty.'),
    (b'hello, this is text',
     'FILE is not a complete episode file: it does not begin as MCAP files do.'),
    (read.MAGIC, 'FILE is not a complete episode file: it ends after 8 bytes.'),
    (read.MAGIC * 9, 'FILE is not a complete episode file: its summary is damaged.'),
    (read.MAGIC + bytes(99),
     'FILE is not a complete episode file: it ends in the middle, after 107 bytes.')])
def test_what_is_no_episode(reader, content, why, tmp_path):
    (tmp_path / 'episode_00007.mcap').write_bytes(content)
    assert refusal(reader, tmp_path / 'episode_00007.mcap') == why


@pytest.mark.parametrize('reader', READERS)
def test_a_missing_file_and_a_folder(reader, tmp_path):
    assert refusal(reader, tmp_path / 'no.mcap').startswith('There is no file FILE; ')
    assert refusal(reader,
                   tmp_path) == ('FILE is a folder, but one episode was expected; give a file in '
                                 'it, such as '
                                         'FILE/episode_00001.mcap.')


@pytest.mark.parametrize('reader', READERS)
def test_every_length_that_is_too_short(reader, whole):
    content = whole.read_bytes()
    for length in range(0, len(content), 7):
        whole.write_bytes(content[:length])
        refusal(reader, whole)


@pytest.mark.parametrize('reader', READERS)
def test_a_flipped_bit_is_refused_or_does_no_harm(reader, whole, capfd):
    content, right = whole.read_bytes(), READERS[reader](whole)
    refused = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        whole.write_bytes(damaged)
        try:
            found = READERS[reader](whole)
        except Unreadable:
            refused += 1
        else:
            assert found == right or reader not in WHOLE_FILE
    assert refused > 0.4 * len(content)
    assert capfd.readouterr() == ('', '')   # nothing else is printed either


@pytest.mark.parametrize('outcome', [{'result': 'SUCCES'}, {'truth': ''}, {'duration': 'long'}])
def test_an_outcome_that_nobody_writes(outcome, tmp_path):
    write(tmp_path / 'episode_00001.mcap').commit({**OUTCOME, **outcome})
    found = catalogue(tmp_path)
    assert found.episodes == ()
    assert re.fullmatch(r'.*episode_00001.mcap has no complete metadata of an episode: .*\.',
                        found.unreadable[0])


def test_a_contact_sheet_of_damaged_episodes_says_which(whole, tmp_path):
    whole.write_bytes(whole.read_bytes()[:300])
    with pytest.raises(Unreadable, match=r'episode_00001.mcap is not a complete episode file'):
        contact_sheet([whole], tmp_path / 'sheet.png')


class Message:
    """What a decoded Image looks like."""

    encoding = 'rgb8'
    height = 2
    width = 4
    step = 12
    data = bytes(24)


@pytest.mark.parametrize(('wrong', 'why'), [
    ({'encoding': 'mono8'}, "are rgb8, but this one is 'mono8'"),
    ({'data': bytes(23)}, 'but has 23 bytes'),
    ({'step': 8, 'data': bytes(16)}, 'but has 16 bytes')])
def test_a_picture_that_does_not_fit_its_own_size(wrong, why):
    assert read.picture(Message()).shape == (2, 4, 3)
    message = Message()
    for name, value in wrong.items():
        setattr(message, name, value)
    with pytest.raises(Unreadable, match=why):
        read.picture(message)


def test_latest_leads_to_the_newest_run_and_replaces_no_folder(tmp_path):
    for run in ('one', 'two'):
        (tmp_path / run).mkdir()
        naming.mark_latest(tmp_path / run)
    assert (tmp_path / 'latest').resolve() == tmp_path / 'two'
    (tmp_path / 'other' / 'latest').mkdir(parents=True)
    naming.mark_latest(tmp_path / 'other' / 'one')
    assert not (tmp_path / 'other' / 'latest').is_symlink()


def test_a_run_named_latest_goes_on_where_the_link_leads(tmp_path):
    (tmp_path / 'one').mkdir()
    naming.mark_latest(tmp_path / 'one')
    naming.mark_latest(tmp_path / 'latest')
    assert (tmp_path / 'latest').resolve() == tmp_path / 'one'
