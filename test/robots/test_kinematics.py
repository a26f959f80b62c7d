"""Where the end-effectors are, against the makers' numbers, and how they move."""
import math
from dataclasses import replace

import numpy as np
import pinocchio
import pytest
from visuomotor.robots.kinematics import Kinematics, difference
from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import Workspace, load_robot

ARMS = ['iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300']
ROOMY = Workspace()


@pytest.fixture(scope='module')
def arms():
    return {name: Kinematics(load_robot(name)) for name in ARMS}


def flange(name):
    """Return the kinematics of an iiwa whose tip is its bare flange."""
    return Kinematics(replace(load_robot(name), tip_link='lbr_link_ee', workspace=ROOMY))


def euler_xyz(pose):
    """Angles of the Kinova tool pose, R = Rx Ry Rz, from a quaternion x y z w."""
    x, y, z, w = pose[3:]
    return [math.atan2(2 * (w * x - y * z), 1 - 2 * (x * x + y * y)),
            math.asin(2 * (x * z + w * y)),
            math.atan2(2 * (w * z - x * y), 1 - 2 * (y * y + z * z))]


def test_home_of_the_six_joint_jaco(arms):
    pose = arms['j2n6s300'].pose(np.array([4.8046852, 2.92482, 1.002, 4.2031852, 1.4458, 1.3233]))
    np.testing.assert_allclose(pose[:3], [0.21274, -0.25661, 0.50696], atol=1e-3)
    np.testing.assert_allclose(euler_xyz(pose), [1.6527, 1.1164, 0.1206], atol=1e-3)


def test_home_recorded_on_a_real_six_joint_jaco(arms):
    pose = arms['j2n6s300'].pose(np.array([4.8046852, 2.92482, 1.002, 4.2031852, 1.4458, 1.3233]))
    np.testing.assert_allclose(pose[:3], [0.2123, -0.2572, 0.5096], atol=4e-3)
    np.testing.assert_allclose(euler_xyz(pose), [1.6377, 1.1132, 0.1341], atol=0.02)


def test_home_of_the_seven_joint_jaco(arms):
    pose = arms['j2s7s300'].pose(np.array([4.71, 2.84, 0.0, 0.75, 4.62, 4.48, 4.88]))
    np.testing.assert_allclose(pose[:3], [0.26587, -0.21212, 0.50307], atol=2e-3)


# Tool positions by the makers' classic DH tables (worked out apart from this code): joint angles,
# x, y, z.
DH_SIX = [
    ([3.1415927, 3.1415927, 3.1415927, 3.1415927, 3.1415927, 3.1415927], [-0.0, 0.25951, 0.87697]),
    ([4.8046852, 2.92482, 1.002, 4.2031852, 1.4458, 1.3233], [0.21278, -0.25665, 0.50692]),
    ([0.3, 2.1, 1.4, 0.5, 2.2, -1.0], [0.23814, 0.18353, 0.66249]),
    ([-1.2, 3.9, 4.6, 2.0, -0.7, 0.4], [0.15777, -0.01395, 0.8997]),
    ([2.5, 1.2, 5.0, -2.0, 1.1, 3.0], [-0.25443, 0.06322, -0.22744])]
DH_SEVEN = [
    ([3.1415927, 3.1415927, 3.1415927, 3.1415927, 3.1415927, 3.1415927, 3.1415927],
     [-0.0, -0.0098, 1.2604]),
    ([4.71, 2.84, 0, 0.75, 4.62, 4.48, 4.88], [0.26592, -0.21218, 0.50305]),
    ([0.3, 2.1, 0.6, 1.4, 0.5, 2.2, -1.0], [0.2534, 0.11523, 0.94028]),
    ([-1.2, 3.9, -0.8, 4.6, 2.0, 3.7, 0.4], [-0.46212, 0.1019, 0.77463]),
    ([2.5, 1.2, 1.9, 5.0, -2.0, 1.5, 3.0], [-0.50961, 0.07984, 0.01041])]


@pytest.mark.parametrize('row', DH_SIX)
def test_six_joint_jaco_equals_its_dh_table(arms, row):
    np.testing.assert_allclose(arms['j2n6s300'].pose(np.array(row[0]))[:3], row[1], atol=2e-4)


@pytest.mark.parametrize('row', DH_SEVEN)
def test_seven_joint_jaco_equals_its_dh_table_but_for_the_elbow(arms, row):
    np.testing.assert_allclose(arms['j2s7s300'].pose(np.array(row[0]))[:3], row[1], atol=3.5e-3)


