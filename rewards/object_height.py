"""An object is up in the air near the fingers and stays: not tossed, not tipped on its edge."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.rewards.detector import Detector, Dwell, Judgement, Signals, lasted
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.values import FloatArray


@dataclass(frozen=True)
class ObjectHeightSettings(Settings):
    """Numbers of the object_height detector."""

    rise: float = setting(0.1, 'height over where the object lay when the episode began', 'm',
                          above=0, most=10)
    near: float = setting(0.1, 'largest distance between the object and the tip; 0: anywhere', 'm',
                          least=0, most=10, of_task=True)
    hold: float = setting(0.2, 'how long without a break', 's', above=0, most=3600, of_task=True)


class ObjectHeight(Detector):
    """Watches the bodies whose names begin with the subject."""

    def __init__(self, spec: RobotSpec, settings: ObjectHeightSettings, subject: str = '') -> None:
        self._settings, self._subject = settings, subject or 'object'
        self.begin(0.0)

    def begin(self, started: float) -> None:
        self._dwell: dict[str, Dwell] = {}
        self._lay: dict[str, float] = {}
        self._paid = False

    def judge(self, signals: Signals) -> Judgement:
        seen = {name: place for name in signals.poses if name.startswith(self._subject)
                and np.isfinite(place := centre(name, signals)).all()}
        if not seen:
            return Judgement(0.0, None, f"no body named '{self._subject}…' is tracked")
        held = {name: self._held(name, place, signals) for name, place in seen.items()}
        best = max(seen, key=lambda name: (held[name], seen[name][2] - self._lay[name]))
        rise = float(seen[best][2]) - self._lay[best]
        success = lasted(self._settings.hold, held[best])
        value, self._paid = float(success and not self._paid), self._paid or success
        return Judgement(value, 0.95 if success else 0.05,
                         f'{best} {rise:.3f} m up, held {held[best]:.2f} s')

    def _held(self, name: str, place: FloatArray, signals: Signals) -> float:
        self._lay.setdefault(name, float(place[2]))
        up = float(place[2]) - self._lay[name] >= self._settings.rise
        away = np.inf if signals.hand is None else float(np.linalg.norm(place - signals.hand))
        close = self._settings.near <= 0 or away <= self._settings.near
        return self._dwell.setdefault(name, Dwell()).seconds(up and close, signals.now)


def centre(name: str, signals: Signals) -> FloatArray:
    """Return the middle of a body; the origin of its frame where nobody measured the middle."""
    axes = [f'{name}.{axis}' for axis in 'xyz']
    if all(axis in signals.values for axis in axes):
        return np.array([signals.values[axis] for axis in axes])
    return signals.poses[name][:3]
