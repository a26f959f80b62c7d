"""One driver and one safety node for one robot, noted where nobody else can put anything."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from visuomotor.nodes._ros.claim import Claim, claim_folder, holder
from visuomotor.specs.errors import BadInput


@pytest.fixture
def folder(tmp_path):
    return tmp_path / 'own'


def test_a_second_one_on_one_namespace_is_refused(folder):
    first = Claim('driver', 7, '/left', folder)
    with pytest.raises(BadInput, match="Namespace 'left/' on ROS domain 7 has a driver already"):
        Claim('driver', 7, 'left/', folder)
    Claim('safety', 7, '/left', folder).release()
    Claim('driver', 7, '/right', folder).release()
    Claim('driver', 8, '/left', folder).release()
    first.release()
    first.release()
    Claim('driver', 7, '/left', folder).release()


def test_whoever_asks_hears_what_the_holder_tells_and_disturbs_nobody(folder):
    assert holder('safety', 7, '/', folder) == []
    claim = Claim('safety', 7, '/', folder)
    assert holder('safety', 7, '/', folder) == [str(os.getpid())]
    claim.tell(18446744073709551615)
    claim.tell(42)
    assert holder('safety', 7, '/', folder) == [str(os.getpid()), '42']
    claim.release()
    assert holder('safety', 7, '/', folder) == []   # what it wrote is still there, and old


def test_a_killed_program_leaves_no_claim_behind(folder):
    code = ('import sys, pathlib; from visuomotor.nodes._ros.claim import Claim\n'
            f"claim = Claim('driver', 7, '/', pathlib.Path({str(folder)!r}))\n"
            "print('held', flush=True); sys.stdin.read()")
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, '-c', code], stdin=pipe, stdout=pipe,
                          text=True) as other:
        assert other.stdout.readline() == 'held\n'
        with pytest.raises(BadInput, match=rf'has a driver already \(process {other.pid}\)'):
            Claim('driver', 7, '/', folder)
        other.send_signal(signal.SIGKILL)
        other.wait()
        Claim('driver', 7, '/', folder).release()


def test_claims_lie_where_every_program_of_this_user_looks_and_nobody_else(tmp_path):
    own = f'visuomotor-{os.geteuid()}'
    assert claim_folder({'XDG_RUNTIME_DIR': str(tmp_path)}) == tmp_path / own
    assert claim_folder({'XDG_RUNTIME_DIR': '/nowhere/at/all'}).name == own
    assert claim_folder({}).parent.is_dir()


def test_the_folder_is_made_for_this_user_alone_whatever_the_umask(folder):
    before = os.umask(0)
    try:
        Claim('driver', 7, '/', folder).release()
    finally:
        os.umask(before)
    assert oct(folder.stat().st_mode) == '0o40700'
    assert [oct(file.stat().st_mode) for file in folder.iterdir()] == ['0o100600']


def refused(folder: Path) -> str:
    with pytest.raises(BadInput) as caught:
        Claim('driver', 7, '/', folder)
    return str(caught.value)


def test_a_folder_that_is_open_to_others_is_refused(folder):
    folder.mkdir()
    folder.chmod(0o777)
    assert 'it is open to others (mode 777); remove it, or set XDG_RUNTIME_DIR' in refused(folder)


def test_a_link_is_followed_neither_for_the_folder_nor_for_the_file(folder, tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('grace')
    Claim('driver', 7, '/', folder).release()
    file, = folder.iterdir()
    file.unlink()
    file.symlink_to(victim)
    assert f'{file}, a place of this user alone, but it cannot be used' in refused(folder)
    assert victim.read_text() == 'grace'
    beside = tmp_path / 'beside'
    beside.symlink_to(folder)
    assert f'{beside}, a place of this user alone, but it cannot be used' in refused(beside)


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can give a folder away')
def test_a_folder_of_somebody_else_is_refused(folder):
    folder.mkdir(mode=0o700)
    os.chown(folder, 4711, 4711)
    assert 'it belongs to somebody else' in refused(folder)


def test_a_second_safety_node_is_refused(rig):
    rig.make('safety', robot='iiwa7')
    rig.up()
    rig.make('safety', robot='iiwa7')
    with pytest.raises(BadInput, match=r"safety: Namespace '/' on ROS domain \d+ has a safety "
                                       r'already \(process \d+\); stop that one'):
        rig.up()
