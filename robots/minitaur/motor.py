"""The Minitaur's direct-drive motors: a position loop sets the PWM, back-EMF and iron saturation
decide the torque. Eight motors at once. Constants are those of the public simulation of this robot
(pybullet, minitaur/envs/motor.py)."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from visuomotor.specs.settings import Settings, setting
from visuomotor.specs.values import FloatArray

MOTORS = 8
SATURATION_CURRENT = np.array([0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0])  # A
SATURATION_TORQUE = np.array([0.0, 1.0, 1.9, 2.45, 3.0, 3.25, 3.5])       # N m


@dataclass(frozen=True)
class MotorConstants(Settings):
    """What one motor and its electronics are."""

    battery: float = setting(16.0, 'voltage of the battery', 'V', above=0)
    resistance: float = setting(0.186, 'of the winding', 'ohm', above=0)
    torque_constant: float = setting(0.0954, 'also volts for each rad/s', 'N m/A', above=0)
    damping: float = setting(0.0, 'viscous, seen as further back-EMF', 'V s/rad')
    kp: float = setting(1.0, 'position gain', 'PWM/rad')
    kd: float = setting(0.02, 'velocity gain', 'PWM s/rad')
    voltage_limit: float = setting(50.0, 'largest voltage across the winding', 'V', above=0)
    observed_limit: float = setting(5.7, 'largest torque that the electronics report', 'N m')
    hot_torque: float = setting(2.45, 'torque above which a motor heats up', 'N m', above=0)
    hot_time: float = setting(1.0, 'time above it after which the motor switches itself off', 's',
                              above=0)


@dataclass
class Motors:
    """Eight motors; `battery` and `strength` may be changed for a new scene."""

    constants: MotorConstants = field(default_factory=MotorConstants)
    strength: FloatArray = field(default_factory=lambda: np.ones(MOTORS))   # factors on the torque

    def __post_init__(self) -> None:
        self.battery = self.constants.battery
        self.reset()

    def reset(self) -> None:
        """Cool down and switch on again."""
        self.heating = np.zeros(MOTORS)             # s spent above the hot torque without a break
        self.off = np.zeros(MOTORS, dtype=np.bool_)

    def pwm(self, target: FloatArray, position: FloatArray, velocity: FloatArray) -> FloatArray:
        """Return the duty cycle, -1..1, for the delayed state that the electronics know."""
        wish = self.constants.kp * (target - position) - self.constants.kd * velocity
        clipped: FloatArray = np.minimum(np.maximum(wish, -1.0), 1.0)
        return clipped

    def torque(self, pwm: FloatArray, velocity: FloatArray) -> FloatArray:
        """Return the torque at the shaft, at the true velocity: back-EMF knows no delay."""
        known = self.constants
        volts = pwm * self.battery - (known.torque_constant + known.damping) * velocity
        amperes = np.minimum(np.maximum(volts, -known.voltage_limit),
                             known.voltage_limit) / known.resistance
        saturated = np.interp(np.abs(amperes), SATURATION_CURRENT, SATURATION_TORQUE)
        given: FloatArray = self.strength * np.where(amperes < 0, -saturated, saturated)
        return given

    def observed(self, pwm: FloatArray) -> FloatArray:
        """Return the torque that the electronics report, without back-EMF and saturation."""
        known = self.constants
        guess = known.torque_constant * pwm * self.battery / known.resistance
        clipped: FloatArray = np.minimum(np.maximum(guess, -known.observed_limit),
                                         known.observed_limit)
        return clipped

    def step(self, target: FloatArray, delayed: tuple[FloatArray, FloatArray], velocity: FloatArray,
             dt: float) -> tuple[FloatArray, FloatArray]:
        """Run all motors for `dt`; return torque at the shaft and as reported, none when hot."""
        duty = self.pwm(target, *delayed)
        torque = self.torque(duty, velocity)
        self.heating = np.where(np.abs(torque) > self.constants.hot_torque, self.heating + dt, 0.0)
        self.off |= self.heating >= self.constants.hot_time - 1e-9
        return np.where(self.off, 0.0, torque), np.where(self.off, 0.0, self.observed(duty))
