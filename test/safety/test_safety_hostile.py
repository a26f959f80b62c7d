"""Whatever anybody proposes, position, speed, acceleration, jerk and workspace limits hold, cycle
by cycle."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits
from visuomotor.specs.codes import Mode, Verdict
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.values import Proposal, State

ROBOTS = {name: load_robot(name) for name in ('iiwa7', 'j2n6s300', 'minitaur')}
ARMS = {name: Kinematics(robot) if robot.tip_link else None for name, robot in ROBOTS.items()}
STRANGE = (np.nan, np.inf, -np.inf, 1e300, -1e300, 0.0)


def proposal(robot: RobotSpec, now: float, rng: np.random.Generator) -> Proposal:
    """Anything that fits into a message, from reasonable to absurd."""
    mode = Mode(rng.integers(1, 7))
    n = len(robot.joints)
    width = {Mode.CARTESIAN_POSE: 7, Mode.CARTESIAN_TWIST: 6, Mode.GRIPPER: 0}.get(mode, n)
    rows = int(rng.integers(1, 6))
    size = rng.choice([0.1, 1.0, 3.0, 100.0])
    bang = rng.choice([-size, size], (rows, width))
    targets = bang if rng.random() < 0.3 else rng.normal(0, size, (rows, width))
    if mode is Mode.CARTESIAN_POSE:
        targets[:, 3:] /= np.linalg.norm(targets[:, 3:], axis=1, keepdims=True)
    if mode is Mode.JOINT_POSITION and rng.random() < 0.7:
        targets = np.array(robot.home) + targets
    if rng.random() < 0.1:
        targets.flat[: 1] = rng.choice(STRANGE)
    times = np.cumsum(rng.choice([0.001, 0.01, 0.05, 0.2], rows)) - rng.choice([0.0, 0.001])
    if rng.random() < 0.1:
        times = rng.normal(0, 1, rows)
    observed = now + rng.choice([0.0, -0.05, -0.3, -2.0, 0.05, 5.0, np.nan],
                                p=[.75, .05, .05, .05, .02, .05, .03])
    gripper = rng.uniform(-1, 2, rows) if rng.random() < 0.5 else np.zeros(0)
    source = int(rng.choice([0, 1, 1, 1, 2, 3, 4]))
    return Proposal(mode, times, targets, gripper, float(observed), source,
                    bool(rng.random() < 0.8))


@pytest.mark.parametrize('name', ROBOTS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), often=st.sampled_from([1, 3, 10, 40]), tells=st.booleans())
def test_no_proposal_breaks_a_limit(name, seed, often, tells):
    robot = ROBOTS[name]
    arm = ARMS[name]
    rng = np.random.default_rng(seed)
    judge = SafetyFilter(robot, arm, Limits(), armed=True)
    dt, now = 1 / robot.control_hz, 50.0
    place, still = np.array(robot.home), np.zeros(len(robot.joints))
    motions, answers = [], []
    for beat in range(80):
        now += dt
        if beat % often == 0:
            judge.sources.hear(proposal(robot, now, rng), now,
                               last=bool(tells and rng.random() < 0.1))
        answers.append(judge.step(State(now, place, still, still), now))
        motions.append(judge.motion.now)
        place = answers[-1].target.position
    hold_limits(robot, arm, motions, dt)
    assert all(answer.verdict in Verdict for answer in answers)
    assert all(answer.reasons for answer in answers if answer.verdict is not Verdict.PASS)
    assert all(0.0 <= answer.target.gripper <= 1.0 for answer in answers
               if answer.target.gripper is not None)


def hold_limits(robot: RobotSpec, arm: Kinematics | None, motions: list, dt: float) -> None:
    position, velocity, acceleration = (np.array([getattr(m, what) for m in motions])
                                        for what in ('position', 'velocity', 'acceleration'))
    assert (position >= robot.lower).all()
    assert (position <= robot.upper).all()
    assert (np.abs(velocity) <= robot.velocity + 1e-6).all()
    assert (np.abs(acceleration) <= robot.acceleration + 1e-6).all()
    assert (np.abs(np.diff(acceleration, axis=0)) / dt <= robot.jerk + 1e-6).all()
    assert (np.abs(np.diff(velocity, axis=0)) / dt <= robot.acceleration + 1e-6).all()
    assert (np.abs(np.diff(position, axis=0)) / dt <= robot.velocity + 1e-6).all()
    if arm is not None:
        tips = np.array([arm.pose(p)[:3] for p in position])
        assert (tips >= robot.workspace.lower).all()
        assert (tips <= robot.workspace.upper).all()


@pytest.mark.parametrize('name', ROBOTS)
def test_from_any_moment_it_brakes_to_standstill_inside_the_limits(name):
    robot = ROBOTS[name]
    arm = ARMS[name]
    rng = np.random.default_rng(4)
    for _ in range(15):
        judge = SafetyFilter(robot, arm, Limits(), armed=True)
        dt = 1 / robot.control_hz
        now = 50.0
        place = np.array(robot.home)
        still = np.zeros(len(robot.joints))
        motions = []
        called = int(rng.integers(5, 60))
        for beat in range(called + 150):
            now += dt
            if beat == called:
                judge.stop('now')
            if beat % 4 == 0:
                judge.sources.hear(proposal(robot, now, rng), now)
            place = judge.step(State(now, place, still, still), now).target.position
            motions.append(judge.motion.now)
        hold_limits(robot, arm, motions, dt)
        assert np.abs(motions[-1].velocity).max() == 0.0
        assert judge.motion.time_to_stop == 0.0
