"""The servo keeps every limit in every mode, and gets where it should."""
import numpy as np
import pytest
from visuomotor.robots import motion
from visuomotor.robots.kinematics import Kinematics, difference
from visuomotor.robots.servo import Servo
from visuomotor.specs.codes import Mode
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Proposal

DT = 0.01


@pytest.fixture(scope='module')
def kinematics():
    return Kinematics(load_robot('iiwa7'))


@pytest.fixture
def servo(kinematics):
    return Servo(load_robot('iiwa7'), kinematics)


def single(mode, target, gripper=()):
    return Proposal(mode, np.zeros(1), np.array([target], dtype=float), np.array(gripper, dtype=float))


def run(servo, proposal, seconds, now=0.0):
    return [servo.follow(proposal, now + beat * DT, DT) for beat in range(round(seconds / DT))]


def moved(servo, joint, by):
    goal = servo.position.copy()
    goal[joint] += by
    return single(Mode.JOINT_POSITION, goal)


def test_it_starts_with_the_joints_acceleration(servo):
    first = servo.follow(moved(servo, 1, 1.0), 0.0, DT)
    assert first.velocity[1] == pytest.approx(0.0544)             # 5.44 rad/s^2 for 10 ms
    assert first.position[1] == pytest.approx(0.42175 + 0.000544)
    assert np.delete(first.velocity, 1).tolist() == [0.0] * 6


def test_it_never_exceeds_a_joints_speed(servo):
    fastest = max(target.velocity[1] for target in run(servo, moved(servo, 1, 1.6), 2.0))
    assert fastest == pytest.approx(1.710422)


def test_it_arrives_without_overshooting(servo):
    positions = [target.position[1] for target in run(servo, moved(servo, 1, 1.0), 2.0)]
    assert max(positions) <= 1.42175 + 1e-9
    assert positions[-1] == pytest.approx(1.42175, abs=1e-6)


def test_it_stops_before_a_joint_limit(servo):
    targets = run(servo, moved(servo, 1, 9.0), 3.0)
    assert max(target.position[1] for target in targets) <= 2.094395
    assert targets[-1].position[1] == pytest.approx(2.094395, abs=1e-3)
    changes = np.abs(np.diff([target.velocity[1] for target in targets]))
    assert changes.max() <= 0.0544 + 1e-9


@pytest.mark.parametrize('mode', [Mode.JOINT_POSITION, Mode.JOINT_VELOCITY, Mode.CARTESIAN_POSE, Mode.CARTESIAN_TWIST])
def test_no_wild_wish_breaks_a_limit(servo, mode):
    rng, robot = np.random.default_rng(3), servo.spec
    width = {Mode.CARTESIAN_POSE: 7, Mode.CARTESIAN_TWIST: 6}.get(mode, 7)
    before = np.zeros(7)
    for beat in range(400):
        wish = rng.normal(size=width) * 10.0
        target = servo.follow(single(mode, wish), 0.0 if mode in (2, 4) else beat * DT, DT)
        assert (np.abs(target.velocity) <= robot.velocity + 1e-9).all()
        assert (np.abs(target.velocity - before) <= robot.acceleration * DT + 1e-9).all()
        assert ((target.position >= robot.lower) & (target.position <= robot.upper)).all()
        before = target.velocity


def test_joint_velocity_is_taken_up_to_the_limit(servo):
    last = run(servo, single(Mode.JOINT_VELOCITY, [0.2, 0, 0, 0, 0, 0, 9.0]), 0.24)[-1]
    assert last.velocity[[0, 6]] == pytest.approx([0.2, 3.141592])


def test_an_old_speed_brakes_and_holds(servo):
    speed = single(Mode.JOINT_VELOCITY, [0.5, 0, 0, 0, 0, 0, 0])
    assert run(servo, speed, 0.2)[-1].velocity[0] == pytest.approx(0.5)
    assert run(servo, speed, 0.2, now=0.25)[-1].velocity.tolist() == [0.0] * 7


def test_no_proposal_brakes_with_the_acceleration_limit(servo):
    run(servo, single(Mode.JOINT_VELOCITY, [0.5, 0, 0, 0, 0, 0, 0]), 0.2)
    assert servo.follow(None, 0.2, DT).velocity[0] == pytest.approx(0.5 - 0.0865)


def test_a_moving_chunk_is_followed_without_lag(servo):
    start = servo.position.copy()
    rows = start + np.outer(np.arange(21) * 0.05, [0.3, 0, 0, 0, 0, 0, 0])  # 0.3 rad/s for 1 s
    chunk = Proposal(Mode.JOINT_POSITION, np.arange(21) * 0.05, rows)
    at = [target.position[0] for target in run(servo, chunk, 1.0)]
    assert at[49] == pytest.approx(0.15, abs=1e-4)  # the 50th target is for t = 0.5 s


def test_a_cartesian_pose_is_reached(servo, kinematics):
    goal = kinematics.pose(servo.position)
    goal[:3] += [0.1, -0.2, -0.15]
    path = [kinematics.pose(target.position)[:3] for target in run(servo, single(Mode.CARTESIAN_POSE, goal), 2.0)]
    assert np.abs(difference(kinematics.pose(servo.position), goal)).max() < 1e-3
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() / DT < 0.85  # m/s


