"""What waits comes out in order, each its delay after its stamp."""
from visuomotor.specs.delay_queue import DelayQueue


def test_each_comes_out_its_delay_after_its_stamp_and_in_order():
    queue = DelayQueue(0.02)
    queue.put('first', 1.0)
    queue.put('second', 1.01)
    assert queue.due(1.019) == []
    assert queue.due(1.02) == ['first']
    assert not queue.empty
    assert queue.due(2.0) == ['second']
    assert queue.empty


def test_a_beat_that_rounding_put_just_before_the_moment_counts():
    queue = DelayQueue(0.1)
    queue.put('late', 0.2)
    assert queue.due(0.3 - 1e-7) == ['late']


def test_what_was_cleared_never_comes():
    queue = DelayQueue(0.0)
    queue.put('old', 1.0)
    queue.clear()
    assert queue.due(9.0) == []
