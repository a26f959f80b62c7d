"""Guarded contact and hot motors: what the joints feel, and how far they are from where they were sent."""
from __future__ import annotations

from collections import deque

import numpy as np
from visuomotor.safety.limits import Limits
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State


class ContactDetector:
    """Notices contact on arms and heat on legs; both have to last a moment, as one sample proves nothing."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self.spec, self.limits = spec, limits
        self._dt = 1.0 / spec.control_hz
        self._torque = limits.contact_torque * spec.effort
        self._sent: deque[FloatArray] = deque(maxlen=1 + round(limits.contact_lag * spec.control_hz))
        self._beats = max(1, round(limits.contact_time * spec.control_hz))
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self._sent.clear()
        self._felt, self._deaf, self._bent = 0, 0, 0.0
        self._hot = np.zeros(len(self.spec.joints))

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._sent.append(position)

    def contact(self, state: State) -> str:
        """Say what an arm feels; '' when nothing stands in its way."""
        if not self.spec.tip_link or not self._sent:
            return ''
        self._deaf = max(0, self._deaf - 1)
        why = ('' if self._deaf else self._pushed(state.effort)) or self._astray(state.position)
        self._felt = self._felt + 1 if why else 0
        if self._felt < self._beats:
            return ''
        # One that is wedged in has to be able to move to get free: for a while only what gets worse is contact.
        self._deaf = round((self.limits.contact_pause + self.limits.contact_grace) * self.spec.control_hz)
        self._bent, self._felt = self._error(state.position)[0], 0
        return why

    def _pushed(self, effort: FloatArray) -> str:
        excess = np.abs(effort) - self._torque
        worst = int(excess.argmax())
        if excess[worst] <= 0.0:
            return ''
        torque, most = abs(float(effort[worst])), float(self._torque[worst])
        return f'contact: {self.spec.names[worst]} feels {torque:.0f} N m, more than {most:.0f}'

    def _astray(self, position: FloatArray) -> str:
        """A robot lags behind; so it may be wherever it was sent within the last moment."""
        most = self.limits.contact_error + (self._bent if self._deaf else 0.0)
        if np.abs(position - self._sent[-1]).max() <= most:
            return ''
        error, worst = self._error(position)
        return f'contact: {self.spec.names[worst]} is {error:.2f} rad from where it was sent' if error > most else ''

    def _error(self, position: FloatArray) -> tuple[float, int]:
        """How far the worst joint is from everywhere that it was sent lately, and which it is."""
        lately = np.array(self._sent)
        error = np.maximum(lately.min(axis=0) - position, position - lately.max(axis=0))
        worst = int(error.argmax())
        return max(0.0, float(error[worst])), worst

    def hot(self, state: State) -> str:
        """Say which motor of a legged robot is about to overheat."""
        if not self.spec.legs:
            return ''
        above = np.abs(state.effort) > self.limits.hot_share * self.spec.effort
        self._hot = np.where(above, self._hot + self._dt, 0.0)
        worst = int(self._hot.argmax())
        if self._hot[worst] < self.limits.hot_time:
            return ''
        return f'{self.spec.names[worst]} has pulled {abs(state.effort[worst]):.1f} N m for {self._hot[worst]:.1f} s'


def squeezed(state: State, spec: RobotSpec, limits: Limits) -> bool:
    """Say whether the fingers press harder than they may."""
    return spec.gripper is not None and abs(state.gripper_effort) > limits.gripper_share * spec.gripper.force
