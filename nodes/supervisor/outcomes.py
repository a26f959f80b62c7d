"""Counts outcomes; a person's label overrules the detector and is counted once."""
from __future__ import annotations

from dataclasses import replace

from visuomotor.nodes.supervisor.evidence import Outcome
from visuomotor.specs.codes import Result


class Outcomes:
    """The outcomes of a run by episode number."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}

    def add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.number] = outcome

    def count(self, result: Result) -> int:
        return sum(outcome.result == result for outcome in self.outcomes.values())

    def label(self, number: int, result: int, labelled_by: str) -> tuple[bool, str]:
        """Overrule one outcome; return whether it was done, and a sentence."""
        if not self.outcomes:
            return False, 'No episode has been judged yet; label one after it ended.'
        number = number or max(self.outcomes)
        if number not in self.outcomes:
            judged = f'{min(self.outcomes)} to {max(self.outcomes)}'
            return False, f'There is no judged episode {number}; judged are {judged}.'
        if result not in (Result.SUCCESS, Result.FAILURE):
            return False, f'result should be 1 (success) or 2 (failure), but is {result}.'
        if not labelled_by.strip():
            return False, 'labelled_by is empty; say who labels.'
        before, verdict = self.outcomes[number], Result(result)
        sentence = (f'labelled {verdict.name.lower()} by {labelled_by.strip()}, was '
                    f'{before.result.name.lower()}')
        self.outcomes[number] = replace(before, result=verdict,
                                        reason=f'{sentence}; {before.reason}')
        return True, f'Episode {number} {sentence}.'
