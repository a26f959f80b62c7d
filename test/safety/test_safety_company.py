"""The filter in bad company: states that lie, repeat, stop and come in a heap, clocks that step,
hands that push. Time is virtual; what was commanded is judged by differences over time."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch as latches
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.latch import Latch
from visuomotor.safety.limits import Limits
from visuomotor.safety.make import make_filter
from visuomotor.specs.codes import Mode, StopCategory, Verdict
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import Imu, Proposal, State

IIWA, MINITAUR = load_robot('iiwa7'), load_robot('minitaur')
ARM = Kinematics(IIWA)
BEAT = 0.01
NONE = np.zeros(7)
HOME = np.array(IIWA.home)


def one(joint: int, value: float) -> np.ndarray:
    row = np.zeros(7)
    row[joint] = value
    return row


@dataclass
class Company:
    """A filter and an arm that goes where it is told, until a test says otherwise."""

    armed: bool = True
    latch: Latch | None = None
    now: float = 100.0      # the graph's clock, of stamps
    steady: float = 5000.0  # a clock that nobody can step
    place: np.ndarray = field(default_factory=lambda: HOME.copy())
    asked: np.ndarray | None = None
    commands: list = field(default_factory=list)   # (due, position, velocity)

    def __post_init__(self) -> None:
        self.filter = SafetyFilter(IIWA, ARM, Limits(), armed=self.armed, latch=self.latch)

    def hear(self, position=None, *, stamp=None, **fields):
        """Let the filter answer one joint state, now."""
        if self.asked is not None:
            wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), self.asked[None], observed=self.now)
            self.filter.sources.hear(wish, self.now, steady=self.steady)
        stamp = self.now if stamp is None else stamp
        state = State(stamp, self.place if position is None else position, NONE, NONE)
        answer = self.filter.step(replace(state, **fields), self.now, steady=self.steady)
        if answer.target is not None:
            self.place = answer.target.position
            self.commands.append((stamp, answer.target.position, answer.target.velocity))
        return answer

    def wait(self, seconds: float = BEAT) -> None:
        self.now += seconds
        self.steady += seconds

    def beats(self, count: int, position=None, **fields):
        for _ in range(count):
            self.wait()
            answer = self.hear(position, **fields)
        return answer

    def fastest(self, since: int = 0) -> float:
        """Return the largest share of a speed limit, by differences over time."""
        seen = self.commands[since:]
        times = np.array([stamp for stamp, _, _ in seen])
        places = np.array([place for _, place, _ in seen])
        moved = np.abs(np.diff(places, axis=0)) / IIWA.velocity
        return float((moved.max(axis=1) / np.maximum(np.diff(times), BEAT / 4)).max())


def swinging(speed: float = 1.0) -> Company:
    """Return one whose arm moves at full speed or a part of it."""
    company = Company(asked=one(0, speed * IIWA.velocity[0]))
    company.beats(60)
    return company


# Beginning again.
@pytest.mark.parametrize('condition', ['armed', 'unarmed', 'stopped'])
@pytest.mark.parametrize('wrong', [one(0, 0.5), one(3, -2.0)])
def test_one_wrong_sample_moves_nothing(condition, wrong):
    company = Company(armed=condition != 'unarmed')
    company.beats(20)
    if condition == 'stopped':
        company.filter.stop('test')
    company.beats(1, company.place + wrong)
    company.beats(20)
    assert all(np.array_equal(place, HOME) for _, place, _ in company.commands)


@pytest.mark.parametrize('condition', ['armed', 'unarmed', 'stopped'])
def test_a_second_voice_about_the_joints_moves_nothing(condition):
    company = Company(armed=condition != 'unarmed')
    company.beats(20)
    if condition == 'stopped':
        company.filter.stop('test')
    lie = HOME.copy()
    for beat in range(300):
        lie = lie + one(0, 0.002)
        company.beats(1)
        company.now += BEAT / 10
        company.hear(lie + (one(1, 0.3) if beat > 5 else 0.0))
        company.now -= BEAT / 10
    assert max(np.abs(place - HOME).max() for _, place, _ in company.commands) < 0.03


def test_a_state_out_of_order_is_dropped_and_counted():
    company = swinging(0.5)
    before = len(company.commands)
    company.wait()
    company.hear(stamp=company.now - 0.03)
    assert len(company.commands) == before
    assert company.filter.whereabouts.trust.passed_over == 1
    company.beats(10)
    assert company.fastest() < 1.0


def test_a_robot_that_was_moved_is_believed_only_after_several_samples_over_time():
    company = Company()
    company.beats(20)
    moved = HOME + one(0, 0.5)
    answers = [company.beats(1, moved) for _ in range(12)]
    silent = [answer.target is None for answer in answers]
    assert silent[:4] == [True] * 4
    assert not silent[-1]
    assert answers[-1].target.position == pytest.approx(moved)
    assert 'lbr_A1' in ' '.join(answers[0].reasons)


def test_a_robot_that_was_moved_while_stopped_is_not_commanded_at_all():
    company = Company()
    company.beats(20)
    company.filter.stop('test')
    company.beats(5)
    answer = company.beats(100, HOME + one(0, 0.5))
    assert answer.target is None
    assert 'stopped: test' in ' '.join(answer.reasons)
    company.place = HOME + one(0, 0.5)
    assert company.filter.arm('ada', company.steady) == ''
    assert company.beats(1).target.position == pytest.approx(HOME + one(0, 0.5))


def test_a_robot_found_where_it_may_not_be_stays_stopped():
    company = Company()
    company.beats(20)
    answer = company.beats(30, np.array([0.0, 1.9, 0.0, -1.5, 0.0, 0.5, 0.0]))   # below its table
    assert company.filter.latch.stopped
    assert answer.target is None
    assert 'may not be' in company.filter.latch.reason


# HOLD.
def test_a_hold_that_is_restored_is_a_brake(tmp_path):
    path = tmp_path / 'stop.json'
    latches.store(path, Latch(False, True, 'ada', StopCategory.HOLD))
    assert latches.restore(path, armed=False).category is StopCategory.BRAKE
    company = Company(latch=Latch(False, True, 'ada', StopCategory.HOLD),
                      place=HOME + one(0, 0.7))
    company.beats(200)
    assert company.place == pytest.approx(HOME + one(0, 0.7))


def test_a_hold_never_runs_back_to_where_a_hand_took_the_arm_from():
    company = Company()
    company.beats(20)
    company.filter.stop('hold', StopCategory.HOLD)
    company.beats(50)
    led = HOME.copy()
    for _ in range(100):
        led = led + one(0, 0.01)
        company.beats(1, led)
    company.beats(30, led + one(0, 0.5))
    since = len(company.commands)
    company.beats(100, led + one(0, 0.5))
    assert len(company.commands) == since or company.fastest(since) < 1e-9


def test_stops_only_become_stricter():
    company = swinging(0.5)
    company.filter.stop('hold', StopCategory.HOLD)
    company.filter.stop('brake')
    assert company.filter.latch.category is StopCategory.BRAKE
    company.filter.stop('hold again', StopCategory.HOLD)
    assert company.filter.latch.category is StopCategory.BRAKE
    assert company.filter.latch.reason == 'hold'


# Time.
@pytest.mark.parametrize('later', [0.0, 0.0001, 0.002])
def test_states_that_are_repeated_move_nothing_faster(later):
    company = Company(asked=one(0, 50.0))
    for _ in range(150):
        company.beats(1)
        for _ in range(3):
            company.wait(later)
            company.hear()
        company.now -= 3 * later
        company.steady -= 3 * later
    assert company.fastest() < 1.0


@pytest.mark.parametrize('frozen', [3, 6, 12, 18])
def test_a_heap_of_states_after_a_freeze_is_not_lived_through_at_once(frozen):
    company = swinging()
    since = len(company.commands)
    stamps = [company.now + BEAT * (k + 1) for k in range(frozen)]
    company.wait(BEAT * frozen)
    before = company.place
    for stamp in stamps:
        company.steady += 0.001
        company.hear(stamp=stamp)
    reach = IIWA.velocity[0] * (0.05 + 0.002 * frozen)
    moved = np.abs(company.place - before).max()
    assert moved <= reach
    assert (len(company.commands) == since) is (frozen > 5)   # by then it brakes by itself
    company.beats(30)
    assert len(company.commands) > since
    assert company.fastest(since) < 1.0 + 1e-6


@pytest.mark.parametrize('seed', range(4))
def test_states_that_come_unevenly_keep_every_limit(seed):
    rng = np.random.default_rng(seed)
    company = Company(asked=one(0, 50.0))
    for beat in range(600):
        if beat % 70 == 0:
            company.asked = one(0, 50.0 * rng.choice([-1, 1]))
        company.wait(BEAT * rng.choice([0.3, 0.6, 1.0, 1.4, 2.3, 3.0]))
        company.hear()
    assert company.fastest() < 1.0


@pytest.mark.parametrize(('haste', 'goes_on'), [(1.0, True), (1.015, True), (1.2, False)])
def test_stamps_that_run_ahead_of_the_clock_move_nothing_faster(haste, goes_on):
    company, said = swinging(0.5), []
    begun, before = company.steady, company.place
    for _ in range(400):
        company.now += BEAT
        company.steady += BEAT / haste
        said += company.hear().reasons
    lived = 400 * BEAT / haste
    assert company.steady - begun == pytest.approx(lived)
    assert np.abs(company.place - before).max() <= 0.5 * IIWA.velocity[0] * (1.021 * lived + 0.05)
    assert ('joint_states run ahead of time' in ' '.join(said)) is not goes_on
    assert company.fastest() < 1.0


def test_wrong_samples_in_motion_are_a_moment_of_braking_on_the_way_that_was_checked():
    company = swinging(0.5)
    since = len(company.commands)
    for _ in range(3):
        company.wait()
        company.hear(company.place + one(0, 0.5))
    company.beats(20)
    stamps = [stamp for stamp, _, _ in company.commands[since:]]
    speeds = [velocity[0] / IIWA.velocity[0] for _, _, velocity in company.commands[since:]]
    assert len(stamps) == 23                      # answered at every beat
    assert speeds[0] > speeds[1] > speeds[2]      # and slower at each
    assert speeds[2] > 0.3
    assert speeds[-1] == pytest.approx(0.5, abs=1e-3)


def test_a_clock_that_steps_does_not_keep_anything_alive_or_dead():
    company = swinging(0.5)
    for step in (-4.0, 3.0, 3600.0):
        company.now += step
        company.beats(30)
        assert company.fastest(len(company.commands) - 3) > 0.2, f'dead after {step}'
    company.asked = None
    company.now -= 4.0          # the clock hides how long the policy has been silent
    answer = company.beats(80)
    assert np.abs(answer.target.velocity).max() == 0.0


# What is not a number.
def test_a_gripper_that_is_no_number_leaves_commands_finite():
    company = Company()
    company.beats(5)
    for _ in range(5):
        wish = Proposal(Mode.GRIPPER, np.zeros(1), np.zeros((1, 0)), np.ones(1), company.now)
        company.filter.sources.hear(wish, company.now, steady=company.steady)
        answer = company.beats(1, gripper=np.nan, gripper_effort=np.nan)
        assert answer.target is None or np.isfinite(answer.target.gripper)
    company.beats(5)
    assert np.isfinite(company.filter.fingers.commanded)


@pytest.mark.parametrize('quaternion', [[np.nan] * 4, [0.0] * 4, [0.0, 0.0, 0.0, 2.0],
                                        [0.0, 0.0, 0.0, 0.1]])
def test_an_attitude_that_is_none_is_not_upright(quaternion):
    walker = SafetyFilter(MINITAUR, None, Limits(), armed=True)
    stands = np.full(8, np.pi / 2)
    for beat in range(3):
        now = 10.0 + beat * 0.006
        answer = walker.step(State(now, stands, np.zeros(8), np.zeros(8),
                                   imu=Imu(np.array(quaternion), np.zeros(3))), now)
    assert answer.verdict is Verdict.STOP
    assert 'attitude' in ' '.join(answer.reasons)


def test_torque_that_is_no_number_is_not_cool():
    company = Company()
    company.beats(5)
    answer = company.beats(1, effort=np.full(7, np.nan))
    assert answer.verdict is Verdict.STOP
    assert 'torque' in ' '.join(answer.reasons)


def test_one_low_sample_does_not_cool_a_motor():
    walker = SafetyFilter(MINITAUR, None, Limits(), armed=True)
    stands, level = np.full(8, np.pi / 2), Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))
    said = []
    for beat in range(300):
        now = 10.0 + beat * 0.006
        pulled = np.zeros(8) if beat % 50 == 49 else np.full(8, 0.9) * MINITAUR.effort
        said += walker.step(State(now, stands, np.zeros(8), pulled, imu=level), now).reasons
    assert any('lies down' in reason for reason in said)


# Fingers, arming, being led by hand.
def test_fingers_ease_under_a_stop_too():
    company = Company()
    for _ in range(40):
        wish = Proposal(Mode.GRIPPER, np.zeros(1), np.zeros((1, 0)), np.ones(1), company.now)
        company.filter.sources.hear(wish, company.now, steady=company.steady)
        company.beats(1, gripper=0.4)
    company.filter.stop('test')
    answer = company.beats(40, gripper=0.4, gripper_effort=80.0)
    assert answer.target.gripper == pytest.approx(0.4, abs=0.03)


def test_arming_does_not_step_by_the_tracking_error():
    company = Company(armed=False)
    sags = one(1, 0.03)
    company.beats(1)
    for _ in range(20):
        company.beats(1, company.place + sags)
        company.place = company.commands[0][1]
    assert company.filter.arm('ada', company.steady) == ''
    company.beats(1, company.place + sags)
    assert company.place == pytest.approx(company.commands[0][1])


def test_an_arm_led_by_hand_while_unarmed_is_told_and_armed_where_it_is():
    company = Company(armed=False)
    company.beats(5)
    led = HOME.copy()
    for _ in range(120):
        led = led + one(0, 0.01)
        answer = company.beats(1, led)
        company.place = HOME.copy()
    assert any('lbr_A1 is 1.20 rad from where it is commanded' in r for r in answer.reasons)
    assert company.filter.arm('ada', company.steady) == ''
    assert company.beats(5, led).target is None   # until the driver has let go of the old place
    assert company.beats(6, led).target.position == pytest.approx(led)


# Who is followed.
def asks(speed: float, now: float, source: int, **fields) -> Proposal:
    wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), one(0, speed)[None], observed=now,
                    source=source, dead_man=True)
    return replace(wish, **fields)


@pytest.mark.parametrize('wrong', [{'observed': 160.0}, {'targets': np.zeros((1, 6))},
                                   {'targets': np.full((1, 7), np.nan)}])
def test_a_held_switch_counts_before_anything_else_is_refused(wrong):
    company = Company()
    for beat in range(120):
        company.wait()
        company.filter.sources.hear(asks(0.5, company.now, 1), company.now, steady=company.steady)
        if beat >= 40:
            company.filter.sources.hear(asks(0.5, company.now, 3, **wrong), company.now,
                                        steady=company.steady)
        answer = company.hear()
    assert answer.target.velocity[0] == 0.0
    assert answer.verdict is Verdict.STOP
    assert any('holds the switch' in reason for reason in answer.reasons)


def test_a_switch_let_go_in_a_message_that_is_refused_is_let_go():
    company = Company()
    for _ in range(40):
        company.wait()
        company.filter.sources.hear(asks(0.5, company.now, 3), company.now, steady=company.steady)
        company.hear()
    company.filter.sources.hear(asks(0.5, 160.0, 3, dead_man=False), company.now,
                                steady=company.steady)
    answer = company.beats(30)
    assert answer.source == 0
    assert answer.target.velocity[0] == 0.0


def test_a_quick_policy_with_a_slow_answer_is_followed():
    company = Company()
    for _ in range(120):
        company.wait()
        wish = asks(0.5, company.now, 1, times=np.array([0.2]))   # for when it will be there
        company.filter.sources.hear(wish, company.now, steady=company.steady)
        answer = company.hear()
        if 100.015 < company.now < 100.15:
            assert any('plans ahead' in reason for reason in answer.reasons)
    assert answer.verdict is Verdict.PASS
    assert answer.target.velocity[0] == pytest.approx(0.5, abs=1e-3)


# Measured as well as commanded.
@pytest.mark.parametrize('joint', [1, 3])
@pytest.mark.parametrize('error', [-0.045, 0.045])
def test_an_arm_that_stands_aside_keeps_its_margins_where_it_is_measured(joint, error):
    safety = make_filter(IIWA, Limits(), load_task('grasp').fixtures)
    place, stray, now, said = HOME.copy(), one(joint, error), 50.0, set()
    down = np.array([[0.0, 0.0, -0.25, 0.0, 0.0, 0.0]])
    for _ in range(600):
        now += BEAT
        wish = Proposal(Mode.CARTESIAN_TWIST, np.zeros(1), down, observed=now)
        safety.sources.hear(wish, now)
        answer = safety.step(State(now, place + stray, NONE, NONE), now)
        place = answer.target.position
        said.update(answer.reasons)
    spare = safety.clearance.scene.clearances(place + stray)
    box = IIWA.workspace
    assert (spare >= -0.5 * safety.clearance.scene.margins).all()
    assert (ARM.pose(place + stray)[:3] >= np.array(box.lower) - 0.001).all()
    assert said


@pytest.mark.parametrize('asks', [True, False])
@pytest.mark.parametrize(('way', 'error'), [(1, 0.045), (-1, -0.045)])
def test_an_error_that_grows_takes_no_hand_into_what_it_stands_beside(way, error, asks):
    safety = make_filter(IIWA, Limits(), load_task('grasp').fixtures)
    scene, place, now, nearest = safety.clearance.scene, HOME.copy(), 50.0, 1.0
    for beat in range(700):
        now += BEAT
        down = np.array([[0.0, 0.0, -0.2, 0.0, 0.0, 0.0]])
        aside = np.array([[0.0, 0.1 * way, 0.0, 0.0, 0.0, 0.0]])
        if beat < 300 or asks:
            wish = Proposal(Mode.CARTESIAN_TWIST, np.zeros(1), down if beat < 110 else aside,
                            observed=now)
            safety.sources.hear(wish, now)
        grown = (1.0 - np.cos(np.pi * min(max(beat - 350, 0) / 300, 1.0))) / 2.0
        stray = one(0, error * grown)
        answer = safety.step(State(now, place + stray, NONE, NONE), now)
        place = answer.target.position
        nearest = min(nearest, float((scene.clearances(place + stray) + scene.margins).min()))
    assert nearest > 0.001, 'm, that the hand was measured from the wall of the tray at least'
