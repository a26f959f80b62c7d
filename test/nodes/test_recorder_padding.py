"""Gaps between fields are zero on disk, whatever Fast CDR left there."""
from __future__ import annotations

import pytest
from rclpy.serialization import deserialize_message, serialize_message
from visuomotor.msg import Command, Margin, Proposal, SafetyStatus
from visuomotor.nodes.recorder.padding import Padding

# sec, nanosec, an empty frame_id (4 bytes of length, its zero), 3 bytes of gap, 1 position after
# its count
ONE = '000000000000f03f'
DIRTY = (bytes.fromhex('00010000' '01000000' '02000000' '01000000' '00' 'aabbcc' '01000000' 'dddddddd' + ONE))  # noqa: E501
CLEAN = (bytes.fromhex('00010000' '01000000' '02000000' '01000000' '00' '000000' '01000000' '00000000' + ONE))  # noqa: E501


def test_gaps_before_counts_and_doubles_are_zeroed():
    rest = bytes(200)  # the later fields: empty sequences and zeros
    assert Padding('visuomotor/msg/Command').tidy(DIRTY + rest)[:len(CLEAN)] == CLEAN


@pytest.mark.parametrize('message', [
    Command(position=[1.0, 2.0], reasons=['a', 'joint 2 is at its limit'], asked=[3.0],
            policy_hash='abc'),
    Proposal(times=[0.0, 0.1], targets=[1.0, 2.0], gripper=[0.5, 0.5], width=1, policy_hash='x'),
    SafetyStatus(reasons=['one'],
                 margins=[Margin(limit='joint', value=0.5, unit='rad'),
                          Margin(limit='x', unit='m')]),
], ids=lambda message: type(message).__name__)
def test_values_survive(message):
    padding = Padding(f'visuomotor/msg/{type(message).__name__}')
    tidy = padding.tidy(serialize_message(message))
    assert deserialize_message(tidy, type(message)) == message


def test_lengths_that_change_are_looked_at_anew():
    padding = Padding('visuomotor/msg/Margin')
    # A text with its zero, the gap before the double, the double, an empty text.
    short = bytes.fromhex('00010000' '02000000' '6100' 'eeee' '0000000000000000' '01000000' '00')
    long = (bytes.fromhex('00010000' '08000000' '6162636465666700' 'eeeeeeee' '0000000000000000' '01000000' '00'))  # noqa: E501
    assert padding.tidy(short)[8:12] == b'a\0\0\0'
    assert padding.tidy(long)[8:20] == b'abcdefg\0\0\0\0\0', ('letters survive where the shorter '
                                                              'text had its gap')
    assert padding.tidy(short)[8:12] == b'a\0\0\0'
