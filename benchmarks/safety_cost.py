"""What a beat of the safety filter costs, beside bare ruckig and coal on the same states."""
from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pinocchio as pin
from ruckig import ControlInterface, InputParameter, Ruckig, Trajectory
from visuomotor.benchmarks.figures import Figure
from visuomotor.benchmarks.safety_fuzz import Fuzz
from visuomotor.safety.filter import SafetyFilter
from visuomotor.specs.codes import Mode
from visuomotor.specs.values import FloatArray, Proposal, State, Target

KEEPS = 50   # beats that a wish lasts
SPEAKS = 5   # beats between two proposals, as of a policy at 20 Hz
MOST = 400.0  # us, p50 of a cycle with collisions looked at
ROBOTS = ('iiwa7', 'j2n6s300')
MODES = (Mode.CARTESIAN_TWIST, Mode.JOINT_VELOCITY, Mode.JOINT_POSITION)


@dataclass
class Costs:
    """Seconds of each cycle, in turns on the same states."""

    ours: list[float] = field(default_factory=list)
    way_out: list[float] = field(default_factory=list)   # plan, brake, distances at each beat
    here: list[float] = field(default_factory=list)      # plan, brake, distances at one posture


class Bare:
    """No decisions: one plan, one brake and the distances of all pairs, straight from libraries."""

    def __init__(self, fuzz: Fuzz) -> None:
        assert fuzz.scene is not None
        self.spec, self.scene = fuzz.spec, fuzz.scene
        joints = len(self.spec.joints)
        self.dt = 1.0 / self.spec.control_hz
        self.plan, self.brake = self._question(joints), self._question(joints)
        self.brake.control_interface = ControlInterface.Velocity
        self.planner, self.run = Ruckig(joints, self.dt), Trajectory(joints)
        self.data, self.placed = self.scene.model.createData(), self.scene.geometry.createData()

    def _question(self, joints: int) -> InputParameter:
        question = InputParameter(joints)
        question.max_velocity = self.spec.velocity.tolist()
        question.max_acceleration = self.spec.acceleration.tolist()
        question.max_jerk = self.spec.jerk.tolist()
        return question

    def once(self, position: FloatArray, velocity: FloatArray, goal: FloatArray,
             every_beat: bool) -> float:
        """Return the seconds that it takes."""
        began = time.perf_counter()
        self.plan.current_position, self.plan.current_velocity = position, velocity
        self.plan.target_position = goal
        self.planner.calculate(self.plan, self.run)
        self.brake.current_position, self.brake.current_velocity, _ = self.run.at_time(self.dt)
        self.planner.calculate(self.brake, self.run)
        beats = int(self.run.duration / self.dt) if every_beat else 0
        for beat in range(beats + 1):
            posture = np.array(self.run.at_time(beat * self.dt)[0])
            pin.computeDistances(self.scene.model, self.data, self.scene.geometry, self.placed,
                                 posture)
        return time.perf_counter() - began


def figures(robot: str, cycles: int) -> list[Figure]:
    """p50 and p99 of a cycle, and their ratios to ruckig and coal called barely."""
    costs = measure(robot, cycles)
    ours, way_out, here = (np.array(column) * 1e6
                           for column in (costs.ours, costs.way_out, costs.here))
    found = [Figure(f'{robot}: a cycle, p50, against {MOST:g} us', float(np.median(ours)), MOST,
                    'us', 1.0)]
    for q in (50, 99):
        mine, floor, least = (float(np.percentile(column, q)) for column in (ours, way_out, here))
        name = f'{robot}: a cycle, p{q}, against bare ruckig and coal'
        found.append(Figure(f'{name} along the way out', mine, floor, 'us', 1.5))
        found.append(Figure(f'{name} at one posture', mine, least, 'us', np.inf))
    return found


def measure(robot: str, cycles: int, seed: int = 0) -> Costs:
    """Let a filter follow reasonable wishes of three kinds."""
    fuzz = Fuzz(robot)
    costs = Costs()
    rng = np.random.default_rng(seed)
    bare = Bare(fuzz)
    for mode in MODES:
        filtered = fuzz.filter()
        for state, now in _follow(filtered, mode, cycles // len(MODES), rng):
            began = time.perf_counter()
            filtered.step(state, now)
            costs.ours.append(time.perf_counter() - began)
            goal = state.position + 0.1
            costs.way_out.append(bare.once(state.position, state.velocity, goal, every_beat=True))
            costs.here.append(bare.once(state.position, state.velocity, goal, every_beat=False))
    fuzz.close()
    return costs


def _follow(filtered: SafetyFilter, mode: Mode, cycles: int,
            rng: np.random.Generator) -> Iterator[tuple[State, float]]:
    spec = filtered.spec
    now = 100.0
    row = np.zeros(0)
    for cycle in range(cycles):
        now += 1.0 / spec.control_hz
        if cycle % KEEPS == 0:
            row = _wish(mode, filtered, rng)
        if cycle % SPEAKS == 0:
            filtered.sources.hear(Proposal(mode, np.zeros(1), row[None], observed=now), now)
        still = np.zeros(len(spec.joints))
        place = filtered.motion.now if filtered.state else Target(np.array(spec.home), still)
        yield State(now, place.position, place.velocity, still), now


def _wish(mode: Mode, filtered: SafetyFilter, rng: np.random.Generator) -> FloatArray:
    joints = len(filtered.spec.joints)
    if mode is Mode.CARTESIAN_TWIST:
        return np.concatenate((rng.uniform(-0.25, 0.25, 3), np.zeros(2), rng.uniform(-1.0, 1.0, 1)))
    if mode is Mode.JOINT_VELOCITY:
        return rng.uniform(-0.5, 0.5, joints)
    return np.array(filtered.spec.home) + rng.uniform(-0.4, 0.4, joints)
