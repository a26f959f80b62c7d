"""Every number that the safety node judges by, beyond the limits of the robot's own specification."""
from __future__ import annotations

from dataclasses import dataclass

from visuomotor.specs.settings import required, setting

SHARES = ('speed_share', 'acceleration_share', 'jerk_share')
POSITIVE = ('state_age', 'proposal_age', 'observation_age', 'future', 'tip_speed', 'tip_turn', 'tip_acceleration',
            'tilt', 'height', 'lying', 'reflex_speed', 'hot_share', 'hot_time', 'contact_torque', 'contact_error',
            'contact_lag', 'contact_time', 'contact_pause', 'contact_grace', 'gripper_share', 'behind')


@dataclass(frozen=True)
class Limits:
    """How much of each limit is used, and how old anything may be."""

    speed_share: float = setting(0.95, "part of the robot's speed limits that is used", '0..1')
    acceleration_share: float = setting(0.95, "part of the robot's acceleration limits that is used", '0..1')
    jerk_share: float = setting(0.95, "part of the robot's jerk limits that is used", '0..1')
    position_margin: float = setting(0.005, 'distance kept from position limits', 'rad')
    workspace_margin: float = setting(0.005, 'distance that the tip keeps from the walls of the workspace', 'm')
    tip_speed: float = setting(1.0, 'largest speed of the tip in Cartesian modes', 'm/s')
    tip_turn: float = setting(3.0, 'largest turning speed of the tip in Cartesian modes', 'rad/s')
    tip_acceleration: float = setting(1.5, 'braking that slows the tip down before a wall', 'm/s^2')
    state_age: float = setting(0.2, 'oldest joint_states that anything is decided on', 's')
    proposal_age: float = setting(0.5, 'silence after which a source is no longer followed', 's')
    observation_age: float = setting(1.0, 'oldest observation that a proposal may answer', 's')
    future: float = setting(0.1, 'how far ahead of our clock a stamp may be', 's')
    longest_chunk: int = setting(500, 'targets in one proposal')
    longest_plan: float = setting(30.0, 'how far ahead a proposal may plan', 's')
    tilt: float = setting(0.9, 'largest roll or pitch of a legged body', 'rad')
    height: float = setting(0.105, 'lowest height of a legged body, reckoned from its legs', 'm')
    lying: float = setting(0.6, 'extension of the legs of a robot that lies', 'rad')
    reflex_speed: float = setting(2.0, 'of lying down and standing up', 'rad/s')
    hot_share: float = setting(0.7, 'part of its torque limit above which a motor of a legged robot heats up', '0..1')
    hot_time: float = setting(0.8, 'after which such a motor has to rest; it switches itself off after 1 s', 's')
    contact_torque: float = setting(0.97, "part of a joint's torque limit that counts as contact", '0..1')
    contact_error: float = setting(0.06, 'distance from where a joint was sent that counts as contact', 'rad')
    contact_lag: float = setting(0.15, 'how late a robot may be where it was sent', 's')
    contact_time: float = setting(0.1, 'that contact has to last', 's')
    contact_pause: float = setting(0.5, 'for which the arm gives way after contact', 's')
    contact_grace: float = setting(1.0, 'after that, in which only more than that is contact', 's')
    gripper_share: float = setting(1.05, "part of the gripper's force limit above which it eases", '0..')
    heartbeat: float = setting(0.0, "longest silence of operator/heartbeat; 0: no operator's heartbeat is required", 's')
    behind: float = setting(0.25, 'distance to the due target above which we say that a joint is behind', 'rad')

    def __post_init__(self) -> None:
        for name in SHARES:
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f'{name} should be above 0 and at most 1, but is {getattr(self, name)}')
        for name in POSITIVE:
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} should be above 0, but is {getattr(self, name)}')
        if self.heartbeat < 0:
            raise ValueError(f'heartbeat should be 0 or more, but is {self.heartbeat}')
        if self.position_margin < 0 or self.workspace_margin < 0 or self.longest_chunk < 1 or self.longest_plan <= 0:
            raise ValueError('margins should be 0 or more, and longest_chunk and longest_plan above 0')


@dataclass(frozen=True, kw_only=True)
class SafetySettings(Limits):
    """Which robot, and whether anybody has to arm it."""

    robot: str = required('which robot; `visuomotor list robots`')
    task: str = setting('', 'whose fixtures stand around it; empty: nothing but the arm itself')
    latch_file: str = setting('', 'keeps a stop through a restart; empty: a restart forgets it')
    armed_at_start: bool = setting(False, 'move without being armed first; only where nothing can be hurt')
