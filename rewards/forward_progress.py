"""The body moves forward on its feet: a fall ends it, being carried or falling earns nothing."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from visuomotor.rewards.detector import Detector, Intervals, Judgement, Signals
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.rotation import roll_pitch_yaw
from visuomotor.specs.settings import Settings, required, setting
from visuomotor.specs.values import FloatArray, State


@dataclass(frozen=True)
class ForwardProgressSettings(Settings):
    """Numbers of the forward_progress detector."""

    speed: float = required('mean speed along x that counts as success', 'm/s', above=0, most=100,
                            of_task=True)
    tilt: float = required('roll or pitch from which it has fallen', 'rad', above=0, most=4,
                           of_task=True)
    height: float = required('of the body, below which it has fallen; 0: not watched', 'm', least=0,
                             most=100, of_task=True)
    energy_price: float = required('taken from the value', '1/J', least=0, most=1000, of_task=True)
    lasting: float = setting(5.0, 'shortest walk that counts; a lunge is none', 's', least=0,
                             most=86_400)
    fastest: float = setting(3.0, 'speed beyond which it did not walk there itself', 'm/s', above=0,
                             most=100)


class ForwardProgress(Detector):
    """Watches the pose of the subject, the body `base` unless the task says otherwise, and the
    robot's own attitude. Pays metres along x, less the price of the work of all motors: the number
    `work` of the task where somebody measures it, else the power that the robot reports."""

    def __init__(self, spec: RobotSpec, settings: ForwardProgressSettings,
                 subject: str = '') -> None:
        self._settings, self._subject = settings, subject or 'base'
        self.begin(0.0)

    def begin(self, started: float) -> None:
        self._first: float | None = None   # when it was first seen
        self._intervals = Intervals(started)
        self._last = 0.0                   # where along x it was seen before
        self._spent = 0.0                  # `work` then, J
        self._walked = 0.0
        self._fallen = ''

    def judge(self, signals: Signals) -> Judgement:
        pose = signals.pose(self._subject)
        self._fallen = self._fallen or self._fall(pose, signals)
        if pose is None:
            blind = f"nobody says where the body '{self._subject}' is"
            return Judgement(0.0, None, self._fallen or blind, over=bool(self._fallen))
        if self._first is None:
            self._first = signals.now
            self._last = float(pose[0])
            self._spent = signals.values.get('work', 0.0)
            self._intervals.until(signals.now)
        value = self._step(float(pose[0]), signals)
        elapsed = signals.now - self._first
        mean = self._walked / elapsed if elapsed > 0 else 0.0
        walking = elapsed >= self._settings.lasting and mean >= self._settings.speed
        seen = f'{self._walked:.2f} m forward in {elapsed:.2f} s, {mean:.3f} m/s'
        likely = 0.0 if self._fallen else 0.95 if walking else 0.05
        return Judgement(value, likely, f'{self._fallen} {seen}'.strip(), over=bool(self._fallen))

    def _step(self, x: float, signals: Signals) -> float:
        dt = self._intervals.until(signals.now)
        dx, self._last = x - self._last, x
        if 'work' in signals.values:
            work, self._spent = signals.values['work'] - self._spent, signals.values['work']
        else:
            work = power(signals.state) * dt
        carried = abs(dx) > self._settings.fastest * dt
        if self._fallen or dt <= 0 or carried or not math.isfinite(work):
            return 0.0
        self._walked += dx
        return dx - self._settings.energy_price * work

    def _fall(self, pose: FloatArray | None, signals: Signals) -> str:
        imu = signals.state.imu
        quaternion = imu.orientation if imu is not None else pose[3:] if pose is not None else None
        if quaternion is not None:
            roll, pitch, _ = roll_pitch_yaw(quaternion)
            if max(abs(roll), abs(pitch)) > self._settings.tilt:
                return f'fallen: roll {roll:.2f} rad, pitch {pitch:.2f} rad;'
        if pose is not None and pose[2] < self._settings.height:
            return f'fallen: body {pose[2]:.3f} m high;'
        return ''


def power(state: State) -> float:
    """Return what all shafts give or take, W; motors that work against each other cancel out."""
    shafts = state.effort * state.velocity
    return abs(float(shafts.sum())) if np.isfinite(shafts).all() else 0.0
