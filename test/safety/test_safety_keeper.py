"""A stop is kept aside of the motion: by a slow disk, by none that takes it, after a deletion."""
from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace

import pytest
from visuomotor.safety import latch as latches
from visuomotor.safety.keeper import Keeper
from visuomotor.safety.latch import Latch
from visuomotor.safety.limits import limits_for
from visuomotor.safety.make import make_lasting
from visuomotor.specs.codes import StopCategory
from visuomotor.specs.robot import load_robot

STOPPED = Latch(False, True, 'grace: cup', StopCategory.BRAKE)
GIVE_UP = 20.0   # s


class Disk:
    """Takes a stop when it is let; says when it was asked."""

    def __init__(self):
        self.asked, self.let = threading.Event(), threading.Event()
        self.let.set()
        self.holds = []

    def __call__(self, file, latch):
        self.asked.set()
        assert self.let.wait(GIVE_UP)
        self.holds.append(latch.reason)
        latches.store(file, latch)


@pytest.fixture
def file(tmp_path):
    return tmp_path / 'run' / 'stop.json'


@pytest.fixture
def lasting():
    """Make lasting filters of an iiwa; their keepers are closed at the end."""
    keepers = []

    def make(file, armed=True):
        given = {'latch_file': str(file), 'armed_at_start': armed}
        made, keeper = make_lasting(load_robot('iiwa7'), limits_for(load_robot('iiwa7'), given))
        keepers.append(keeper)
        return made, keeper
    yield make
    for keeper in keepers:
        keeper.close()


def blocked(file):
    """Put a file where the folder was: now nobody can write there, root neither."""
    shutil.rmtree(file.parent)
    file.parent.write_text('')


def test_who_calls_a_stop_never_waits_for_the_disk(file):
    disk, now = Disk(), [0.0]
    keeper = Keeper(file, Latch(True), store=disk, clock=lambda: now[0])
    disk.let.clear()
    disk.asked.clear()
    keeper.keep(STOPPED)   # returns, though the disk does not
    assert disk.asked.wait(GIVE_UP)
    assert disk.holds == ['']
    assert keeper.problem == ''
    now[0] = 5.1
    assert keeper.problem == f'the stop file {file} cannot be written: nothing after 5 s'
    keeper.keep(Latch(True))
    keeper.keep(STOPPED)
    disk.let.set()
    keeper.close()
    assert keeper.problem == ''
    assert json.loads(file.read_text())['reason'] == 'grace: cup'


def test_a_disk_that_takes_its_time_holds_up_no_stop_after_the_first(file):
    """Being killed forgets nothing: the file is named while the disk still brings in the last."""
    slow = threading.Event()
    keeper = Keeper(file, Latch(True), sync=lambda path: slow.wait(GIVE_UP) or None)
    keeper.keep(replace(STOPPED, reason='ada'))
    keeper.keep(STOPPED)
    keeper.look()
    assert latches.restore(file, armed=True) == STOPPED
    slow.set()
    keeper.close()


def test_a_disk_that_fails_later_is_told(file):
    def fail(path):
        raise OSError(28, 'No space left on device')
    keeper = Keeper(file, Latch(True), sync=fail)
    keeper.close()
    assert keeper.problem == f'the stop file {file} cannot be written: No space left on device'


def test_what_is_told_last_is_written_before_the_end(file):
    keeper = Keeper(file, Latch(True))
    keeper.keep(STOPPED)
    keeper.close()
    assert latches.restore(file, armed=True) == STOPPED


def test_a_file_that_is_deleted_comes_back(file):
    keeper = Keeper(file, STOPPED)
    file.unlink()
    keeper.look()
    assert latches.restore(file, armed=True) == STOPPED
    shutil.rmtree(file.parent)
    keeper.look()
    assert latches.restore(file, armed=True) == STOPPED
    keeper.close()


def test_a_deleted_file_is_looked_after_without_being_asked(file):
    disk = Disk()
    keeper = Keeper(file, Latch(True), store=disk)
    disk.asked.clear()
    file.unlink()
    assert disk.asked.wait(GIVE_UP)   # within a second, in truth
    keeper.close()
    assert file.exists()


def test_a_disk_that_takes_nothing_is_told_until_it_does(file):
    keeper = Keeper(file, Latch(True), sync=lambda _: None)   # naming alone
    blocked(file)
    keeper.look()
    assert keeper.problem == f'the stop file {file} cannot be written: File exists'
    file.parent.unlink()
    keeper.look()
    assert keeper.problem == ''
    keeper.close()


def test_a_filter_whose_stop_cannot_be_kept_does_not_begin(file, lasting):
    file.parent.write_text('')
    made, keeper = lasting(file)
    assert made.latch.forbids.startswith(f'stopped: {file} cannot be read, and may hold a stop')
    assert 'cannot be written' in keeper.problem


def test_a_new_run_begins_and_the_file_that_it_lost_is_a_stop(file, lasting):
    assert lasting(file)[0].latch == Latch(True)
    lasting(file)[1].close()
    file.unlink()
    assert lasting(file)[0].latch.reason == f'{file} is missing, and may have held a stop'


def test_without_a_file_nothing_is_kept_and_nothing_is_wrong(lasting):
    made, keeper = lasting('')
    made.stop('grace')
    assert (made.latch.stopped, keeper.problem) == (True, '')