def test_a_twist_moves_the_tip_straight(servo, kinematics):
    before = kinematics.pose(servo.position)
    for beat in range(100):
        servo.follow(single(Mode.CARTESIAN_TWIST, [0.0, 0.1, 0.0, 0, 0, 0]), beat * 0.0, DT)
    after = kinematics.pose(servo.position)
    np.testing.assert_allclose(after[:3] - before[:3], [0.0, 0.1, 0.0], atol=3e-3)
    np.testing.assert_allclose(difference(before, after)[3:], [0.0, 0.0, 0.0], atol=5e-3)


def test_the_tip_is_never_faster_than_the_gains_say(servo, kinematics):
    path = [kinematics.pose(servo.follow(single(Mode.CARTESIAN_TWIST, [0, 3.0, 0, 0, 0, 0]), 0.0, DT).position)[:3]
            for _ in range(40)]
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() / DT == pytest.approx(0.8, abs=0.02)


def test_slow_joints_slow_the_tip_but_do_not_bend_its_path():
    robot = load_robot('j2n6s300')
    servo, arm = Servo(robot, Kinematics(robot)), Kinematics(robot)
    start = arm.pose(servo.position)[:3]
    for _ in range(60):
        servo.follow(single(Mode.CARTESIAN_TWIST, [0.0, 0.0, 0.8, 0, 0, 0]), 0.0, DT)
    across = (arm.pose(servo.position)[:3] - start)[:2]
    assert np.linalg.norm(across) < 0.02


def test_legs_become_motor_angles():
    servo = Servo(load_robot('minitaur'))
    wish = [0.3, 1.8, 0.0, 1.570796, 0.3, 1.8, 0.0, 1.570796]
    servo_end = run(servo, single(Mode.LEG, wish), 0.5)[-1].position
    np.testing.assert_allclose(servo_end, [1.5, 2.1, 1.570796, 1.570796, 2.1, 1.5, 1.570796, 1.570796], atol=1e-4)


def test_the_gripper_runs_at_its_own_speed_while_the_arm_holds(servo):
    targets = run(servo, single(Mode.GRIPPER, [], [1.0]), 0.6)
    assert [targets[0].gripper, targets[9].gripper, targets[-1].gripper] == pytest.approx([0.02, 0.2, 1.0])
    assert targets[-1].position.tolist() == list(load_robot('iiwa7').home)


def test_a_robot_without_gripper_gets_none():
    servo = Servo(load_robot('minitaur'))
    assert servo.follow(None, 0.0, DT).gripper is None


def test_reset_begins_at_rest_where_the_robot_is(servo):
    run(servo, single(Mode.JOINT_VELOCITY, [0.5, 0, 0, 0, 0, 0, 0]), 0.2)
    servo.reset(np.full(7, 0.25), 0.5)
    target = servo.follow(None, 1.0, DT)
    assert (target.position.tolist(), target.velocity.tolist(), target.gripper) == ([0.25] * 7, [0.0] * 7, 0.5)


def test_a_target_of_the_wrong_width_is_refused(servo):
    with pytest.raises(BadInput, match='iiwa7 takes 7 numbers for mode joint_position, but 6 came'):
        servo.follow(single(Mode.JOINT_POSITION, [0.0] * 6), 0.0, DT)


@pytest.mark.parametrize(('robot', 'mode', 'width', 'sentence'), [
    ('minitaur', Mode.CARTESIAN_TWIST, 6, r'minitaur cannot follow mode cartesian_twist'),
    ('minitaur', Mode.GRIPPER, 0, r'minitaur cannot follow mode gripper'),
    ('iiwa7', Mode.LEG, 8, r'iiwa7 cannot follow mode leg'),
    ('iiwa7', Mode.CARTESIAN_TWIST, 6, 'has no kinematics')])
def test_a_mode_that_does_not_fit_the_robot_is_refused(robot, mode, width, sentence):
    with pytest.raises(BadInput, match=sentence):
        Servo(load_robot(robot)).follow(single(mode, [0.1] * width, [0.5]), 0.0, DT)


def test_a_moving_pose_is_followed_closely(servo, kinematics):
    start = kinematics.pose(servo.position)
    rows = np.tile(start, (21, 1))
    rows[:, 1] += np.arange(21) * 0.05 * 0.1  # 0.1 m/s for 1 s
    run(servo, Proposal(Mode.CARTESIAN_POSE, np.arange(21) * 0.05, rows), 0.95)
    assert kinematics.pose(servo.position)[1] == pytest.approx(0.095, abs=3e-3)


def test_a_joint_beyond_its_limit_is_led_back_and_goes_no_further():
    robot = load_robot('iiwa7')
    beyond = np.array(robot.home)
    beyond[1] = 2.2
    there, speed = motion.step(beyond, np.zeros(7), np.full(7, 1.0), robot, DT)
    assert (there[1], speed[1]) == (2.2, 0.0)
    assert motion.step(beyond, np.zeros(7), np.full(7, -1.0), robot, DT)[0][1] < 2.2
