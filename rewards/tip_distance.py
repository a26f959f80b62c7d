"""The tip is at the goal and stays: passing through does not count, nor does circling around it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.rewards.detector import Dwell, Judgement, Signals
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting


@dataclass(frozen=True)
class TipDistanceSettings:
    """Numbers of the tip_distance detector."""

    within: float = setting(0.02, 'largest distance that counts as there', 'm')
    hold: float = setting(0.5, 'how long without a break', 's')

    def __post_init__(self) -> None:
        if not self.within > 0:
            raise ValueError(f'within should be above 0, but is {self.within}')


class TipDistance:
    """Measures from the tip to the subject, the body `goal` unless the task says otherwise."""

    def __init__(self, spec: RobotSpec, chosen: TipDistanceSettings, subject: str = '') -> None:
        if not spec.tip_link:
            raise BadInput(f'tip_distance needs an arm, but {spec.name} has no end-effector; choose another detector.')
        self._settings, self._subject = chosen, subject or 'goal'
        self.begin()

    def begin(self) -> None:
        self._dwell = Dwell()

    def judge(self, signals: Signals) -> Judgement:
        goal = signals.poses.get(self._subject)
        if goal is None or signals.tip is None:
            missing = 'the tip' if signals.tip is None else f"the body '{self._subject}'"
            return Judgement(0.0, None, f'nobody says where {missing} is')
        distance = float(np.linalg.norm(signals.tip[:3] - goal[:3]))
        held = self._dwell.seconds(distance <= self._settings.within, signals.now)
        there = distance <= self._settings.within and held >= self._settings.hold
        seen = f'tip {distance:.4f} m from {self._subject}, there for {held:.2f} s'
        return Judgement(-distance, 0.95 if there else 0.05, seen)
