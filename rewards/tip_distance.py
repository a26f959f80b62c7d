"""The tip is at the goal and stays: passing through does not count, nor does circling around it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.rewards.detector import Detector, Dwell, Intervals, Judgement, Signals, lasted
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, required


@dataclass(frozen=True)
class TipDistanceSettings(Settings):
    """Numbers of the tip_distance detector."""

    within: float = required('largest distance that counts as there', 'm', above=0, most=10,
                             of_task=True)
    hold: float = required('how long without a break', 's', above=0, most=3600, of_task=True)


class TipDistance(Detector):
    """Measures from the tip to the subject, the body `goal` unless the task says otherwise. Pays
    minus the distance for as long as it lasts, m s, however often it looks."""

    def __init__(self, spec: RobotSpec, settings: TipDistanceSettings, subject: str = '') -> None:
        if not spec.tip_link:
            raise BadInput(f'tip_distance needs an arm, but {spec.name} has no end-effector; '
                           'choose another detector.')
        self._settings, self._subject = settings, subject or 'goal'
        self.begin(0.0)

    def begin(self, started: float) -> None:
        self._dwell, self._intervals = Dwell(), Intervals(started)

    def judge(self, signals: Signals) -> Judgement:
        goal, hand = signals.pose(self._subject), signals.hand
        if goal is None or hand is None:
            missing = 'the tip' if hand is None else f"the body '{self._subject}'"
            return Judgement(0.0, None, f'nobody says where {missing} is')
        distance = float(np.linalg.norm(hand - goal[:3]))
        held = self._dwell.seconds(distance <= self._settings.within, signals.now)
        there = distance <= self._settings.within and lasted(self._settings.hold, held)
        value = -distance * self._intervals.until(signals.now)
        return Judgement(value, 0.95 if there else 0.05,
                         f'tip {distance:.4f} m from {self._subject}, there for {held:.2f} s')
