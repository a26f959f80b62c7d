"""A trot that knows time and attitude, nothing else. Diagonal legs in antiphase, longer where the
body sinks."""
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
# beats in one answer: 60 ms, so that the graph may ask every 30 ms
ROWS = 10
TILT = 0.5
RATE = 0.05
REACH = 0.3  # rad/rad, rad/(rad/s) and rad of extension against falling
# phase of front left, back left, front right, back right
PAIR = np.array([0.0, np.pi, np.pi, 0.0])
FRONT = np.array([1.0, -1.0, 1.0, -1.0])       # a positive pitch lowers the front
RIGHT = np.array([-1.0, -1.0, 1.0, 1.0])       # a positive roll lowers the right side


class Expert:
    """Scripted trot. It leaves the truth alone. Time and inertial unit only, as on the real
    machine."""

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
        return np.asarray(np.clip((legs - np.asarray(self.action.centre))
                                  / np.asarray(self.action.scale), -1.0, 1.0))


def trot(times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return swing and extension of the four legs at each time."""
    phase = 2 * np.pi * FREQUENCY * times[:, None] + PAIR
    ramp = np.clip(times[:, None] / RAMP, 0.0, 1.0)
    rise = np.cos(phase)
    return ramp * SWING * np.sin(phase + ADVANCE), STANCE + ramp * np.where(rise > 0, STRETCH,
                                                                            LIFT) * rise


def balance(imu: FloatArray) -> FloatArray:
    """Return the extension added to each leg: longer on the side that sinks."""
    roll, pitch, roll_rate, pitch_rate = imu
    wish = FRONT * (TILT * pitch + RATE * pitch_rate) + RIGHT * (TILT * roll + RATE * roll_rate)
    return np.asarray(np.clip(wish, -REACH, REACH))
