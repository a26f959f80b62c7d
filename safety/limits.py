"""Every number that the safety node judges by, beyond the robot's own specification."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visuomotor.specs import settings
from visuomotor.specs.robot import RobotSpec, node_layers
from visuomotor.specs.settings import Layer, Settings, required, setting

# Where nobody can be clamped, runs go on by themselves.
SIMULATED: dict[str, Any] = {'contact_memory': 0.0}


@dataclass(frozen=True)
class Limits(Settings):
    """How much of each limit is used, and how old anything may be."""

    speed_share: float = setting(
        0.95, "part of the robot's speed limits that is used", 'share', above=0, most=1)
    acceleration_share: float = setting(
        0.95, "part of the robot's acceleration limits that is used", 'share', above=0, most=1)
    jerk_share: float = setting(
        0.95, "part of the robot's jerk limits that is used", 'share', above=0, most=1)
    position_margin: float = setting(
        0.005, 'distance kept from position limits', 'rad', least=0, most=1)
    workspace_margin: float = setting(
        0.005, 'distance that the tip keeps from the walls of the workspace', 'm', least=0, most=1)
    tip_speed: float = setting(
        1.0, 'largest speed of the tip in Cartesian modes', 'm/s', above=0, most=100)
    tip_turn: float = setting(
        3.0, 'largest turning speed of the tip in Cartesian modes', 'rad/s', above=0, most=100)
    tip_acceleration: float = setting(
        1.5, 'braking that slows the tip down before a wall', 'm/s^2', above=0, most=100)
    state_age: float = setting(
        0.2, 'oldest joint_states that anything is decided on', 's', above=0, most=10)
    state_gap: float = setting(
        0.05, 'longest silence of joint_states after which motion goes on as if there were none',
        's', above=0, most=10)
    state_samples: int = setting(
        5, 'joint_states that have to agree before a new place of the robot is believed',
        least=2, most=1000)
    state_time: float = setting(0.05, 'over which they have to agree', 's', above=0, most=10)
    proposal_age: float = setting(
        0.5, 'silence after which a source is no longer followed', 's', above=0, most=10)
    observation_age: float = setting(
        1.0, 'oldest observation that a proposal may answer', 's', above=0, most=10)
    body_age: float = setting(
        0.2, 'oldest pose of a moving fixture that anything is decided on', 's', above=0, most=10)
    future: float = setting(0.1, 'how far ahead of our clock a stamp may be', 's', above=0, most=10)
    longest_chunk: int = setting(500, 'targets in one proposal', least=1, most=100_000)
    longest_plan: float = setting(30.0, 'how far ahead a proposal may plan', 's', above=0, most=600)
    tilt: float = setting(0.9, 'largest roll or pitch of a legged body', 'rad', above=0, most=3.2)
    height: float = setting(
        0.0, 'lowest height of a legged body, reckoned from its legs; 0: any', 'm',
        least=0, most=10)
    lying: float = setting(
        0.6, 'extension of the legs of a robot that lies', 'rad', above=0, most=10)
    reflex_speed: float = setting(2.0, 'of lying down and standing up', 'rad/s', above=0, most=100)
    hot_share: float = setting(
        0.7, 'part of its torque limit above which a motor of a legged robot heats up', 'share',
        above=0, most=1)
    hot_time: float = setting(
        0.8, 'after which such a motor has to rest; it switches itself off after 1 s', 's',
        above=0, most=60)
    contact_torque: float = setting(
        0.97, "part of a joint's torque limit that counts as contact", 'share', above=0, most=100)
    contact_excess: tuple[float, ...] = setting(
        (0.25,), 'the same, of what neither gravity nor motion accounts for: one for all joints, '
        'or one for each', 'share', above=0, most=100)
    contact_error: float = setting(
        0.06, 'distance from where a joint was sent that counts as contact', 'rad',
        above=0, most=100)
    contact_lag: float = setting(
        0.15, 'how late a robot may be where it was sent', 's', above=0, most=60)
    contact_time: float = setting(
        0.1, 'that contact has to last; what is harder, less in proportion', 's', above=0, most=60)
    contact_least: float = setting(
        0.03, 'that it has to last however hard it is', 's', above=0, most=60)
    contact_pause: float = setting(
        0.5, 'for which the arm gives way after contact', 's', above=0, most=60)
    contact_grace: float = setting(
        1.0, 'after that, in which only more is contact, where contact_memory is 0', 's',
        above=0, most=60)
    contact_memory: float = setting(
        30.0, 'within which a second contact is a latched stop, for a person to see to; 0: never',
        's', least=0, most=3600)
    gripper_share: float = setting(
        1.05, "part of the gripper's force limit above which it eases", 'share', above=0, most=100)
    heartbeat: float = setting(
        0.0, "longest silence of operator/heartbeat; 0: no operator's heartbeat is required", 's',
        least=0, most=60)
    behind: float = setting(
        0.25, 'distance to the due target above which we say that a joint is behind', 'rad',
        above=0, most=100)


@dataclass(frozen=True, kw_only=True)
class SafetySettings(Limits):
    """Which robot, and whether anybody has to arm it."""

    robot: str = required('which robot; `visuomotor list robots`')
    task: str = setting('', 'whose fixtures stand around it; empty: nothing but the arm itself')
    latch_file: str = setting('', 'keeps a stop through a restart; empty: a restart forgets it')
    armed_at_start: bool = setting(False,
                                   'move without being armed first; only where nothing can be hurt')


def limits_for(spec: RobotSpec, given: Mapping[str, Any] | None = None,
               task: str = '') -> SafetySettings:
    """Return the limits of a robot: defaults, config/nodes/safety.yaml, its own, what is given."""
    return with_origins(spec, given, task)[0]


def with_origins(spec: RobotSpec, given: Mapping[str, Any] | None = None,
                 task: str = '') -> tuple[SafetySettings, dict[str, str]]:
    """Return the limits of a robot and, for each that is no default, where it was set."""
    layers: list[Layer] = [('this robot and task', {'robot': spec.name, 'task': task}),
                           *node_layers('safety', spec.name), ('--set', given or {})]
    return settings.layered(SafetySettings, layers, 'safety')
