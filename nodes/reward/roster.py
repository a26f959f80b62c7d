"""The detectors that there are, by name."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visuomotor.nodes.reward import distance, gripper, height, progress
from visuomotor.nodes.reward.detector import Detector
from visuomotor.robots import settings
from visuomotor.robots.spec import RobotSpec

MAKERS: dict[str, tuple[Any, Any]] = {
    'forward_progress': (progress.ForwardProgress, progress.Knobs),
    'gripper_encoder': (gripper.GripperEncoder, gripper.Knobs),
    'object_height': (height.ObjectHeight, height.Knobs),
    'tip_distance': (distance.TipDistance, distance.Knobs),
}


def names() -> list[str]:
    """Return the detectors that there are."""
    return sorted(MAKERS)


def make(name: str, parameters: Mapping[str, float], subject: str, spec: RobotSpec) -> Detector:
    """Make one detector; an unknown name or parameter is refused with the nearest ones."""
    settings.choose('reward detector', name, MAKERS)
    kind, knobs = MAKERS[name]
    detector: Detector = kind(spec, settings.build(knobs, parameters, f'detector {name}'), subject)
    return detector
