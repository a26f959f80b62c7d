"""Detectors by name: a file here, with a class and its settings named after it."""
from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from visuomotor import rewards
from visuomotor.rewards.detector import Detector
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import DetectorSpec

SHARED = ('detector', 'registry')
NO_NUMBERS: Mapping[str, Any] = {}


def detector_names() -> list[str]:
    """Return the detectors that there are."""
    return sorted(page.name for page in pkgutil.iter_modules(rewards.__path__)
                  if page.name not in SHARED)


def make_detector(chosen: DetectorSpec, spec: RobotSpec,
                  world: Mapping[str, Any] = NO_NUMBERS) -> Detector:
    """Make one detector; an unknown name or setting is refused with the nearest ones. Settings
    marked `of_task` come from `world`, the numbers of the task's scene: both judge by the same."""
    settings.choose('reward detector', chosen.name, detector_names())
    page = importlib.import_module(f'visuomotor.rewards.{chosen.name}')
    title = chosen.name.title().replace('_', '')
    kind = getattr(page, f'{title}Settings')
    shared = {field.name: world[field.name] for field in dataclasses.fields(kind)
              if field.metadata.get('of_task') and field.name in world}
    known = settings.build(kind, {**shared, **chosen.parameters}, f'detector {chosen.name}')
    detector: Detector = getattr(page, title)(spec, known, chosen.subject)
    return detector
