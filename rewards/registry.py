"""Detectors by name: a file here, with a class and its settings named after it."""
from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

from visuomotor.rewards.detector import Detector
from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec

SHARED = ('__init__', 'detector', 'registry')


def detector_names() -> list[str]:
    """Return the detectors that there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob('*.py') if path.stem not in SHARED)


def make_detector(name: str, chosen: Mapping[str, float], subject: str, spec: RobotSpec) -> Detector:
    """Make one detector; an unknown name or setting is refused with the nearest ones."""
    settings.choose('reward detector', name, detector_names())
    page = importlib.import_module(f'visuomotor.rewards.{name}')
    title = name.title().replace('_', '')
    known = settings.build(getattr(page, f'{title}Settings'), chosen, f'detector {name}')
    detector: Detector = getattr(page, title)(spec, known, subject)
    return detector
