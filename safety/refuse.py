"""Why a proposal is refused before anybody thinks about following it. Each rule returns one sentence, or nothing."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from visuomotor.safety.limits import Limits
from visuomotor.specs.action_space import FIXED_WIDTH
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import Proposal

POLICY, RESET, TELEOP = 1, 2, 3
NAMES = {POLICY: 'policy', RESET: 'reset', TELEOP: 'teleop'}
HUGE = 1e6  # no target of any mode, in any unit, is as large
CARTESIAN = (Mode.CARTESIAN_POSE, Mode.CARTESIAN_TWIST)


def refusal(proposal: Proposal, spec: RobotSpec, limits: Limits, now: float, newest: float) -> str:
    """Return why this proposal cannot be followed, or ''; `newest` is the source's newest observation so far."""
    for rules in (_meaning, _shape):
        if sentence := next(rules(proposal, spec), ''):
            return sentence
    return next(_time(proposal, limits, now, newest), '')


def _meaning(proposal: Proposal, spec: RobotSpec) -> Iterator[str]:
    if proposal.source not in NAMES:
        yield f'source should be 1, 2 or 3, but is {proposal.source}'
    if spec.legs and proposal.mode in CARTESIAN:
        yield f'{spec.name} walks and has no end-effector for mode {proposal.mode.name.lower()}'
    if not spec.legs and proposal.mode is Mode.LEG:
        yield f'{spec.name} has no legs for mode leg'
    if proposal.mode is Mode.GRIPPER and spec.gripper is None:
        yield f'{spec.name} has no gripper'


def _shape(proposal: Proposal, spec: RobotSpec) -> Iterator[str]:
    rows, expected = len(proposal.times), FIXED_WIDTH.get(proposal.mode, len(spec.joints))
    if rows == 0:
        yield 'it holds no target'
    if proposal.targets.shape != (rows, expected):
        yield (f'{rows} targets of mode {proposal.mode.name.lower()} should be {expected} wide, '
               f'but are {" x ".join(str(n) for n in proposal.targets.shape)}')
    if len(proposal.gripper) not in ((rows,) if proposal.mode is Mode.GRIPPER else (0, rows)):
        yield f'it should hold one gripper value for each of its {rows} targets, but holds {len(proposal.gripper)}'
    numbers = {'times': proposal.times, 'targets': proposal.targets, 'gripper values': proposal.gripper}
    for what, values in numbers.items():
        if not np.isfinite(values).all():
            yield f'its {what} are not all finite'
        if (np.abs(values) > HUGE).any():
            yield f'its {what} go beyond {HUGE:g}, whatever the unit'
    if proposal.mode is Mode.CARTESIAN_POSE:
        lengths = np.linalg.norm(proposal.targets[:, 3:], axis=1)
        if (np.abs(lengths - 1.0) > 0.01).any():
            yield 'a quaternion is not of length 1'


def _time(proposal: Proposal, limits: Limits, now: float, newest: float) -> Iterator[str]:
    times, age = proposal.times, now - proposal.observed
    if not np.isfinite(proposal.observed):
        yield 'its observation stamp is not a number'
    if (np.diff(times) <= 0).any() or times[0] < 0:
        yield 'its times should rise from 0 or more'
    if len(times) > limits.longest_chunk:
        yield f'it holds {len(times)} targets, more than {limits.longest_chunk}'
    if times[-1] > limits.longest_plan:
        yield f'it plans {times[-1]:.1f} s ahead, more than {limits.longest_plan:g} s'
    if age < -limits.future:
        yield f'it answers an observation {-age:.2f} s in the future'
    if age > limits.observation_age:
        yield f'it answers an observation {age:.2f} s old, older than {limits.observation_age:g} s'
    if proposal.observed < newest:
        yield f'it answers an observation {newest - proposal.observed:.3f} s older than the one before'