# Datasheet lengths: iiwa7 0.340 0.400 0.400 0.126, iiwa14 0.360 0.420 0.400 0.126; the flange
# frame.
@pytest.mark.parametrize(('name', 'degrees', 'expected'), [
    ('iiwa7', [0, 0, 0, 0, 0, 0, 0], [0, 0, 1.266]),
    ('iiwa7', [0, 90, 0, 0, 0, 0, 0], [0.926, 0, 0.340]),
    ('iiwa7', [90, 90, 0, 0, 0, 0, 0], [0, 0.926, 0.340]),
    ('iiwa7', [0, 0, 0, -90, 0, 0, 0], [0.526, 0, 0.740]),
    ('iiwa7', [0, 0, 0, -90, 0, 90, 0], [0.400, 0, 0.614]),
    ('iiwa7', [0, 0, 90, -90, 0, 0, 0], [0, 0.526, 0.740]),
    ('iiwa7', [0, 0, 0, 0, 90, 90, 0], [0, 0.126, 1.140]),
    ('iiwa14', [0, 0, 0, 0, 0, 0, 0], [0, 0, 1.306]),
    ('iiwa14', [0, 90, 0, 0, 0, 0, 0], [0.946, 0, 0.360]),
    ('iiwa14', [0, 0, 0, -90, 0, 0, 0], [0.526, 0, 0.780]),
    ('iiwa14', [0, 0, 0, -90, 0, 90, 0], [0.400, 0, 0.654])])
def test_iiwa_flange_by_the_datasheet_lengths(arms, name, degrees, expected):
    pose = flange(name).pose(np.radians(degrees))
    np.testing.assert_allclose(pose[:3], expected, atol=1e-6)


@pytest.mark.parametrize('name', ['iiwa7', 'iiwa14'])
def test_iiwa_waits_with_the_gripper_straight_down_over_the_tray(arms, name):
    pose = arms[name].pose(np.array(load_robot(name).home))
    np.testing.assert_allclose(pose[:3], [0.55, 0.0, 0.35], atol=1e-4)
    down = flange(name).pose(np.array(load_robot(name).home))[2] - pose[2]
    assert down == pytest.approx(0.125, abs=1e-5)


def test_fingers_open_eleven_centimetres():
    model = pinocchio.buildModelFromUrdf(str(paths.URDF / 'iiwa7.urdf'))
    data, opened = model.createData(), load_robot('iiwa7').gripper.open
    q = np.concatenate((np.zeros(7), opened))
    pinocchio.framesForwardKinematics(model, data, q)
    fingers = [data.oMf[model.getFrameId(f'gripper_{side}_finger')].translation
               for side in ('left', 'right')]
    assert np.linalg.norm(fingers[0] - fingers[1]) - 0.015 == pytest.approx(0.11)


@pytest.mark.parametrize('name', ARMS)
def test_jacobian_is_the_slope_of_the_pose(arms, name):
    q, h = np.array(load_robot(name).home) + 0.1, 1e-6
    for joint in range(len(q)):
        nudge = np.zeros(len(q))
        nudge[joint] = h
        slope = difference(arms[name].pose(q - nudge), arms[name].pose(q + nudge)) / (2 * h)
        np.testing.assert_allclose(arms[name].jacobian(q)[:, joint], slope, atol=1e-6)


@pytest.mark.parametrize('name', ARMS)
def test_joint_speeds_give_the_twist_that_was_asked(arms, name):
    q, twist = np.array(load_robot(name).home), np.array([0.05, -0.03, 0.02, 0.1, 0.0, -0.2])
    speeds = arms[name].differential(q, twist)
    np.testing.assert_allclose(arms[name].jacobian(q) @ speeds, twist, atol=2e-3)


def test_spare_motion_pulls_to_a_posture_without_moving_the_tip(arms):
    q = np.array([0.4, 0.6, -0.5, -1.3, 0.3, 1.2, 0.1])
    speeds = arms['iiwa7'].differential(q, np.zeros(6), posture=np.array(load_robot('iiwa7').home))
    assert np.abs(speeds).max() > 0.05
    np.testing.assert_allclose(arms['iiwa7'].jacobian(q) @ speeds, np.zeros(6), atol=1e-6)


