"""What a person wants at one moment, whatever the device, and the proposal that this makes."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from visuomotor.nodes.teleop.settings import TeleopSettings
from visuomotor.robots.minitaur import legs
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, Proposal

SOURCE_TELEOP = 3


@dataclass(frozen=True)
class Wish:
    """Deflections are -1 .. 1; positive is forward, left, up and counter-clockwise."""

    forward: float = 0.0
    left: float = 0.0
    up: float = 0.0
    turn: float = 0.0
    closed: bool = False     # fingers; toggled, so it stays
    held: bool = False       # the dead-man switch
    stop: bool = False       # asked for in this moment
    arm: bool = False        # asked for in this moment


def proposal(wish: Wish, spec: RobotSpec, settings: TeleopSettings, observed: float, now: float) -> Proposal:
    """Turn a wish into one target that is due now; a wish without the dead-man wants nothing to move."""
    moving = wish if wish.held else Wish(closed=wish.closed)
    mode, row = (Mode.LEG, _legs(moving, spec, settings)) if spec.legs else (
        Mode.CARTESIAN_TWIST, _twist(moving, settings))
    fingers = np.array([float(wish.closed)]) if spec.gripper and wish.held else np.zeros(0)
    due = np.array([max(now - observed, 0.0)])
    return Proposal(mode, due, row[None, :], fingers, observed, SOURCE_TELEOP, dead_man=wish.held)


def _twist(wish: Wish, settings: TeleopSettings) -> FloatArray:
    speed = settings.speed * np.array([wish.forward, wish.left, wish.up])
    return np.array([*speed, 0.0, 0.0, settings.turn * wish.turn])


def _legs(wish: Wish, spec: RobotSpec, settings: TeleopSettings) -> FloatArray:
    """Lean all legs forward, or left against right; stretch them all. Left legs come first."""
    side = np.array([-1.0, -1.0, 1.0, 1.0])
    row = legs.legs(np.array(spec.home))
    row[0::2] += settings.swing * np.clip(wish.forward + side * (wish.turn + wish.left), -1.0, 1.0)
    row[1::2] += settings.extend * wish.up
    return row
