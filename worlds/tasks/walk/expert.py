"""A trot that knows time and attitude alone: diagonal legs in antiphase, longer where it sinks."""
from __future__ import annotations

import numpy as np
from visuomotor.specs.policy import Observation
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray

FREQUENCY = 3.5                    # Hz
SWING, ADVANCE = 0.38, 0.35        # rad, and rad of phase by which the swing leads
STANCE = 1.9                       # rad of extension, the middle of the gait
STRETCH, LIFT = 0.05, 0.35         # rad of extension added on the ground, taken away in the air
RAMP = 0.5                         # s to reach the full gait
ROWS = 10                          # beats in one answer: 60 ms, so one may ask every 30 ms
TILT, RATE, REACH = 0.5, 0.05, 0.3   # rad/rad, rad/(rad/s), rad of extension against falling
PAIR = np.array([0.0, np.pi, np.pi, 0.0])      # phase of front left, back left, then right
FRONT = np.array([1.0, -1.0, 1.0, -1.0])       # a positive pitch lowers the front
RIGHT = np.array([-1.0, -1.0, 1.0, 1.0])       # a positive roll lowers the right side


class Expert:
    """Scripted trot. It uses time and inertial unit alone, as on the real machine."""

    def __init__(self, robot: RobotSpec, task: TaskSpec) -> None:
        self.action = task.action
        self.lead = task.latency.inference
        self.finished = False

    def reset(self, rng: np.random.Generator) -> None:
        """Nothing to forget: the gait follows from the time."""

    def act(self, observation: Observation) -> FloatArray:
        times = float(observation['time'][0]) + self.lead + np.arange(ROWS) / self.action.rate
        swing, extension = trot(times)
        legs = np.empty((ROWS, 8))
        legs[:, 0::2], legs[:, 1::2] = swing, extension + balance(observation['imu'])
        wish = (legs - np.array(self.action.centre)) / np.array(self.action.scale)
        return np.asarray(np.clip(wish, -1.0, 1.0))


def trot(times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return swing and extension of the four legs at each time."""
    phase = 2 * np.pi * FREQUENCY * times[:, None] + PAIR
    ramp = np.clip(times[:, None] / RAMP, 0.0, 1.0)
    rise = np.cos(phase)
    extension = STANCE + ramp * np.where(rise > 0, STRETCH, LIFT) * rise
    return ramp * SWING * np.sin(phase + ADVANCE), extension


def balance(imu: FloatArray) -> FloatArray:
    """Return the extension added to each leg: longer on the side that sinks."""
    roll, pitch, roll_rate, pitch_rate = imu
    wish = FRONT * (TILT * pitch + RATE * pitch_rate) + RIGHT * (TILT * roll + RATE * roll_rate)
    return np.asarray(np.clip(wish, -REACH, REACH))
