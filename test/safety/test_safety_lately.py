"""Where a robot that lags stands beside the way that it was sent."""
import numpy as np
import pytest
from visuomotor.safety.lately import Lately


def test_of_two_lags_that_explain_a_place_as_well_the_nearer_one_is_believed() -> None:
    lately = Lately(joints=1, beats=5)
    for place in (0.0, 0.1):
        lately.sent(np.array([place]))
    assert lately.stray(np.array([0.0])) is None   # late by one beat
    for place in (0.3, 0.15, 0.19, 0.2):
        lately.sent(np.array([place]))
    # 50.05 mrad beside 0.2, one beat from that lag; 49.95 mrad beside 0.3, two beats from it
    assert lately.stray(np.array([0.25005])) == pytest.approx([0.05155])
