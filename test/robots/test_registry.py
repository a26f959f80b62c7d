"""Who makes which robot, in which world, and what is said when something is missing."""
from __future__ import annotations

from dataclasses import replace

import pytest
from visuomotor import robots
from visuomotor.robots import registry
from visuomotor.robots.fake import Fake
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import DriverChoice, load_robot

IIWA = load_robot('iiwa7')


def clock():
    return 0.0


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Lay two drivers into the room: `whole` with an emulator beside it, `half` without."""
    for kind in ('whole', 'half'):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / 'driver.py').write_text(
            'class Driver:\n    def __init__(self, *given):\n        self.given = given\n')
    (tmp_path / 'whole' / 'emulator.py').write_text(
        "class Emulator:\n    address = 'here'\n    def __init__(self, *given):\n        "
        "self.given = given\n")
    monkeypatch.setattr(robots, '__path__', [*robots.__path__, str(tmp_path)])


def driven(kind):
    return replace(IIWA, driver=DriverChoice(kind, 'there:7', {'rate': 5}))


@pytest.mark.parametrize(('world', 'sentence'), [
    ('emulated', r"World 'emulated' needs a driver, and iiwa7 has no driver yet: write robots/<kind>/driver.py and name "  # noqa: E501
                 r"it in config/robots/iiwa7.yaml as driver: {kind: <kind>, address: …}. Until then choose world "  # noqa: E501
                 r'sim or fake for iiwa7\.'),
    ('real', "World 'real' needs a driver, and iiwa7 has no driver yet"),
    ('sim', 'comes with its world'),
    ('fakr', "no world 'fakr'; did you mean fake")])
def test_worlds_that_lack_something_say_what(world, sentence):
    with pytest.raises(BadInput, match=sentence):
        registry.make_robot(IIWA, world, clock)


def test_a_robot_without_a_driver_or_a_model_lives_in_fewer_worlds(planted):
    assert registry.worlds_of(IIWA) == ['sim', 'fake']
    assert registry.worlds_of(replace(IIWA, urdf='')) == ['fake']
    assert registry.worlds_of(driven('half')) == ['sim', 'fake', 'real']
    assert registry.worlds_of(driven('whole')) == ['sim', 'fake', 'emulated', 'real']


def test_a_driver_is_found_by_its_folder_and_told_what_the_robots_file_says(planted):
    assert {'whole', 'half'} <= set(registry.driver_kinds())
    assert registry.make_robot(driven('half'), 'real', clock).given == (driven('half'), clock,
                                                                        'there:7', {'rate': 5})


def test_an_emulator_takes_the_plant_and_its_address_wins(planted):
    plant = Fake(IIWA, clock)
    emulator = registry.make_emulator(driven('whole'), plant)
    assert emulator.given == (driven('whole'), plant, {'rate': 5})
    robot = registry.make_robot(driven('whole'), 'emulated', clock, plant, emulator.address)
    assert robot.given[2] == 'here'


@pytest.mark.parametrize(('kind', 'world', 'sentence'), [
    ('whol', 'real',
     r"There is no driver 'whol' for iiwa7 \(config/robots/iiwa7.yaml\); did you mean whole"),
    ('half', 'emulated', r'needs an emulator beside the driver: write robots/half/emulator.py')])
def test_a_driver_that_is_not_there_is_refused(planted, kind, world, sentence):
    with pytest.raises(BadInput, match=sentence):
        registry.make_robot(driven(kind), world, clock)


def test_a_robot_without_a_model_cannot_be_simulated():
    with pytest.raises(BadInput,
                       match="World 'sim' needs a model, but iiwa7 has none: name one as urdf in "
                             "config"):
        registry.kind_of(replace(IIWA, urdf=''), 'sim')
