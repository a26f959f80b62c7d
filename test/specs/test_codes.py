"""Every code is written down twice, in specs/codes.py and in a message. Here both are compared,
both ways."""
from __future__ import annotations

import pytest
from visuomotor.msg import Command, EpisodeOutcome, EpisodeStatus, Proposal, SafetyStatus
from visuomotor.specs.codes import PROPOSERS, Mode, Phase, Result, Source, StopCategory, Verdict
from visuomotor.srv import Stop


def constants(generated: type, prefix: str = '') -> dict[str, int]:
    """Return the constants of a generated class, without their common beginning."""
    # what the class was made with: constants and defaults
    found = type(generated).__prepare__('', ())
    return {name.removeprefix(prefix): value for name, value in found.items()
            if name.startswith(prefix) and not name.endswith('__DEFAULT')}


def codes(enum: type) -> dict[str, int]:
    return {code.name: int(code) for code in enum}


@pytest.mark.parametrize(('enum', 'generated'), [
    (Verdict, Command), (Verdict, SafetyStatus), (Phase, EpisodeStatus), (Result, EpisodeOutcome),
    (StopCategory, Stop.Request)], ids=lambda which: which.__name__)
def test_codes_are_the_constants_of_the_message(enum, generated):
    assert codes(enum) == constants(generated)


def test_a_proposal_has_a_source_and_a_mode():
    assert constants(Proposal, 'SOURCE_') == {'POLICY': 1, 'RESET': 2, 'TELEOP': 3}
    assert {**constants(Proposal, 'SOURCE_'), 'NOBODY': 0} == codes(Source)
    assert constants(Proposal, 'MODE_') == codes(Mode)
    assert len(constants(Proposal)) == len(Source) - 1 + len(Mode)
    assert PROPOSERS == {Source.POLICY: 'policy', Source.RESET: 'reset', Source.TELEOP: 'teleop'}
