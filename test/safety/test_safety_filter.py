"""The safety filter on a perfect robot. Every limit has a proposal that would break it, and every
stop its reason."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits
from visuomotor.safety.verdict import Permitted
from visuomotor.specs.codes import Mode, StopCategory, Verdict
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.values import Imu, Proposal, State

IIWA = load_robot('iiwa7')
MINITAUR = load_robot('minitaur')
JACO = load_robot('j2n6s300')
ARM = {'iiwa7': Kinematics(IIWA), 'j2n6s300': Kinematics(JACO), 'minitaur': None}
LEVEL = Imu(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(3))


@dataclass
class Bench:
    """A filter and a robot that is exactly where it was told to be."""

    robot: RobotSpec = IIWA
    armed: bool = True
    now: float = 100.0
    answers: list[Permitted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.filter = SafetyFilter(self.robot, ARM[self.robot.name], Limits(), armed=self.armed)
        self.place = np.array(self.robot.home)
        self.dt = 1.0 / self.robot.control_hz
        self.motions = []

    def state(self, **fields) -> State:
        still = np.zeros(len(self.place))
        return replace(State(self.now, self.place, still, still, imu=LEVEL), **fields)

    def beat(self, **fields) -> Permitted:
        self.now += self.dt
        answer = self.filter.step(self.state(**fields), self.now)
        if answer.target is not None:
            self.place = answer.target.position
            self.motions.append(self.filter.motion.now)
        self.answers.append(answer)
        return answer

    def run(self, seconds: float, mode: Mode | None = None, row=None, *, source: int = 1,
            gripper=(),
            **fields) -> Permitted:
        """Let a source repeat one target at every beat."""
        for _ in range(round(seconds / self.dt)):
            if mode is not None:
                self.say(mode, row, source=source, gripper=gripper)
            answer = self.beat(**fields)
        return answer

    def say(self, mode: Mode, row, *, source: int = 1, gripper=(), last: bool = False) -> str:
        rows = np.atleast_2d(np.asarray(row, dtype=float))
        proposal = Proposal(mode, np.zeros(1), rows, np.array(gripper, dtype=float), self.now,
                            source, dead_man=True)
        return self.filter.sources.hear(proposal, self.now, last)

    def tip(self) -> np.ndarray:
        return ARM[self.robot.name].pose(self.place)[:3]

    def reasons(self) -> str:
        return ' | '.join(self.answers[-1].reasons)


def test_the_first_answer_is_where_the_robot_is():
    bench = Bench()
    bench.place = bench.place + 0.01
    answer = bench.beat()
    assert answer.target.position.tolist() == (np.array(IIWA.home) + 0.01).tolist()
    assert answer.target.velocity.tolist() == [0.0] * 7
    assert answer.verdict is Verdict.STOP


def test_nobody_asking_holds_still_without_complaint():
    bench = Bench()
    assert bench.run(0.1).verdict is Verdict.PASS
    assert bench.answers[-1].source == 0
    assert bench.place.tolist() == list(IIWA.home)


def test_what_is_inside_all_limits_passes_and_arrives():
    bench = Bench()
    goal = np.array(IIWA.home) + 0.1
    answer = bench.run(2.0, Mode.JOINT_POSITION, goal, gripper=[1.0])
    assert bench.place == pytest.approx(goal, abs=1e-6)
    assert answer.verdict is Verdict.PASS
    assert (answer.source, answer.mode, answer.target.gripper) == (1, 1, 1.0)
    assert answer.asked.tolist() == goal.tolist()


def test_a_smooth_chunk_is_followed_to_the_beat():
    bench = Bench()
    bench.beat()
    times = np.arange(100) * 0.01
    rows = np.tile(IIWA.home, (100, 1))
    rows[:, 0] += 0.05 * (1 - np.cos(2 * np.pi * times))
    start = bench.now
    bench.filter.sources.hear(Proposal(Mode.JOINT_POSITION, times, rows, observed=start), start)
    lags = []
    for beat in range(1, 45):
        bench.beat()
        lags.append(bench.place[0] - rows[beat + 1, 0])
    assert np.abs(lags).max() < 5e-3  # it begins with a step in acceleration, which takes time
    assert np.abs(lags[30:]).max() < 1e-9


@pytest.mark.parametrize('joint', range(7))
@pytest.mark.parametrize('way', [-1, 1])
def test_no_speed_takes_a_joint_beyond_its_limit(joint, way):
    bench = Bench()
    bench.filter.check.box_lower, bench.filter.check.box_upper = np.full(3, -9.0), np.full(3, 9.0)
    speeds = np.zeros(7)
    speeds[joint] = way * IIWA.joints[joint].velocity
    bench.run(4.0, Mode.JOINT_VELOCITY, speeds)
    limit = IIWA.joints[joint].upper if way > 0 else IIWA.joints[joint].lower
    assert 0.005 - 1e-6 <= way * (limit - bench.place[joint]) < 0.03
    assert f'lbr_A{joint + 1} at its position limit' in bench.reasons()
    assert bench.answers[-1].verdict is Verdict.CLIP


def test_a_position_beyond_a_limit_is_clipped_with_its_name():
    bench = Bench()
    goal = np.array(IIWA.home)
    goal[6] = 3.2
    bench.run(3.0, Mode.JOINT_POSITION, goal)
    assert bench.place[6] == pytest.approx(3.054326 - 0.005, abs=1e-6)
    assert bench.reasons() == 'lbr_A7 at its position limit'


def test_a_speed_beyond_its_limit_is_clipped():
    bench = Bench()
    bench.run(0.5, Mode.JOINT_VELOCITY, [0, 0, 0, 0, 0, 0, 99.0])
    assert bench.answers[-1].target.velocity[6] == pytest.approx(0.95 * 3.141592)
    assert bench.reasons() == 'lbr_A7 faster than its speed limit'


@pytest.mark.parametrize(('axis', 'way', 'wall'), [
    (0, -1, 0.25), (0, 1, 0.85), (1, -1, -0.45), (1, 1, 0.45), (2, -1, 0.0), (2, 1, 0.9)])
def test_no_twist_takes_the_tip_out_of_its_box(axis, way, wall):
    bench = Bench()
    twist = np.zeros(6)
    twist[axis] = way * 0.5
    furthest = -np.inf
    for _ in range(40):
        bench.run(0.1, Mode.CARTESIAN_TWIST, twist)
        furthest = max(furthest, way * bench.tip()[axis])
    assert furthest <= way * wall - 0.004
    assert f'workspace {"xyz"[axis]}' in ' '.join(reason for answer in bench.answers
                                                  for reason in answer.reasons)


@pytest.mark.parametrize('goal',
                         [(0.0, 1.2, 0.0, -1.2, 0.0, 1.3, 0.0),
                          (1.5, 0.4, 0.0, -1.4, 0.0, 1.3, 0.0)])
def test_no_joint_target_takes_the_tip_out_of_its_box(goal):
    bench = Bench()
    lowest, highest = np.array(IIWA.workspace.lower), np.array(IIWA.workspace.upper)
    for _ in range(80):
        bench.run(0.05, Mode.JOINT_POSITION, goal)
        assert (bench.tip() >= lowest).all()
        assert (bench.tip() <= highest).all()
    assert 'workspace' in ' '.join(reason for answer in bench.answers for reason in answer.reasons)


def test_what_begins_outside_its_box_may_come_back_in_but_not_go_further():
    bench = Bench()
    bench.place = ARM['iiwa7'].solve(np.array([0.5, 0.5, 0.4, 0, 1, 0, 0.0]), bench.place)
    bench.beat()
    bench.run(0.5, Mode.CARTESIAN_TWIST, [0, 0.2, 0, 0, 0, 0])
    assert bench.tip()[1] <= 0.5 + 1e-3
    bench.run(1.0, Mode.CARTESIAN_TWIST, [0, -0.2, 0, 0, 0, 0])
    assert bench.tip()[1] < 0.4


def test_a_twist_moves_the_tip_straight_and_keeps_its_attitude():
    bench = Bench()
    before = ARM['iiwa7'].pose(bench.place)
    bench.run(1.0, Mode.CARTESIAN_TWIST, [0.1, 0.1, -0.1, 0, 0, 0])
    bench.run(1.0, Mode.CARTESIAN_TWIST, np.zeros(6))
    after = ARM['iiwa7'].pose(bench.place)
    assert after[:3] - before[:3] == pytest.approx([0.1, 0.1, -0.1], abs=2e-3)
    assert abs(after[3:] @ before[3:]) == pytest.approx(1.0, abs=1e-5)


def test_a_pose_is_reached():
    bench = Bench()
    goal = ARM['iiwa7'].pose(bench.place) + np.array([0.1, -0.1, 0.05, 0, 0, 0, 0])
    bench.run(4.0, Mode.CARTESIAN_POSE, goal)
    assert ARM['iiwa7'].pose(bench.place)[:3] == pytest.approx(goal[:3], abs=1e-3)


def test_a_gripper_moves_at_its_own_speed():
    bench = Bench()
    bench.beat()
    bench.run(0.1, Mode.GRIPPER, np.zeros(0), gripper=[1.0])
    assert bench.answers[-1].target.gripper == pytest.approx(0.2)  # 2 per second
    assert bench.place.tolist() == list(IIWA.home)


def test_a_walker_follows_a_trot_without_a_noticeable_lag():
    bench = Bench(MINITAUR)
    bench.beat()
    lags = []
    for _ in range(200):
        start, times = bench.now, np.arange(8) / 166.666667
        swing = 0.3 * np.sin(2 * np.pi * 3.0 * (start + times))
        rows = np.stack([swing, np.full(8, 1.8)] * 4, axis=1)
        bench.filter.sources.hear(Proposal(Mode.LEG, times, rows, observed=start), start)
        answer = bench.beat()
        lags.append(np.abs(answer.target.position[1] - (1.8 + rows[2, 0])))
    assert max(lags[30:]) < 0.02
    assert answer.verdict is Verdict.PASS


# Silence, stop and arm.
@pytest.mark.parametrize(('wrong', 'sentence'), [
    ({'late': 0.3}, 'joint_states are 0.30 s old, older than 0.2 s'),
    ({'late': -0.5}, 'joint_states are stamped 0.50 s in the future'),
    ({'position': np.full(7, np.nan)}, 'joint_states are not all finite'),
    ({'velocity': np.full(7, np.inf)}, 'joint_states are not all finite')])
def test_states_that_cannot_be_believed_stop_the_motion(wrong, sentence):
    bench = Bench()
    bench.run(0.3, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    late = wrong.pop('late', 0.0)
    for _ in range(60):
        answer = bench.beat(stamp=bench.now + bench.dt - late, **wrong)
    assert answer.verdict is Verdict.STOP
    assert answer.reasons == (sentence,)
    assert answer.target is None


def test_one_state_that_tells_nothing_is_a_moment_of_braking():
    bench = Bench()
    bench.run(0.3, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    before = bench.filter.motion.now.velocity[0]
    answer = bench.beat(position=np.full(7, np.nan))
    assert 0.8 * before < answer.target.velocity[0] < before
    assert bench.beat().target.velocity[0] > 0.8 * before


def test_missing_joint_states_are_noticed():
    bench = Bench()
    assert bench.filter.silence(100.0) == 'no joint_states have come yet'
    bench.beat()
    assert bench.filter.silence(bench.now + 0.1) == ''
    assert bench.filter.silence(bench.now + 0.5) == 'no joint_states for 0.50 s'


def test_after_missing_joint_states_motion_begins_where_the_robot_is():
    bench = Bench()
    bench.run(0.5, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    bench.now += 0.5
    found = bench.place + 0.02
    assert bench.beat(position=found).target is None
    answer = [bench.beat(position=found) for _ in range(5)][-1]
    assert answer.verdict is Verdict.STOP
    assert 'joint_states were missing for 0.51 s' in bench.reasons()
    assert answer.target.velocity.tolist() == [0.0] * 7
    assert answer.target.position.tolist() == found.tolist()


def test_a_robot_that_somebody_moved_is_not_pulled_back():
    bench = Bench()
    bench.run(0.2)
    moved = bench.place + np.array([0.5, 0, 0, 0, 0, 0, 0])
    answers = [bench.beat(position=moved) for _ in range(11)]
    answer = answers[-1]
    assert [one.target for one in answers[:-1]] == [None] * 10   # the driver lets go meanwhile
    assert answer.target.position.tolist() == moved.tolist()
    assert 'lbr_A1 was moved by somebody else' in bench.reasons()


def test_a_clock_that_goes_back_is_survived():
    bench = Bench()
    bench.run(0.5, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    bench.now = 3.0
    assert [bench.beat().verdict for _ in range(6)] == [Verdict.STOP] * 6
    assert 'joint_states went back by 97' in bench.reasons()
    assert bench.say(Mode.JOINT_VELOCITY, np.full(7, 0.1)) == ''
    assert bench.beat().verdict is Verdict.PASS


def test_a_policy_that_falls_silent_in_motion_is_braked():
    bench = Bench()
    bench.run(0.5, Mode.JOINT_POSITION, np.array(IIWA.home) + 2.0)
    assert np.abs(bench.answers[-1].target.velocity).max() > 0.5
    bench.run(1.5)
    assert bench.answers[-1].verdict is Verdict.STOP
    assert 'policy has been silent for' in bench.reasons()
    assert np.abs(bench.answers[-1].target.velocity).max() == 0.0


def test_a_leaning_walker_stops():
    bench = Bench(MINITAUR)
    bench.run(0.1)
    fallen = Imu(np.array([np.sin(0.5), 0.0, 0.0, np.cos(0.5)]), np.zeros(3))  # rolled by 1 rad
    bench.run(0.1, Mode.LEG, np.tile([0.0, 1.8], 4), imu=fallen)
    assert bench.answers[-1].verdict is Verdict.STOP
    assert bench.reasons() == 'the body leans by 1.00 rad, more than 0.9 rad: lies down'


def test_a_walker_whose_attitude_is_no_number_stops():
    bench = Bench(MINITAUR)
    bench.run(0.1)
    lost = Imu(np.full(4, np.nan), np.zeros(3))
    bench.run(0.1, Mode.LEG, np.tile([0.0, 1.8], 4), imu=lost)
    assert bench.answers[-1].verdict is Verdict.STOP
    assert bench.reasons() == ('no attitude: its quaternion should be of length 1, '
                               'but is of length nan')


def test_nothing_moves_until_somebody_arms():
    bench = Bench(armed=False)
    bench.run(0.5, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    assert bench.place.tolist() == list(IIWA.home)
    assert bench.reasons() == 'not armed: call safety/arm with a reason'
    assert bench.filter.arm('ada: first light', bench.now) == ''
    bench.run(0.5, Mode.JOINT_VELOCITY, np.full(7, 0.3))
    assert bench.place[0] > 0.05


@pytest.mark.parametrize(('reason', 'later', 'velocity', 'sentence'), [
    ('  ', 0.0, 0.0, 'Arming needs a reason'),
    ('ada', 0.5, 0.0, 'The newest joint_states came 0.50 s ago'),
    ('ada', 0.0, 0.5, 'lbr_A1 still moves')])
def test_arming_is_refused_with_its_reason(reason, later, velocity, sentence):
    bench = Bench(armed=False)
    bench.beat(velocity=np.full(7, velocity))
    assert sentence in bench.filter.arm(reason, bench.now + later)
    assert bench.beat().verdict is Verdict.STOP


def test_arming_before_any_state_is_refused():
    assert Bench(armed=False).filter.arm('ada',
                                         100.0) == ('No joint_states have come yet; start the '
                                                    'driver first.')


def test_a_stop_is_latched_and_brakes_inside_the_limits():
    bench = Bench()
    bench.run(0.6, Mode.JOINT_VELOCITY, np.full(7, 0.5))
    bench.filter.stop('operator: red button')
    bench.run(1.0, Mode.JOINT_VELOCITY, np.full(7, 0.5))
    assert bench.answers[-1].verdict is Verdict.STOP
    assert bench.reasons() == 'stopped: operator: red button'
    assert np.abs(bench.answers[-1].target.velocity).max() == 0.0
    smooth(bench)


def test_a_stop_that_holds_goes_back_to_where_it_was_called():
    bench = Bench()
    bench.run(0.6, Mode.JOINT_VELOCITY, np.full(7, 0.5))
    called = bench.place
    bench.filter.stop('operator', StopCategory.HOLD)
    bench.run(0.1)
    bench.filter.stop('operator again', StopCategory.HOLD)
    bench.run(1.5)
    assert bench.place == pytest.approx(called, abs=1e-9)
    smooth(bench)


def test_the_first_reason_of_a_stop_stands():
    bench = Bench()
    bench.beat()
    bench.filter.stop('first')
    bench.filter.stop('second')
    assert bench.filter.latch.reason == 'first'


def test_arming_again_never_jumps_and_forgets_what_was_asked():
    bench = Bench()
    bench.run(0.6, Mode.JOINT_VELOCITY, np.full(7, 0.5))
    bench.filter.stop('operator')
    bench.run(1.0)
    held = bench.place
    by_hand = held + 0.03         # somebody pushes it a little while it is stopped
    assert bench.filter.arm('ada: cleared', bench.now) == ''
    for _ in range(20):
        assert bench.beat(position=by_hand).target.position == pytest.approx(held, abs=1e-12)


def smooth(bench: Bench) -> None:
    """Every limit of the specification, over everything commanded."""
    velocity = np.array([motion.velocity for motion in bench.motions])
    acceleration = np.array([motion.acceleration for motion in bench.motions])
    assert (np.abs(velocity) <= bench.robot.velocity + 1e-9).all()
    assert (np.abs(acceleration) <= bench.robot.acceleration + 1e-9).all()
    assert (np.abs(np.diff(acceleration, axis=0)) / bench.dt <= bench.robot.jerk + 1e-6).all()


def test_hand_over_between_sources_is_continuous():
    bench = Bench()
    for turn in range(12):
        asks = ((Mode.JOINT_VELOCITY, np.full(7, 0.4 * (-1) ** turn), 1),
                (Mode.CARTESIAN_TWIST, [0.2, 0, 0, 0, 0, 0.5], 3),
                (Mode.JOINT_POSITION, IIWA.home, 2))
        mode, row, source = asks[turn % 3]
        bench.run(0.17, mode, row, source=source)
        if source == 3:
            let_go = Proposal(Mode.CARTESIAN_TWIST, np.zeros(1), np.zeros((1, 6)),
                              observed=bench.now, source=3)
            bench.filter.sources.hear(let_go, bench.now)
    assert {answer.source for answer in bench.answers[1:]} == {1, 2, 3}
    smooth(bench)


def test_refusals_are_told_in_the_next_answer():
    bench = Bench()
    bench.run(0.1, Mode.JOINT_VELOCITY, np.zeros(7))
    bench.say(Mode.JOINT_VELOCITY, np.full(7, np.nan))
    answer = bench.beat()
    assert answer.verdict is Verdict.CLIP
    assert answer.reasons == ('refused policy: its targets are not all finite',)
    assert bench.run(0.02, Mode.JOINT_VELOCITY, np.zeros(7)).reasons == ()


def test_margins_say_how_much_room_is_left():
    bench = Bench()
    margins = {margin.limit: (margin.value, margin.unit) for margin in bench.run(0.05).margins}
    assert margins['time to stop'] == (0.0, 's')
    assert margins['lbr_A4 position'] == (pytest.approx(2.094395 - 1.41194 - 0.005), 'rad')
    assert margins['workspace x'][0] == pytest.approx(0.295, abs=1e-3)
