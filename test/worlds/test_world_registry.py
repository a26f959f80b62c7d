"""Worlds are found by namespace, once each."""
from __future__ import annotations

import pytest
from visuomotor.specs.errors import BadInput
from visuomotor.worlds import running


class Standing:
    """A world in name only."""


@pytest.fixture
def left():
    world = Standing()
    running.publish('/left', world, lambda seconds: seconds + 100.0)
    yield world
    running.withdraw('/left')


def test_a_world_is_found_by_its_namespace_with_its_clock(left):
    assert running.find('/left') is left
    assert running.graph_time('/left', 1.5) == 101.5


def test_a_second_world_of_one_namespace_is_refused(left):
    with pytest.raises(BadInput, match="Namespace '/left' has a world already"):
        running.publish('/left', Standing())


def test_a_namespace_without_a_world_is_refused_with_what_to_do(left):
    with pytest.raises(BadInput,
                       match="Namespace '/right' has no simulated world in this process; start its "
                             "driver"):
        running.find('/right')


def test_a_withdrawn_world_is_gone_and_withdrawing_twice_is_harmless(left):
    running.withdraw('/left')
    running.withdraw('/left')
    with pytest.raises(BadInput):
        running.find('/left')
