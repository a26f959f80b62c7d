"""What an arm touches, by its torques and by where it is: torques beyond what gravity and motion
account for, torques near the limit, a posture far from where it was sent."""
from __future__ import annotations

import numpy as np
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.handful import every, largest, some
from visuomotor.safety.lately import Lately
from visuomotor.safety.limits import Limits
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State


class ContactDetector:
    """Notices contact. One sample proves nothing: it has to last, the less the harder it is."""

    def __init__(self, spec: RobotSpec, limits: Limits,
                 kinematics: Kinematics | None = None) -> None:
        self.spec, self.limits = spec, limits
        self._model = kinematics
        joints = len(spec.joints)
        if len(limits.contact_excess) not in (1, joints):
            raise BadInput(f'contact_excess should hold 1 share or {joints}, one for '
                           f'each joint of {spec.name}, but holds {len(limits.contact_excess)}.')
        self.excess = np.array(limits.contact_excess) * spec.effort   # N m that count as contact
        self._torque = limits.contact_torque * spec.effort
        lately = 1 + round(limits.contact_lag * spec.control_hz)
        self._lately = Lately(joints, lately)
        self._speeding = np.zeros((lately, joints))   # a ring of accelerations
        self._still = np.zeros(joints)
        self._beats = max(1, round(limits.contact_time * spec.control_hz))
        self._hardest = self._beats / max(1, round(limits.contact_least * spec.control_hz))
        self.forget()

    def forget(self) -> None:
        """Begin anew, as when motion does."""
        self._lately.forget()
        self._speeding[:] = 0.0
        self._felt = 0.0  # beats of contact, each worth as much as it is beyond what counts
        self._deaf = 0
        self._bent = 0.0
        self._heard: State | None = None

    def sent(self, position: FloatArray) -> None:
        """Note a commanded posture."""
        self._lately.sent(position)

    def contact(self, state: State, acceleration: FloatArray, moves: bool = True) -> str:
        """Say what an arm feels that is commanded to accelerate so; '' when nothing stands in its
        way. One that is not meant to move may be led elsewhere."""
        if not self.spec.tip_link or not self._lately.count:
            return ''
        self._speeding[self._lately.count % len(self._speeding)] = acceleration
        if state is self._heard:   # lived through in several steps, but one sample
            return ''
        self._heard = state
        self._deaf = max(0, self._deaf - 1)
        why, weight = ('', 0.0) if self._deaf else self._pushed(state)
        if not why and moves:
            why, weight = self._astray(state.position), 1.0
        self._felt = self._felt + min(weight, self._hardest) if why else 0.0
        if self._felt < self._beats:
            return ''
        # While it gives way only what gets worse counts; and where no stop follows, for a while
        # after that, as one that is wedged in has to move to get free.
        grace = 0.0 if self.limits.contact_memory else self.limits.contact_grace
        self._deaf = round((self.limits.contact_pause + grace) * self.spec.control_hz)
        self._bent, self._felt = self._error(state.position)[0], 0.0
        return why

    def _pushed(self, state: State) -> tuple[str, float]:
        """Say what pushes, and how many times as hard as what counts."""
        if not some(state.effort):   # who reports no torque reports none at all
            return '', 0.0
        extra = self.extra(state, 1.0)
        if some(extra):
            share = np.abs(extra) / self.excess
            worst = int(share.argmax())
            return (f'contact: {self.spec.names[worst]} feels {abs(extra[worst]):.0f} N m beyond '
                    f'gravity and motion, more than {self.excess[worst]:.0f}', float(share[worst]))
        beyond = np.abs(state.effort) - self._torque
        worst = int(beyond.argmax())
        if beyond[worst] <= 0.0:
            return '', 0.0
        return (f'contact: {self.spec.names[worst]} feels {abs(state.effort[worst]):.0f} N m, more '
                f'than {self._torque[worst]:.0f}', 1.0)

    def extra(self, state: State, share: float) -> FloatArray:
        """Return the torques, N m, for which neither gravity nor motion accounts, where they are
        more than this share of what counts as contact; 0 of the others."""
        if self._model is None or not some(state.effort):
            return self._still
        least = share * self.excess
        torque = state.effort - self._model.bias(state.position, state.velocity)
        if every(np.abs(torque) <= least):
            return self._still
        # A robot lags behind; so it may be feeling any acceleration of the last moment, or none.
        swings = self._speeding @ self._model.inertia(state.position)
        lowest, highest = np.minimum(swings.min(axis=0), 0.0), np.maximum(swings.max(axis=0), 0.0)
        beyond = torque - np.minimum(np.maximum(torque, lowest), highest)
        return np.where(np.abs(beyond) > least, beyond, 0.0)

    def _astray(self, position: FloatArray) -> str:
        """A robot lags behind; so it may be wherever it was sent within the last moment."""
        most = self.limits.contact_error + (self._bent if self._deaf else 0.0)
        if largest(np.abs(position - self._lately.newest)) <= most:
            return ''
        error, worst = self._error(position)
        if error <= most:
            return ''
        return f'contact: {self.spec.names[worst]} is {error:.2f} rad from where it was sent'

    def stray(self, position: FloatArray) -> FloatArray | None:
        """Return how far the joints stand from where they were sent; None: they are as good as
        there."""
        return self._lately.stray(position) if self._lately.count else None

    def _error(self, position: FloatArray) -> tuple[float, int]:
        """How far the worst joint is from everywhere that it was sent lately, and which it is."""
        apart = self._lately.apart(position)
        worst = int(apart.argmax())
        return float(apart[worst]), worst
