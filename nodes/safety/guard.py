"""Guarded contact and hot motors: what the joints feel, and how far they are from where they were sent."""
from __future__ import annotations

from collections import deque

import numpy as np
from visuomotor.nodes.safety.limits import Limits
from visuomotor.robots.interface import FloatArray, State
from visuomotor.robots.spec import RobotSpec


class Guard:
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
        self._felt, self._deaf, self._hot = 0, 0, np.zeros(len(self.spec.joints))

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._sent.append(position)

    def contact(self, state: State) -> str:
        """Say what an arm feels; '' when nothing stands in its way."""
        if self.spec.kind != 'arm' or not self._sent:
            return ''
        self._deaf = max(0, self._deaf - 1)
        pushed = '' if self._deaf else self._pushed(state.effort)
        why = pushed or self._astray(state.position)
        self._felt = self._felt + 1 if why else 0
        if self._felt < self._beats:
            return ''
        if pushed:  # one that is wedged in has to be able to move to get free
            self._deaf = round((self.limits.contact_pause + self.limits.contact_grace) * self.spec.control_hz)
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
        if np.abs(position - self._sent[-1]).max() <= self.limits.contact_error:
            return ''
        lately = np.array(self._sent)
        error = np.maximum(lately.min(axis=0) - position, position - lately.max(axis=0))
        worst = int(error.argmax())
        if error[worst] <= self.limits.contact_error:
            return ''
        return f'contact: {self.spec.names[worst]} is {error[worst]:.2f} rad from where it was sent'

    def hot(self, state: State) -> str:
        """Say which motor of a legged robot is about to overheat."""
        if self.spec.kind != 'legged':
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
