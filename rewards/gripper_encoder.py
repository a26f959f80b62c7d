"""Something is between the fingers: a full close command was given, and they stopped before they met.

Half-closing on nothing looks the same to an encoder that is not asked what was commanded; pinching something that is
fixed looks the same to one that does not ask for the height.
"""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.rewards.detector import Dwell, Judgement, Signals
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting

FULL = 0.9  # commanded closing that counts as meaning to close


@dataclass(frozen=True)
class GripperEncoderSettings:
    """Numbers of the gripper_encoder detector."""

    rest: float = setting(0.4, 'how long fingers must have stopped after the close command', 's')
    still: float = setting(0.02, 'finger travel that counts as stopped')
    least: float = setting(0.05, 'closing below which the fingers never moved')
    height: float = setting(0.0, 'least height of the tip over the base; 0: anywhere', 'm')


class GripperEncoder:
    """Sees whether closed fingers are holding something."""

    def __init__(self, spec: RobotSpec, chosen: GripperEncoderSettings, subject: str = '') -> None:
        if spec.gripper is None:
            raise BadInput(f'gripper_encoder needs a gripper, but {spec.name} has none; choose another detector.')
        self._holds, self._settings = spec.gripper.holds, chosen
        self.begin()

    def begin(self) -> None:
        self._dwell, self._rested_at, self._paid = Dwell(), 0.0, False

    def judge(self, signals: Signals) -> Judgement:
        measured, rested = signals.state.gripper, self._rested(signals)
        holding = rested and self._settings.least < measured < self._holds
        height = None if signals.tip is None else float(signals.tip[2])
        held_up = holding and (self._settings.height <= 0 or (height is not None and height >= self._settings.height))
        value, self._paid = float(held_up and not self._paid), self._paid or held_up
        where = '' if height is None else f', tip {height:.3f} m high'
        asked = 'nothing' if signals.closing is None else f'{signals.closing:.2f}'
        seen = f'{self._words(rested, holding, measured)}, {asked} asked{where}'
        return Judgement(value, 0.95 if held_up else 0.05, seen)

    def _rested(self, signals: Signals) -> bool:
        """True when a full close command has stood, and the fingers with it, for long enough."""
        if abs(signals.state.gripper - self._rested_at) > self._settings.still:
            self._rested_at, self._dwell = signals.state.gripper, Dwell()
        closing = signals.closing is not None and signals.closing >= FULL
        return self._dwell.seconds(closing, signals.now) >= self._settings.rest

    def _words(self, rested: bool, holding: bool, measured: float) -> str:
        if holding:
            return f'fingers stopped at {measured:.2f} of closing: holding'
        if rested:
            return f'fingers closed to {measured:.2f}: on nothing'
        return f'fingers at {measured:.2f}, no close command that has come to rest'
