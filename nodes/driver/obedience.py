"""Which commands a driver obeys, and when it takes over: fresh ones of one writer, in order, that
begin where the robot is. What was refused is counted and told."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from visuomotor.nodes.driver.watchdog import Stamp, Watchdog
from visuomotor.nodes.driver.writer import OneWriter, stands, too_far
from visuomotor.specs.codes import Verdict
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import State, Target


@dataclass(frozen=True)
class Asked:
    """One command as it came."""

    target: Target
    answered: Stamp   # of the joint_states that it answers
    writer: int
    sequence: int
    verdict: int


class Obedience:
    """Judges each command, and remembers what was done about the last one obeyed."""

    def __init__(self, spec: RobotSpec, send: Callable[[Target], Target],
                 claimed: Callable[[], int] = lambda: 0) -> None:
        self.watchdog = Watchdog(spec)
        self._writer = OneWriter(spec.command_age, claimed)
        self._follows, self._send = spec.driver.back_drivable, send
        self.refused = 0
        self._complaint = self._failure = ''
        self._sent: Target | None = None

    def obey(self, asked: Asked, measured: State | None, steady: float) -> Target | None:
        """Send what a command asks for and return what was really sent; None when it is refused,
        or cannot be sent: that is silence."""
        why = (self._failure or self.watchdog.refuses(asked.answered, steady)
               or self._writer.refuses(asked.writer, asked.sequence, steady, stands(measured))
               or ('' if self.watchdog.obeying else too_far(asked.target.position, measured)))
        try:
            if why:
                raise BadInput(why)
            sent = self._send(self.led(asked, measured))
        except (BadInput, RobotUnavailable) as error:
            self.refused += 1
            self._complaint = f'commands refused: {self.refused}; the last one: {error}'
            return None
        self._sent = sent
        self._writer.obeyed(asked.writer, asked.sequence, steady)
        self.watchdog.obeyed(steady)
        return sent

    def led(self, asked: Asked, measured: State | None) -> Target:
        """Return what to send: the target, or the posture that a robot is led to by hand while
        safety stops it at rest."""
        at_rest = asked.verdict == Verdict.STOP and not asked.target.velocity.any()
        if not (self._follows and at_rest and measured):
            return asked.target
        return replace(asked.target, position=measured.position)

    def fail(self, why: str) -> None:
        """Brake, and obey nobody until the driver begins anew: what the robot did nobody knows."""
        self._failure = f'{why}; activate the driver anew'
        self.watchdog.give_up()

    def forget(self) -> None:
        """Begin anew: nothing was commanded."""
        self._sent, self._failure = None, ''
        self.watchdog.forget()

    def complaints(self, steady: float) -> list[str]:
        """Return what to complain of, and forget what was refused: it has been told."""
        said = [self._failure, self._complaint, self.watchdog.complaint(steady)]
        self._complaint = ''
        return [sentence for sentence in said if sentence]

    def figures(self, measured: State | None) -> dict[str, Any]:
        """Return what the driver's status says of commands; the gap is the largest distance
        between the posture sent and the one measured, rad."""
        gap = 0.0
        if self._sent is not None and measured is not None:
            gap = float(np.abs(self._sent.position - measured.position).max())
        return {'refused': self.refused, 'gap': gap, 'braking': self.watchdog.braking}
