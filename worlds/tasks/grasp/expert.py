"""Scripted grasping: choose an object, turn across its narrow side, go down, close, lift."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Observation
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import TaskSpec
from visuomotor.specs.values import FloatArray
from visuomotor.worlds.tasks.grasp.objects import wrapped
from visuomotor.worlds.tasks.grasp.scene import TRAY, TRAY_FLOOR

PULL = 5.0             # 1/s, speed for each metre of distance
TURN = 4.0             # 1/s, speed for each radian
OPENING = 0.100        # m, widest object between the open fingers
FINGER = 0.062         # m from the tip to the middle of an open finger
FINGER_SIZE = 0.022    # m, what a finger needs around that spot
HOVER = 0.14           # m of the tip above the floor: fingers clear everything that lies
LOWEST = 0.020         # m of the tip above the floor: the fingers end 5 mm above it
PALM_ROOM = 0.062      # m from the tip up to where an object would touch the palm
WALL = 0.20            # m from the middle of the tray where a finger would touch its wall
LIFTED = 0.24          # m of the tip above the floor: held high enough, whatever hangs below
CLOSING_TIME = 0.75    # s
HOLDING_TIME = 0.4     # s of holding still before it says that it is done


@dataclass(frozen=True)
class Choice:
    """Where to close the fingers, and around what."""

    name: str
    centre: FloatArray
    yaw: float
    depth: float       # m, height of the tip when closing


class Expert:
    """Sees the truth; moves like any policy, by twists of the tip."""

    def __init__(self, robot: RobotSpec, task: TaskSpec) -> None:
        if robot.gripper is None:
            raise BadInput(f'Grasping needs a gripper, but {robot.name} has none; choose another '
                           'robot.')
        self.scale = np.array(task.action.scale)
        self.rate = task.action.rate
        self.holds = robot.gripper.holds
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._generator = rng
        self._phase = 'choose'
        self._since = 0.0
        self._finished = False
        self._choice: Choice | None = None
        self._tried: dict[str, int] = {}

    @property
    def finished(self) -> bool:
        return self._finished

    def act(self, observation: Observation) -> FloatArray:
        tip, now = observation['tip_pose'], float(observation['time'][0])
        self._change_phase(observation, tip, now)
        if self._choice is None:
            return self._twist(np.zeros(3), 0.0, closing=False)
        goal, yaw = self._goal(tip)
        turning = TURN * wrapped(yaw - finger_yaw(tip))
        return self._twist(PULL * (goal - tip[:3]), turning, self._phase in ('close', 'lift'))

    def _change_phase(self, seen: Observation, tip: FloatArray, now: float) -> None:
        if self._phase == 'choose' or (self._phase == 'above' and now - self._since > 3.0):
            self._choice = choose(seen, self._tried, self._generator)
            self._enter('above' if self._choice else 'choose', now)
        elif self._phase == 'above' and self._arrived(tip, 0.012):
            self._enter('descend', now)
        elif self._phase == 'descend' and (self._arrived(tip, 0.006) or now - self._since > 1.6):
            self._enter('close', now)
        elif self._phase == 'close' and now - self._since > CLOSING_TIME:
            self._enter('lift', now)
        elif self._phase == 'lift':
            self._watch_lift(seen, tip, now)

    def _watch_lift(self, seen: Observation, tip: FloatArray, now: float) -> None:
        """Once up, wait until it is certain that the object came along; else begin again."""
        if float(seen['gripper'][0]) >= self.holds:
            self._enter('choose', now)
        elif tip[2] < TRAY_FLOOR + LIFTED - 0.02:
            self._up_since = now
        elif now - self._up_since > HOLDING_TIME:
            self._finished = True

    def _enter(self, phase: str, now: float) -> None:
        if phase == 'choose' and self._choice:
            self._tried[self._choice.name] = self._tried.get(self._choice.name, 0) + 1
        self._phase = phase
        self._since = now
        self._up_since = now

    def _goal(self, tip: FloatArray) -> tuple[FloatArray, float]:
        assert self._choice is not None
        x, y = self._choice.centre[:2]
        if self._phase == 'lift':
            return np.array([tip[0], tip[1], TRAY_FLOOR + LIFTED]), finger_yaw(tip)
        if self._phase in ('descend', 'close'):
            return np.array([x, y, self._choice.depth]), self._choice.yaw
        # Low sideways travel would push objects about: come down only over the place.
        far = float(np.hypot(x - tip[0], y - tip[1])) > 0.05
        height = max(float(tip[2]), TRAY_FLOOR + HOVER) if far else TRAY_FLOOR + HOVER
        return np.array([x, y, height]), self._choice.yaw

    def _arrived(self, tip: FloatArray, tolerance: float) -> bool:
        goal, yaw = self._goal(tip)
        return bool(np.linalg.norm(goal - tip[:3]) < tolerance
                    and abs(wrapped(yaw - finger_yaw(tip))) < 0.08)

    def _twist(self, velocity: FloatArray, turning: float, closing: bool) -> FloatArray:
        moves = np.clip(np.array([*velocity, turning]) / self.scale, -1, 1)
        return np.array([[*moves, 1.0 if closing else -1.0]])


def finger_yaw(tip: FloatArray) -> float:
    """Return the direction in which the fingers close, seen from above; it has no sign."""
    x, y, z, w = tip[3:]
    return float(np.arctan2(1 - 2 * (x * x + z * z), 2 * (x * y - w * z)))


def choose(seen: Observation, tried: dict[str, int], rng: np.random.Generator) -> Choice | None:
    """Pick the object that is easiest to grasp, or nothing, by its score and how often tried."""
    names = sorted(key.removeprefix('truth.') for key in seen if key.startswith('truth.object_'))
    scored = [(score(seen, name, names, yaw) - 0.05 * tried.get(name, 0) + 0.002 * rng.random(),
               name, yaw) for name in names for yaw in (0.0, np.pi / 2)]
    reachable = [one for one in scored if one[0] > -1.0]
    if not reachable:
        return None
    _, name, quarter = max(reachable)
    x, y, z, height, yaw = (float(seen[f'value.{name}.{what}'][0])
                            for what in ('x', 'y', 'z', 'height', 'yaw'))
    depth = max(TRAY_FLOOR + LOWEST, z - 0.01, z + height / 2 - PALM_ROOM)
    return Choice(name, np.array([x, y, z]), wrapped(yaw + quarter), depth)


def score(seen: Observation, name: str, names: list[str], quarter: float) -> float:
    """Say how easy it is to close across the narrow side (quarter 0) or along it (pi/2), in m."""
    def value(what: str, of: str = name) -> float:
        return float(seen[f'value.{of}.{what}'][0])

    width = value('length' if quarter else 'width')
    place, yaw = np.array([value('x'), value('y')]), value('yaw') + quarter
    reach = FINGER * np.array([np.cos(yaw), np.sin(yaw)])
    fingers = (place + reach, place - reach)
    if width > OPENING or max(float(np.abs(spot - TRAY[:2]).max()) for spot in fingers) > WALL:
        return -1.0
    crowding = 0.0
    for other in names:
        if other != name and value('z', other) + value('height', other) / 2 > TRAY_FLOOR + 0.01:
            gap = min(distance_to(seen, other, spot) for spot in fingers)
            crowding += max(0.0, FINGER_SIZE - gap)
    flat = max(0.0, 0.02 - value('height'))
    return 0.1 - 0.3 * width - 2.0 * crowding - 3.0 * flat + 0.2 * value('z')


def distance_to(seen: Observation, name: str, spot: FloatArray) -> float:
    """Return how far a spot is from the upright box around an object."""
    x, y, width, length, yaw = (float(seen[f'value.{name}.{what}'][0])
                                for what in ('x', 'y', 'width', 'length', 'yaw'))
    away = spot - np.array([x, y])
    across = abs(away @ np.array([np.cos(yaw), np.sin(yaw)])) - width / 2
    along = abs(away @ np.array([-np.sin(yaw), np.cos(yaw)])) - length / 2
    return float(np.hypot(max(across, 0.0), max(along, 0.0)))
