"""What the supervisor says about itself, as fields of EpisodeStatus.msg."""
from __future__ import annotations

from dataclasses import asdict
from typing import Any

from visuomotor.nodes.supervisor.evidence import Outcome
from visuomotor.nodes.supervisor.machine import Machine
from visuomotor.specs.codes import Phase, Result


def status(machine: Machine) -> dict[str, Any]:
    """Return the counts and where the run is."""
    outcomes = machine.outcomes
    return {'state': int(machine.phase), 'number': machine.number, 'planned': machine.planned,
            'seed': machine.seed if machine.number else 0, 'started': machine.started,
            'successes': outcomes.count(Result.SUCCESS), 'failures': outcomes.count(Result.FAILURE),
            'aborted': outcomes.count(Result.ABORTED),
            'message': machine.message or machine.waiting,
            'outcome': asdict(machine.outcome) if machine.outcome else {}}


def ended(outcome: Outcome) -> str:
    """Return one line on an episode that is over, for the log."""
    file = f'; {outcome.file}' if outcome.file else ''
    return (f'Episode {outcome.number}: {outcome.result.name} after {outcome.duration:.2f} s, '
            f'return {outcome.return_value:.3f}: {outcome.reason}{file}')


def summary(machine: Machine) -> tuple[bool, dict[str, Any]]:
    """Return whether the run went to its end, and the result of the run_episodes action."""
    said = status(machine)
    counts = {name: said[name] for name in ('successes', 'failures', 'aborted')}
    judged = len(machine.outcomes.outcomes)
    message = machine.message or f'{judged} episodes run, {counts["successes"]} succeeded'
    return machine.phase == Phase.FINISHED, {**counts, 'message': message}
