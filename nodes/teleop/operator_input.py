"""What a person wants at one moment, whatever the device, and the proposal that this makes."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.nodes.teleop.settings import TeleopSettings
from visuomotor.robots.minitaur import legs
from visuomotor.specs.codes import Mode, Source
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal


@dataclass(frozen=True)
class OperatorInput:
    """Deflections are -1 .. 1; positive is forward, left, up and counter-clockwise."""

    forward: float = 0.0
    left: float = 0.0
    up: float = 0.0
    turn: float = 0.0
    closed: bool = False     # fingers; toggled, so it stays
    held: bool = False       # the dead-man switch
    stop: bool = False       # asked for in this moment
    arm: bool = False        # asked for in this moment


def proposal(given: OperatorInput, spec: RobotSpec, settings: TeleopSettings, observed: float,
             now: float) -> Proposal:
    """Turn it into one target that is due now; without the dead-man nothing is to move."""
    moving = given if given.held else OperatorInput(closed=given.closed)
    mode = Mode.LEG if spec.legs else Mode.CARTESIAN_TWIST
    row = _legs(moving, spec, settings) if spec.legs else _twist(moving, settings)
    fingers = np.array([float(given.closed)]) if spec.gripper and given.held else np.zeros(0)
    due = np.array([max(now - observed, 0.0)])
    return Proposal(mode, due, row[None, :], fingers, observed, Source.TELEOP, dead_man=given.held)


def _twist(given: OperatorInput, settings: TeleopSettings) -> FloatArray:
    speed = settings.speed * np.array([given.forward, given.left, given.up])
    return np.array([*speed, 0.0, 0.0, settings.turn * given.turn])


def _legs(given: OperatorInput, spec: RobotSpec, settings: TeleopSettings) -> FloatArray:
    """Lean all legs forward, or left against right; stretch them all. Left legs come first."""
    side = np.array([-1.0, -1.0, 1.0, 1.0])
    row = legs.legs(np.array(spec.home))
    lean = given.forward + side * (given.turn + given.left)
    row[0::2] += settings.swing * np.clip(lean, -1.0, 1.0)
    row[1::2] += settings.extend * given.up
    return row
