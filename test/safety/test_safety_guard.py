"""Contact, heat, squeezed fingers and a body that sinks: what trips each, and what does not."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.contact import ContactDetector
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits, limits_for
from visuomotor.specs.codes import Mode, Verdict
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Imu, Proposal, State

IIWA, MINITAUR = load_robot('iiwa7'), load_robot('minitaur')
HOME, NONE = np.array(IIWA.home), np.zeros(7)
WEIGHT = np.array([0.0, -41.3, -0.2, 20.8, -0.4, 0.0, 0.0])   # N m at home, as it stands
LEVEL = Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))
STANDS = np.full(8, np.pi / 2)


def one(joint, value):
    row = np.zeros(7)
    row[joint] = value
    return row


def felt(efforts=NONE, error=NONE, beats=30, lag=0):
    """Return what a guard says, beat by beat, of an arm that is sent slowly forwards and is `lag`
    beats late."""
    guard, places = ContactDetector(IIWA, Limits()), [HOME + 0.02 * beat for beat in range(beats)]
    said = []
    for beat, place in enumerate(places):
        guard.sent(place)
        state = State(0.0, places[max(0, beat - lag)] + error, NONE, efforts)
        said.append(guard.contact(state, NONE))
    return said


def test_torque_has_to_last_before_it_counts_as_contact():
    said = felt(one(3, 108.0))
    assert said[8] == ''
    assert said[9] == 'contact: lbr_A4 feels 108 N m, more than 107'
    assert set(felt(one(3, -106.0))) == {''}


def test_being_somewhere_else_counts_as_contact_and_being_late_does_not():
    assert felt(error=one(5, 0.08))[9] == 'contact: lbr_A6 is 0.08 rad from where it was sent'
    assert set(felt(error=one(5, 0.05))) == {''}
    assert set(felt(lag=10)) == {''}          # 0.2 rad behind, 0.1 s late
    assert any(felt(lag=25))


class Arm:
    """A filter and an arm that something may hold."""

    def __init__(self, **limits):
        self.filter = SafetyFilter(IIWA, Kinematics(IIWA), Limits(**limits), armed=True)
        self.now = 50.0
        self.place = HOME
        self.answers = []
        self.beat()

    def beat(self, held=None, effort=NONE):
        self.now += 0.01
        answer = self.filter.step(State(self.now, self.place, NONE, effort), self.now)
        self.place = answer.target.position if held is None else held
        self.answers.append(answer)
        return answer

    def push(self, beats, speeds, **how):
        for _ in range(beats):
            wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), speeds[None], observed=self.now)
            self.filter.sources.hear(wish, self.now)
            self.beat(**how)


def test_an_arm_that_is_held_stops_gives_way_and_goes_on():
    arm = Arm()
    arm.push(40, one(0, 0.5))
    wall = arm.place
    arm.push(60, one(0, 0.5), held=wall)
    contact = next(number for number, answer in enumerate(arm.answers)
                   if 'contact' in ' '.join(answer.reasons))
    assert arm.answers[contact].verdict is Verdict.STOP
    furthest = max(answer.target.position[0] for answer in arm.answers) - wall[0]
    assert 0.06 < furthest < 0.25
    for _ in range(30):
        arm.beat(held=wall)
    assert arm.answers[-1].target.position == pytest.approx(wall, abs=1e-3)   # it no longer presses
    for _ in range(40):
        arm.beat()
    arm.push(30, one(0, -0.5))
    assert arm.answers[-1].verdict is Verdict.PASS
    assert arm.place[0] < wall[0] - 0.05


def test_torque_above_the_limit_stops():
    arm = Arm()
    arm.push(30, one(0, 0.3))
    arm.push(12, one(0, 0.3), effort=one(1, 175.0))
    assert arm.answers[-1].verdict is Verdict.STOP
    assert 'lbr_A2 feels 216 N m beyond gravity and motion' in arm.answers[-1].reasons[0]


@pytest.mark.parametrize(('push', 'felt'), [(25.0, False), (30.0, True), (-30.0, True)])
def test_a_push_shows_net_of_gravity(push, felt):
    arm = Arm()
    arm.push(20, NONE, effort=WEIGHT + one(3, push))
    assert arm.filter.state.effort[3] == pytest.approx(20.8 + push)
    assert any('lbr_A4 feels 30 N m beyond' in r for r in arm.answers[-1].reasons) is felt


def test_an_arm_that_is_wedged_in_may_move_between_stops():
    arm, wedged = Arm(contact_memory=0.0), one(1, 175.0)
    arm.push(500, one(0, 0.1), effort=wedged)
    stops = [answer.verdict is Verdict.STOP for answer in arm.answers[1:]]
    # half a second of every one and a half, and a moment to notice
    assert 0.3 < np.mean(stops) < 0.5
    assert arm.place[0] > HOME[0] + 0.1


def test_a_second_push_is_a_stop_that_no_longer_presses():
    arm = Arm()
    arm.push(40, one(0, 0.5))
    wall = arm.place
    arm.push(300, one(0, 0.5), held=wall)
    assert arm.filter.latch.stopped
    assert arm.filter.latch.reason.startswith('contact: lbr_A1 is 0.1')
    assert 'see what it touches' in arm.filter.latch.reason
    for _ in range(100):
        arm.beat(held=wall)
    assert arm.answers[-1].target.position == pytest.approx(wall, abs=1e-3)
    pushes = [answer.target.position[0] - wall[0] > 0.05 for answer in arm.answers]
    assert np.diff(np.array(pushes, dtype=int)).clip(0).sum() == 2, 'one push, and one more'


def test_a_stop_lets_go_of_what_it_presses():
    arm = Arm()
    arm.push(40, one(0, 0.5))
    arm.filter.stop('ada')
    wall = arm.place + one(0, -0.02)
    for _ in range(60):
        arm.beat(held=wall, effort=WEIGHT + one(0, 175.0))
    assert arm.answers[-1].target.position[0] < wall[0]
    assert arm.answers[-1].target.position[1:] == pytest.approx(wall[1:], abs=1e-3)
    assert arm.answers[-1].reasons == ('stopped: ada',)


class Pad:
    """What an arm feels in front of something soft, N m: joint 0 turns into it."""

    def __init__(self, arm, place):
        self.arm, self.place = arm, place
        self.model = Kinematics(IIWA)

    def effort(self):
        pressed = max(self.arm.place[0] - self.place, 0.0)
        return self.model.bias(self.arm.place, NONE) + one(0, 2000.0 * pressed)

    def push(self, beats, speed):
        felt = []
        for _ in range(beats):
            self.arm.push(1, one(0, speed), effort=self.effort())
            felt.append(2000.0 * max(self.arm.place[0] - self.place, 0.0))
        return np.array(felt)


def test_an_arm_that_presses_draws_back_until_it_feels_nothing():
    arm = Arm()
    arm.push(40, one(0, 0.5))
    felt = Pad(arm, arm.place[0]).push(400, 0.5)
    first = int(np.argmax(felt > 44.0))
    assert felt.max() < 200.0, 'it goes in while it brakes'
    assert felt[first + 40:first + 55].max() < 11.0, 'half a second later it is free'
    assert (felt > 65.0).sum() < 60, 'two pushes of less than a third of a second'
    assert arm.filter.latch.stopped
    assert felt[-100:].max() < 11.0


@pytest.mark.parametrize(('torque', 'beats'), [(27.0, None), (28.0, 10), (42.0, 7), (56.0, 5),
                                               (500.0, 3)])
def test_what_is_hard_is_contact_sooner_but_never_by_two_samples(torque, beats):
    guard = ContactDetector(IIWA, Limits(), Kinematics(IIWA))
    guard.sent(HOME)
    said = [guard.contact(State(0.0, HOME, NONE, WEIGHT + one(3, torque)), NONE)
            for _ in range(30)]
    assert next((beat + 1 for beat, why in enumerate(said) if why), None) == beats


def test_a_load_that_never_goes_away_is_not_fled_from_for_ever():
    arm = Arm()
    arm.filter.stop('ada')
    for _ in range(1000):
        arm.beat(effort=Kinematics(IIWA).bias(arm.place, NONE) + one(0, 60.0))
    assert -0.66 < arm.place[0] < -0.4
    assert np.abs(arm.place - arm.answers[-100].target.position).max() < 1e-6


def test_a_robot_may_feel_any_acceleration_of_the_last_moment():
    arm, model, felt = Arm(contact_excess=(0.03,)), Kinematics(IIWA), [NONE] * 8
    for speed in (1.6, -1.6, 1.6):
        for _ in range(50):
            mass = model.inertia(arm.place)
            arm.push(1, one(1, speed) / 2, effort=model.bias(arm.place, NONE) + mass @ felt[-8])
            felt.append(arm.filter.motion.now.acceleration)
    assert max(abs(one[1]) for one in felt) > 4.0
    assert not any('contact' in ' '.join(answer.reasons) for answer in arm.answers)


def test_an_arm_that_cannot_give_way_may_still_be_moved_away():
    arm = Arm(contact_memory=0.0)
    bent = one(5, 0.1)
    # where it was pushed is not allowed
    arm.filter.check.upper = np.where(bent > 0, HOME + 0.01, arm.filter.check.upper)
    for _ in range(600):
        wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), one(0, 0.1)[None], observed=arm.now)
        arm.filter.sources.hear(wish, arm.now)
        arm.beat(held=arm.answers[-1].target.position + bent)
    stops = [answer.verdict is Verdict.STOP for answer in arm.answers[1:]]
    assert 0.3 < np.mean(stops) < 0.6
    assert arm.answers[-1].target.position[0] > HOME[0] + 0.1
    assert abs(arm.answers[-1].target.position[5] - HOME[5]) < 0.02


@pytest.mark.parametrize(('force', 'eases'), [(40.0, False), (43.0, True), (-43.0, True)])
def test_fingers_that_press_too_hard_ease(force, eases):
    arm = Arm()
    for _ in range(30):
        arm.filter.sources.hear(Proposal(Mode.GRIPPER, np.zeros(1), np.zeros((1, 0)), np.ones(1),
                                         arm.now), arm.now)
        arm.now += 0.01
        answer = arm.filter.step(State(arm.now, HOME, NONE, NONE, 0.4, force), arm.now)
    assert answer.target.gripper == pytest.approx(0.4 if eases else 0.6, abs=0.03)


class Walker:
    """A filter and eight motors."""

    def __init__(self):
        self.filter = SafetyFilter(MINITAUR, None, limits_for(MINITAUR), armed=True)
        self.now, self.place = 50.0, STANDS
        self.run(0.02)

    def run(self, seconds, legs=None, **fields):
        for _ in range(max(1, round(seconds * 166.666667))):
            self.now += 0.006
            if legs is not None:
                self.filter.sources.hear(
                    Proposal(Mode.LEG, np.zeros(1), np.array([legs]), observed=self.now), self.now)
            state = State(self.now, self.place, np.zeros(8), np.zeros(8), imu=LEVEL)
            self.answer = self.filter.step(replace(state, **fields), self.now)
            self.place = self.answer.target.position
        return self.answer


WALKS = [0.1, 1.8] * 4
FALLEN = Imu(np.array([np.sin(0.5), 0.0, 0.0, np.cos(0.5)]), np.zeros(3))  # rolled by 1 rad


def test_a_walker_that_leans_lies_down_slowly_and_stands_up_before_it_walks_again():
    walker = Walker()
    walker.run(0.3, WALKS)
    assert walker.answer.verdict is Verdict.PASS
    walker.run(0.1, WALKS, imu=FALLEN)
    assert walker.answer.reasons[0] == 'the body leans by 1.00 rad, more than 0.9 rad: lies down'
    assert np.abs(walker.answer.target.velocity).max() <= 2.0 + 1e-6
    walker.run(2.0, WALKS, imu=FALLEN)
    assert walker.place == pytest.approx(np.full(8, 0.6), abs=0.02)
    walker.run(0.1, WALKS)
    assert walker.answer.reasons == ('stands up slowly',)
    walker.run(2.5, WALKS)
    assert walker.answer.verdict is Verdict.PASS
    assert walker.place[0] == pytest.approx(1.7, abs=1e-2)


def test_a_motor_that_heats_up_makes_it_lie_down():
    walker, hot = Walker(), np.array([2.6, 0, 0, 0, 0, 0, 0, 0])
    walker.run(0.7, WALKS, effort=hot)
    assert walker.answer.verdict is Verdict.PASS
    walker.run(0.15, WALKS, effort=hot)
    assert walker.answer.reasons[0] == ('motor_front_leftL_joint has pulled 2.6 N m for 0.9 s: '
                                        'lies '
                                        'down')
    again = Walker()
    for _ in range(10):
        again.run(0.5, WALKS, effort=hot)
        again.run(0.5, WALKS)
    assert again.answer.verdict is Verdict.PASS   # it cools as long as it heats


def test_a_body_that_sinks_too_low_stands_up():
    walker = Walker()
    reasons = {walker.run(0.006, [0.0, 0.2] * 4).reasons for _ in range(200)}
    assert ('stands up slowly',) in reasons


def test_a_walker_without_an_attitude_stops():
    walker = Walker()
    walker.run(0.1, WALKS, imu=None)
    assert walker.answer.verdict is Verdict.STOP
    assert walker.answer.reasons == ('no attitude: imu is missing or old',)


def test_a_stopped_walker_lies_down():
    walker = Walker()
    walker.run(0.2, WALKS)
    walker.filter.stop('operator')
    walker.run(3.0, WALKS)
    assert walker.place == pytest.approx(np.full(8, 0.6), abs=0.02)
    assert walker.answer.reasons == ('stopped: operator',)


# Clocks.
def test_an_arm_found_in_motion_is_commanded_once_it_stands():
    arm, speeds, place = Arm(), one(0, 0.8), HOME
    arm.now += 5.0   # a clock that leaps forwards
    said = []
    for _ in range(60):   # meanwhile it brakes by itself
        arm.now += 0.01
        place, speeds = place + 0.01 * speeds, 0.9 * speeds
        answer = arm.filter.step(State(arm.now, place, speeds, NONE), arm.now)
        if answer.target is not None:
            break
        said.append(answer.reasons[0])
    assert said[10].endswith('nothing is commanded until lbr_A1 stands')
    assert [why[-25:] for why in said[-5:]] == ['until it has come to rest'] * 5
    assert speeds[0] < 0.05 * 1.710422
    assert answer.target.position.tolist() == place.tolist()
    assert not answer.target.velocity.any()


def test_a_late_chunk_is_entered_where_it_should_be_by_now():
    arm, times = Arm(), np.arange(100) * 0.01
    rows = HOME + 0.2 * (times**2)[:, None] * np.eye(7)[0]
    arm.filter.sources.hear(Proposal(Mode.JOINT_POSITION, times, rows, observed=arm.now - 0.5),
                            arm.now)
    answers = [arm.beat() for _ in range(60)]
    positions = np.array([answer.target.position[0] for answer in answers]) - HOME[0]
    assert positions[0] >= 0.0
    assert positions[40] == pytest.approx(0.2 * 0.92**2, abs=1e-3)   # not as 0.42 s after its start
