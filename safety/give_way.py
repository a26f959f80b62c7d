"""What an arm does about a contact: it lets go of what it presses and draws back until it feels it
no longer; a second contact soon after is for a person to see to. Where each joint draws back by as
much as it is pressed, the arm goes the way that the force points, whatever its posture."""
from __future__ import annotations

import numpy as np
from visuomotor.safety.contact import ContactDetector
from visuomotor.safety.limits import Limits
from visuomotor.specs.values import FloatArray, State

RELAXED = 0.02   # rad (m) from where it is commanded, of an arm that no longer presses
LIGHT = 0.25     # of the torque that counts as contact: less is no pressing
BACK = 0.1       # rad (m) behind where it is measured, to which what feels contact is sent
HARDEST = 3.0    # times that torque, above which it draws back no faster
CLEAR = 0.05     # rad (m), at most, that it goes on when nothing is felt any longer
FURTHEST = 0.5   # rad (m) that a joint draws back from one contact, as a load never goes away


class GiveWay:
    """Remembers the last contact, and says where to go because of it."""

    def __init__(self, limits: Limits, detector: ContactDetector) -> None:
        self._limits = limits
        self._detector = detector
        self._touched_at = -np.inf   # s
        self.forget()

    def forget(self) -> None:
        """Take it that nothing is touched."""
        self.why = ''            # the contact that it gives way to
        self.goal = np.zeros(0)  # where the arm should be because of that
        self._until = -np.inf    # s, when there has been time enough to give way
        self._worn = False       # it drew back as far as it may, and is still pressed

    def forgive(self) -> None:
        """Take the next contact for the first one."""
        self._touched_at = -np.inf

    def touch(self, why: str, state: State, at: float, stopped: bool) -> str:
        """Begin to give way to a contact; say why a person has to see to it, '' when none has."""
        if stopped and self._worn:
            return ''
        since, new = at - self._touched_at, at >= self._until   # else it has yet to come to rest
        if not self.why:
            self._felt = self._side = np.zeros(len(state.position))
            self._clear = self._from = state.position
            self._worn = False
        self.why, self._touched_at = why, at
        self._until = at + self._limits.contact_pause
        if new and since <= self._limits.contact_memory:
            return f'{why}, again after {since:.1f} s: see what it touches'
        return ''

    def presses(self, state: State, at: float, commanded: FloatArray, stopped: bool) -> bool:
        """Say whether it has to give way: for a while, and under a stop until it has."""
        if not self.why:
            return False
        back = self._back(state)
        if back.any():
            self.goal = state.position + back
            self._clear = state.position + np.clip(back, -CLEAR, CLEAR)
        else:
            self.goal = self._clear if self._side.any() else state.position
        grace = self._limits.contact_grace if self._limits.contact_memory else 0.0
        relaxed = np.abs(state.position - commanded).max() < RELAXED and not back.any()
        over = at > self._until + grace and not stopped
        if at >= self._until and (relaxed or over):
            self.why = ''
        return bool(self.why)

    def _back(self, state: State) -> FloatArray:
        """Return how far behind where it is measured each joint is sent."""
        before, self._felt = self._felt, self._detector.extra(state, LIGHT) / self._detector.excess
        felt = np.where(before * self._felt > 0.0, self._felt, 0.0)   # one sample proves nothing
        # what lets go swings back: on the other side only what would be a contact counts
        felt = np.where((felt * self._side > 0.0) | (np.abs(felt) > 1.0), felt, 0.0)
        self._side = np.where(felt == 0.0, self._side, np.sign(felt))
        back = -BACK * np.clip(felt, -HARDEST, HARDEST)
        gone = np.sign(back) * (state.position - self._from)
        self._worn |= bool(gone.max() >= FURTHEST)
        return np.where(gone < FURTHEST, back, 0.0)