def test_speeds_stay_small_where_a_direction_is_lost(arms):
    stretched = np.array([0.0, 0.5, 0.0, -0.03, 0.0, 0.8, 0.0])  # 0.03 rad from a straight elbow
    along = 0.1 * np.array([np.sin(0.5), 0.0, np.cos(0.5), 0.0, 0.0, 0.0])
    # 16.7 rad/s without damping
    assert np.abs(arms['iiwa7'].differential(stretched, along)).max() < 0.5


def test_a_joint_does_not_run_into_its_limit(arms):
    q = np.array(load_robot('iiwa7').home)
    q[3] = load_robot('iiwa7').lower[3] + 0.001
    twist = arms['iiwa7'].jacobian(q) @ np.array([0.0, 0.0, 0.0, -0.5, 0.0, 0.0, 0.0])
    assert arms['iiwa7'].differential(q, twist)[3] >= -0.0100001


@pytest.mark.parametrize('name', ARMS)
def test_inverse_kinematics_comes_back(arms, name):
    robot, rng = load_robot(name), np.random.default_rng(7)
    for _ in range(10):
        there = np.array(robot.home) + rng.uniform(-0.4, 0.4, len(robot.home))
        goal = arms[name].pose(np.clip(there, robot.lower, robot.upper))
        found = arms[name].solve(goal, np.array(robot.home))
        assert found is not None
        assert ((found >= robot.lower) & (found <= robot.upper)).all()
        error = difference(arms[name].pose(found), goal)
        assert np.linalg.norm(error[:3]) < 1e-4
        assert np.linalg.norm(error[3:]) < 1e-3


def test_an_unreachable_pose_has_no_solution(arms):
    far = np.array([3.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0])
    assert arms['iiwa7'].solve(far, np.zeros(7)) is None


def test_difference_turns_the_short_way():
    start = np.array([0, 0, 0, 0, 0, 0, 1.0])
    goal = np.array([1, 2, 3, 0, 0, -math.sin(0.1), -math.cos(0.1)])
    np.testing.assert_allclose(difference(start, goal), [1, 2, 3, 0, 0, 0.2], atol=1e-9)


def test_what_has_no_kinematics_says_so(arms):
    with pytest.raises(BadInput, match=r'minitaur is no arm .* choose an arm'):
        Kinematics(load_robot('minitaur'))
    with pytest.raises(BadInput, match="no link 'lbr_link_9'; did you mean lbr_link_"):
        Kinematics(replace(load_robot('iiwa7'), tip_link='lbr_link_9'))


@pytest.mark.parametrize('name', ARMS)
def test_every_link_has_a_mass_that_can_turn(name):
    model = pinocchio.buildModelFromUrdf(str(paths.URDF / f'{name}.urdf'))
    for inertia in model.inertias[1:]:
        assert inertia.mass > 0
        assert np.linalg.eigvalsh(inertia.inertia).min() > 0


@pytest.mark.parametrize(('name', 'kilograms'), [('iiwa7', 23.9), ('iiwa14', 29.9)])
def test_arm_weighs_what_the_catalogue_says_plus_the_gripper(name, kilograms):
    model = pinocchio.buildModelFromUrdf(str(paths.URDF / f'{name}.urdf'))
    assert sum(inertia.mass for inertia in model.inertias) == pytest.approx(kilograms + 0.86,
                                                                            abs=0.01)


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'base_link': 'lbr_link_9'}, "iiwa7.urdf has no link 'lbr_link_9'; did you mean lbr_link_"),
    ({'workspace': Workspace((0.0, -0.4, 0.0), (0.8, 0.4, 0.3))},
     r'at home the end-effector is at \[0.55, .*0.35\] m, outside the workspace \[0.0, -0.4, 0.0\] .. \[0.8, 0.4, 0.3\]'),  # noqa: E501
    ({'urdf': 'iiwa77.urdf'},
     r'The model of robot iiwa7 should be .*iiwa77.urdf, but there is no such file'),
    ({'joints': 6}, 'iiwa7.urdf moves lbr_A7, which joints does not list'),
])
def test_a_specification_that_does_not_fit_its_model_is_refused(changes, sentence):
    spec = load_robot('iiwa7')
    if changes.get('joints'):
        changes = {'joints': spec.joints[:6], 'home': spec.home[:6]}
    with pytest.raises(BadInput, match=sentence):
        Kinematics(replace(spec, **changes))
