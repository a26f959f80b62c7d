"""The body moves forward on its feet: a fall ends it, and being carried or falling forward earns nothing."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.rewards.detector import Judgement, Signals
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.settings import setting
from visuomotor.specs.values import FloatArray


@dataclass(frozen=True)
class ForwardProgressSettings:
    """Numbers of the forward_progress detector."""

    speed: float = setting(0.3, 'mean speed along x that counts as success', 'm/s')
    lasting: float = setting(5.0, 'shortest walk that counts; a lunge is none', 's')
    tilt: float = setting(0.5, 'roll or pitch from which it has fallen', 'rad')
    height: float = setting(0.13, 'of the body, below which it has fallen; 0: not watched', 'm')
    fastest: float = setting(3.0, 'speed beyond which it did not walk there itself', 'm/s')
    energy_price: float = setting(0.005, 'taken from the value', '1/J')


class ForwardProgress:
    """Watches the pose of the subject, the body `base` unless the task says otherwise, and the robot's own attitude."""

    def __init__(self, spec: RobotSpec, chosen: ForwardProgressSettings, subject: str = '') -> None:
        self._settings, self._subject = chosen, subject or 'base'
        self.begin()

    def begin(self) -> None:
        self._first: float | None = None   # when it was first seen
        self._last = (0.0, 0.0)            # when it was seen before, and where along x
        self._walked = 0.0
        self._fallen = ''

    def judge(self, signals: Signals) -> Judgement:
        pose = signals.poses.get(self._subject)
        self._fallen = self._fallen or self._fall(pose, signals)
        if pose is None:
            blind = f"nobody says where the body '{self._subject}' is"
            return Judgement(0.0, None, self._fallen or blind, over=bool(self._fallen))
        if self._first is None:
            self._first, self._last = signals.now, (signals.now, float(pose[0]))
        value = self._step(float(pose[0]), signals)
        elapsed = signals.now - self._first
        mean = self._walked / elapsed if elapsed > 0 else 0.0
        walking = elapsed >= self._settings.lasting and mean >= self._settings.speed
        seen = f'{self._walked:.2f} m forward in {elapsed:.2f} s, {mean:.3f} m/s'
        likely = 0.0 if self._fallen else 0.95 if walking else 0.05
        return Judgement(value, likely, f'{self._fallen} {seen}'.strip(), over=bool(self._fallen))

    def _step(self, x: float, signals: Signals) -> float:
        (then, where), self._last = self._last, (signals.now, x)
        dx, dt = x - where, signals.now - then
        if self._fallen or dt <= 0 or abs(dx) > self._settings.fastest * dt:
            return 0.0
        self._walked += dx
        power = float(np.abs(signals.state.effort * signals.state.velocity).sum())
        return dx - self._settings.energy_price * power * dt

    def _fall(self, pose: FloatArray | None, signals: Signals) -> str:
        imu = signals.state.imu
        quaternion = imu.orientation if imu is not None else pose[3:] if pose is not None else None
        if quaternion is not None:
            roll, pitch = roll_pitch(quaternion)
            if max(abs(roll), abs(pitch)) > self._settings.tilt:
                return f'fallen: roll {roll:.2f} rad, pitch {pitch:.2f} rad;'
        if pose is not None and pose[2] < self._settings.height:
            return f'fallen: body {pose[2]:.3f} m high;'
        return ''


def roll_pitch(quaternion: FloatArray) -> tuple[float, float]:
    """Return rotation about x, then y, rad, of a quaternion x y z w."""
    x, y, z, w = quaternion
    roll = np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    return float(roll), float(np.arcsin(np.clip(2 * (w * y - z * x), -1.0, 1.0)))
