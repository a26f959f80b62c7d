"""Sums over the joints say what numpy says, also of what is no number."""
import math

import numpy as np
import pytest
from visuomotor.safety.handful import every, largest, smallest, some, total


@pytest.mark.parametrize(('values', 'finite'), [
    ([1.0, -2.0], True), ([0.0, math.nan, 1.0], False), ([math.inf, 1.0], False),
    ([math.inf, -math.inf], False), ([1.0, 2.0, -math.inf], False)])
def test_a_sum_is_finite_where_every_number_is(values: list[float], finite: bool) -> None:
    assert math.isfinite(total(np.array(values))) is finite


def test_the_largest_and_the_smallest() -> None:
    values = np.array([-3.0, 2.0, 1.0])
    assert (largest(values), smallest(values)) == (2.0, -3.0)


def test_flags_and_torques() -> None:
    assert every(np.array([True, True]))
    assert not every(np.array([True, False]))
    assert some(np.array([0.0, -0.5]))
    assert not some(np.zeros(2))
