"""Something is between the fingers: a full close command was given, and they stopped before they
met. Half-closing on nothing looks the same to an encoder that is not asked what was commanded;
pinching something that is fixed looks the same to one that does not ask for the height."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.rewards.detector import Detector, Dwell, Judgement, Signals, lasted
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import Settings, setting

FULL = 0.9  # commanded closing that counts as meaning to close


@dataclass(frozen=True)
class GripperEncoderSettings(Settings):
    """Numbers of the gripper_encoder detector."""

    rest: float = setting(0.4, 'how long fingers must have stopped after the close command', 's',
                          above=0, most=60)
    travel: float = setting(0.02, 'of the fingers, below which they count as stopped', '0..1',
                            above=0, most=1)
    moved: float = setting(0.05, 'closing below which the fingers never moved', '0..1', least=0,
                           most=1)
    height: float = setting(0.0, 'least height of the tip over the base; 0: anywhere', 'm', least=0,
                            most=100)


class GripperEncoder(Detector):
    """Sees whether closed fingers are holding something."""

    def __init__(self, spec: RobotSpec, settings: GripperEncoderSettings,
                 subject: str = '') -> None:
        if spec.gripper is None:
            raise BadInput(f'gripper_encoder needs a gripper, but {spec.name} has none; choose '
                           'another detector.')
        self._holds, self._settings = spec.gripper.holds, settings
        self.begin(0.0)

    def begin(self, started: float) -> None:
        self._dwell = Dwell()
        self._rested_at = 0.0
        self._paid = False

    def judge(self, signals: Signals) -> Judgement:
        measured, rested = signals.state.gripper, self._rested(signals)
        holding = rested and self._settings.moved < measured < self._holds
        height = None if signals.hand is None else float(signals.hand[2])
        held_up = holding and (self._settings.height <= 0
                               or (height is not None and height >= self._settings.height))
        value, self._paid = float(held_up and not self._paid), self._paid or held_up
        where = '' if height is None else f', tip {height:.3f} m high'
        asked = 'nothing' if signals.closing is None else f'{signals.closing:.2f}'
        seen = f'{self._words(rested, holding, measured)}, {asked} asked{where}'
        return Judgement(value, 0.95 if held_up else 0.05, seen)

    def _rested(self, signals: Signals) -> bool:
        """True when a full close command has stood, and the fingers with it, for long enough."""
        if abs(signals.state.gripper - self._rested_at) > self._settings.travel:
            self._rested_at, self._dwell = signals.state.gripper, Dwell()
        closing = signals.closing is not None and signals.closing >= FULL
        return lasted(self._settings.rest, self._dwell.seconds(closing, signals.now))

    def _words(self, rested: bool, holding: bool, measured: float) -> str:
        if holding:
            return f'fingers stopped at {measured:.2f} of closing: holding'
        if rested:
            return f'fingers closed to {measured:.2f}: on nothing'
        return f'fingers at {measured:.2f}, no close command that has come to rest'
