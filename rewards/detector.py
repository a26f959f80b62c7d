"""What every reward detector is: it is shown signals, and says what they are worth. Found by name:
a file here, with a class and its settings named after it."""
from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from visuomotor import rewards
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import DetectorSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, State

NO_NUMBERS: Mapping[str, Any] = {}
ALMOST = 0.01  # probabilities stay this far from 0 and 1: exactly 0 is kept for `over`
Pictures = Mapping[str, NDArray[np.uint8]]   # by camera, height x width x 3, RGB


@dataclass(frozen=True)
class Signals:
    """Everything that a detector may look at, at one moment."""

    state: State
    tip: FloatArray | None = None   # pose of the end-effector, robot base frame
    closing: float | None = None    # gripper as commanded, 0 open .. 1 closed; None: never
    poses: Mapping[str, FloatArray] = field(default_factory=dict)  # of bodies that are tracked
    values: Mapping[str, float] = field(default_factory=dict)      # numbers of the task
    pictures: Pictures = field(default_factory=dict)   # newest of each camera of the DetectorSpec
    first: Pictures = field(default_factory=dict)      # the same, when the episode began

    @property
    def now(self) -> float:
        """Moment that is judged, s."""
        return self.state.stamp

    def pose(self, name: str) -> FloatArray | None:
        """Return the pose of a body, or None where nobody tracks it or tracking was lost."""
        return _finite(self.poses.get(name))

    @property
    def hand(self) -> FloatArray | None:
        """Where the tip is, x y z in m; None: nobody knows."""
        known = _finite(self.tip)
        return None if known is None else known[:3]


@dataclass(frozen=True)
class Judgement:
    """What one look is worth."""

    value: float         # reward of the time since the look before, task units
    success_probability: float | None   # of the episode, if it ended now; None: cannot see
    evidence: str        # what was seen, in words and numbers with units
    over: bool = False   # nothing can save the episode any more

    @property
    def published_probability(self) -> float | None:
        """Exactly 0 tells the supervisor that the episode is lost; all else stays between."""
        if self.over or self.success_probability is None:
            return 0.0 if self.over else None
        return min(max(self.success_probability, ALMOST), 1.0 - ALMOST)


class Detector(Protocol):
    """One way of telling success: a file of this room, made from the robot's specification, its own
    settings and the subject of the DetectorSpec. A learned one has a setting `folder` to load."""

    def begin(self, started: float) -> None:
        """Forget the episode before; the new one began at `started`, s."""

    def judge(self, signals: Signals) -> Judgement:
        """Judge one moment; moments come in order of time."""


class Dwell:
    """How long something has been true without a break."""

    def __init__(self) -> None:
        self._since: float | None = None

    def seconds(self, true: bool, now: float) -> float:
        """Return how long it has been true; 0 when it is not."""
        if not true:
            self._since = None
            return 0.0
        if self._since is None:
            self._since = now
        return now - self._since


class Intervals:
    """The time from look to look: rewards are of time, not of how often somebody looks."""

    def __init__(self, started: float) -> None:
        self._then = started

    def until(self, now: float) -> float:
        """Return the seconds since the look before; 0 when measured before the episode began."""
        passed = max(now - self._then, 0.0)
        self._then = max(now, self._then)
        return passed


def lasted(span: float, seconds: float) -> bool:
    """Tell whether something lasted for a span."""
    return seconds >= span - SAME_MOMENT


def detector_names() -> list[str]:
    """Return the detectors that there are."""
    return sorted(page.name for page in pkgutil.iter_modules(rewards.__path__)
                  if page.name != 'detector')


def make_detector(chosen: DetectorSpec, spec: RobotSpec,
                  world: Mapping[str, Any] = NO_NUMBERS) -> Detector:
    """Make one detector; an unknown name or setting is refused with the nearest ones. Settings
    marked `of_task` come from `world`, the numbers of the task's scene: both judge by the same."""
    settings.choose('reward detector', chosen.name, detector_names())
    page = importlib.import_module(f'visuomotor.rewards.{chosen.name}')
    title = chosen.name.title().replace('_', '')
    kind = getattr(page, f'{title}Settings')
    shared = {field.name: world[field.name] for field in fields(kind)
              if field.metadata.get('of_task') and field.name in world}
    known = settings.build(kind, {**shared, **chosen.parameters}, f'detector {chosen.name}')
    detector: Detector = getattr(page, title)(spec, known, chosen.subject)
    return detector


def _finite(array: FloatArray | None) -> FloatArray | None:
    return array if array is not None and np.isfinite(array).all() else None
