"""Resets of a toy robot that does what it is told, or does not."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.nodes.reset.plan import nearest_turn, plan, raised
from visuomotor.nodes.reset.routine import Routine
from visuomotor.nodes.reset.settings import ResetSettings
from visuomotor.nodes.reset.stages import JointMove
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs import settings
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import State

ARM = load_robot('iiwa7')
JACO = load_robot('j2n6s300')
LEGGED = load_robot('minitaur')
HOME = np.array(ARM.home)
LOW = np.array([0.1, 0.7, 0.0, -1.4, 0.0, 1.0, 0.0])  # tip about 0.12 m lower than at home


class Toy:
    """A robot that is at once where the newest proposal wants it now."""

    def __init__(self, robot, position, gripper=0.0):
        self.robot = robot
        self.position = np.array(position, dtype=float)
        self.gripper = gripper
        self.velocity, self.stuck = np.zeros(len(robot.joints)), False

    def state(self, now):
        return State(now, self.position.copy(), self.velocity, np.zeros(len(self.position)),
                     self.gripper)

    def obey(self, proposal, now):
        if proposal is None or self.stuck:
            return
        row = int(np.searchsorted(proposal.observed + proposal.times, now, side='right')) - 1
        if proposal.mode == Mode.JOINT_POSITION:
            self.position = proposal.targets[row]
        if len(proposal.gripper):
            self.gripper = float(proposal.gripper[row])


def routine_for(robot, kinematics=None, *, scene=True, **settings):
    chosen = ResetSettings(robot.name, **settings)
    return Routine(plan(robot, kinematics, chosen, scene), chosen.attempts, chosen.state_age,
                   chosen.patience)


def play(routine, toy, *, seconds=30.0, answer=(True, '')):
    """Run the routine against the toy. Return its stages in order, every proposal, and when it
    ended."""
    stages, proposals = [], []
    for tick in range(int(seconds * 20)):
        now = 100.0 + tick * 0.05
        proposal = routine.step(toy.state(now), now)
        if routine.wants_scene:
            routine.scene_asked()
            routine.scene_answered(*answer, now)
        if not stages or stages[-1] != routine.stage:
            stages.append(routine.stage)
        if proposal is not None:
            proposals.append(proposal)
        toy.obey(proposal, now)
        if routine.done:
            return stages, proposals, now
    return stages, proposals, None


def test_an_arm_that_holds_something_lets_go_lifts_goes_home_and_gets_a_new_scene():
    routine, toy = routine_for(ARM, Kinematics(ARM)), Toy(ARM, LOW, gripper=0.6)
    stages, proposals, _ = play(routine, toy)
    assert (routine.ready, routine.attempt, routine.message) == (True, 1,
                                                                 'ready after 1 of 2 attempts')
    assert stages == ['opening the gripper', 'lifting clear', 'going home',
                      'laying out a new scene']
    assert {proposal.source for proposal in proposals} == {2}
    assert np.abs(toy.position - HOME).max() < 1e-6
    assert toy.gripper == 0.0


@pytest.mark.parametrize(('robot', 'world', 'scene', 'expected'), [
    (ARM, 'sim', False, ['Still', 'Open', 'Move', 'Move', 'Open']),
    (ARM, 'sim', True, ['Still', 'Open', 'Move', 'Move', 'Open', 'NewScene']),
    (ARM, 'emulated', True, ['Still', 'Open', 'Move', 'Move', 'Open', 'NewScene']),
    (ARM, 'fake', True, ['Still', 'Open', 'Move', 'Move', 'Open']),
    (ARM, 'real', True, ['Still', 'Move', 'Move', 'Open']),
    (LEGGED, 'sim', True, ['Move', 'NewScene', 'Move']),
    (LEGGED, 'real', True, ['Move']),
])
def test_stages(robot, world, scene, expected):
    kinematics = Kinematics(robot) if robot.tip_link else None
    stages = plan(robot, kinematics, ResetSettings(robot.name, world=world), scene)
    assert [type(stage).__name__ for stage in stages] == expected


def test_on_a_real_arm_what_it_holds_is_let_go_over_the_tray():
    routine, toy = routine_for(ARM, Kinematics(ARM), world='real'), Toy(ARM, LOW, gripper=0.6)
    _, proposals, _ = play(routine, toy)
    moving = [proposal for proposal in proposals if proposal.mode == Mode.JOINT_POSITION]
    assert routine.ready
    assert all(len(proposal.gripper) == 0 for proposal in moving)
    assert proposals[-1].mode == Mode.GRIPPER


def test_speed_and_acceleration_stay_below_half_of_the_limits():
    move = JointMove(ARM, LOW, HOME, 0.5, 0.0)
    times = np.arange(0.0, move.duration, 0.001)
    speed = np.diff([move.at(t) for t in times], axis=0) / 0.001
    assert (np.abs(speed).max(axis=0) <= 0.5 * ARM.velocity + 1e-6).all()
    assert (np.abs(np.diff(speed, axis=0)).max(axis=0) / 0.001 <= 0.5 * ARM.acceleration
            + 1e-2).all()
    assert np.abs(move.at(move.duration) - HOME).max() < 1e-9


def test_a_chunk_looks_half_a_second_ahead_and_counts_from_the_observation():
    chunk = JointMove(ARM, LOW, HOME, 0.5, 10.0).chunk(10.2, 10.15, 0.5, 0.0)
    assert (chunk.observed, len(chunk.times)) == (10.15, 26)
    assert chunk.times[[0, -1]] == pytest.approx([0.05, 0.55])
    assert np.allclose(np.diff(chunk.times), 0.02)
    assert chunk.gripper.tolist() == [0.0] * 26


def test_a_motion_ends_with_one_target_at_rest_before_silence():
    routine, toy = routine_for(LEGGED, scene=False), Toy(LEGGED, np.full(8, 1.2))
    endings = []
    for tick in range(100):
        now = 100.0 + tick * 0.05
        proposal = routine.step(toy.state(now), now)
        toy.obey(proposal, now)
        endings += [proposal] if routine.resting else []
    assert routine.ready
    assert len(endings) == 1
    assert endings[0].targets.tolist() == [list(LEGGED.home)]


def test_a_stuck_gripper_is_tried_twice_and_named():
    routine, toy = routine_for(ARM), Toy(ARM, HOME, gripper=0.6)
    toy.stuck = True
    play(routine, toy)
    assert (routine.ready, routine.attempt, routine.message) == (
        False, 2, 'opening the gripper took more than 4.0 s, and 2 attempts were made')


def test_fingers_jammed_below_are_opened_again_above():
    routine, toy = routine_for(ARM, Kinematics(ARM)), Toy(ARM, LOW, gripper=0.6)
    obey = toy.obey

    def jammed_until_lifted(proposal, now):
        held = toy.gripper
        obey(proposal, now)
        if toy.position[1] > 0.6:   # still low: the tray holds the fingers
            toy.gripper = held
    toy.obey = jammed_until_lifted
    play(routine, toy)
    assert (routine.ready, routine.attempt) == (True, 1)
    assert toy.gripper <= 0.1


def test_an_arm_that_does_not_arrive_is_noticed_by_measurement():
    routine, toy = routine_for(ARM, attempts=1), Toy(ARM, HOME + 0.031)
    toy.stuck = True
    play(routine, toy)
    assert not routine.ready
    assert routine.message.startswith('going home took more than ')


def test_nearly_home_is_home():
    routine, toy = routine_for(ARM, attempts=1), Toy(ARM, HOME + 0.029)
    toy.stuck = True
    play(routine, toy)
    assert routine.ready


def test_nothing_is_proposed_while_the_arm_still_moves():
    routine, toy = routine_for(ARM), Toy(ARM, LOW, gripper=0.6)
    toy.velocity = 0.04 * ARM.velocity
    stages, proposals, _ = play(routine, toy, seconds=2.0)
    assert (stages, proposals) == (['waiting until the robot stands still'], [])


def test_the_state_has_to_be_fresh():
    routine, toy = routine_for(ARM), Toy(ARM, LOW)
    routine.step(toy.state(100.0), 100.0)
    assert routine.step(toy.state(100.0), 100.51) is None
    assert (routine.done, routine.ready) == (True, False)
    assert routine.message == ('joint_states have been silent for more than 0.5 s; is the driver '
                               'active?')


@pytest.mark.parametrize('before', [None, 40.0])   # nothing was heard yet, or only long ago
def test_a_first_state_is_waited_for(before):
    toy = Toy(ARM, LOW)
    old = None if before is None else toy.state(before)
    routine = routine_for(ARM)
    assert [routine.step(old, 100.0 + t) for t in (0.0, 5.0, 9.99)] == [None, None, None]
    assert (routine.done, routine.attempt) == (False, 0)
    routine.step(toy.state(110.0), 110.0)
    assert (routine.attempt, routine.stage) == (1, 'going home')


def test_a_first_state_that_never_comes_fails_the_reset():
    routine = routine_for(ARM, patience=2.0)
    routine.step(None, 100.0)
    routine.step(None, 101.99)
    assert not routine.done
    routine.step(None, 102.0)
    assert (routine.done, routine.ready, routine.attempt) == (True, False, 0)
    assert routine.message == 'no joint_states came within 2 s; is the driver active?'


def test_whoever_lays_out_scenes_is_waited_for():
    def asks(until):
        routine = routine_for(LEGGED, patience=2.0)
        toy = Toy(LEGGED, LEGGED.home)
        now = 100.0
        while not routine.done and now < until:
            routine.step(toy.state(now), now)
            if routine.wants_scene:
                routine.scene_unserved(now)
            now += 0.05
        return routine, toy, now
    routine, toy, now = asks(101.9)
    assert routine.wants_scene
    routine.scene_asked()
    assert not routine.wants_scene
    routine.scene_answered(True, '', now)
    for tick in range(100):
        routine.step(toy.state(now + tick * 0.05), now + tick * 0.05)
    assert routine.ready
    routine, _, now = asks(110.0)
    assert (routine.done, routine.message) == (
        True, 'no new scene: nobody serves world/new_scene; is the driver active, with world:=sim?')
    assert now < 106.0


def test_a_world_without_new_scenes_fails_the_reset():
    routine = routine_for(ARM)
    play(routine, Toy(ARM, HOME), answer=(False, 'nobody serves it'))
    assert (routine.ready, routine.message) == (False, 'no new scene: nobody serves it')


def test_a_new_scene_is_asked_for_once_and_given_time_to_settle():
    routine = routine_for(ARM)
    toy = Toy(ARM, HOME)
    asked = []
    for tick in range(60):
        now = 100.0 + tick * 0.05
        routine.step(toy.state(now), now)
        if routine.wants_scene:
            asked.append(now)
            routine.scene_asked()
            routine.scene_answered(True, '', now)
        if routine.done:
            break
    assert len(asked) == 1
    assert routine.ready
    assert now - asked[0] == pytest.approx(0.2)


def test_a_cancelled_reset_is_silent():
    routine, toy = routine_for(ARM), Toy(ARM, LOW)
    assert any(routine.step(toy.state(100.0 + t), 100.0 + t) for t in (0.0, 0.05))
    routine.cancel('cancelled')
    assert routine.step(toy.state(100.1), 100.1) is None
    assert (routine.ready, routine.message) == (False, 'cancelled')


def test_lifting_stays_below_home_and_says_when_there_is_no_need():
    kinematics = Kinematics(ARM)
    toy = Toy(ARM, LOW)
    before, after = kinematics.pose(LOW), kinematics.pose(raised(ARM, kinematics, toy.state(0.0),
                                                                 0.05))
    assert after[:3] - before[:3] == pytest.approx([0.0, 0.0, 0.05], abs=1e-3)
    high = kinematics.pose(raised(ARM, kinematics, toy.state(0.0), 5.0))
    assert high[2] == pytest.approx(0.35, abs=2e-3)
    assert raised(ARM, kinematics, Toy(ARM, HOME).state(0.0), 0.15) is None


def test_an_endless_joint_does_not_unwind():
    goal = np.array(JACO.home)
    turned = goal + np.array([2 * np.pi, 0, 0, -4 * np.pi, 0, 0]) + 0.1
    assert nearest_turn(JACO, turned,
                        goal) - goal == pytest.approx([2 * np.pi, 0, 0, -4 * np.pi, 0, 0])
    assert nearest_turn(ARM, HOME + 7.0, HOME).tolist() == HOME.tolist()


@pytest.mark.parametrize(('wrong', 'word'), [
    ({'speed': 0.0}, 'speed'), ({'legged_speed': 1.1}, 'legged_speed'), ({'world': 'simm'}, 'sim'),
    ({'chunk': 0.05}, 'gaps'), ({'attempts': 0}, 'attempts')])
def test_parameters_that_do_not_fit_are_refused(wrong, word):
    with pytest.raises(BadInput, match=word):
        settings.build(ResetSettings, {'robot': 'iiwa7', **wrong}, 'reset')
