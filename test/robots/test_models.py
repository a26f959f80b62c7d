"""The models in urdf/ say the same as the specifications, and are fit for a physics engine."""
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from visuomotor.specs import paths
from visuomotor.specs.robot import load_robot

ARMS = ['iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300']


@pytest.fixture(params=ARMS)
def arm(request):
    robot = load_robot(request.param)
    return robot, ET.parse(paths.URDF / robot.urdf).getroot()


def test_limits_are_those_of_the_specification(arm):
    robot, model = arm
    for joint in robot.joints:
        element = model.find(f"joint[@name='{joint.name}']")
        limit = element.find('limit')
        assert float(limit.get('velocity')) == pytest.approx(joint.velocity, abs=2e-6)
        assert float(limit.get('effort')) == joint.effort
        assert (element.get('type') == 'continuous') == joint.continuous
        if not joint.continuous:
            ends = float(limit.get('lower')), float(limit.get('upper'))
            assert ends == pytest.approx((joint.lower, joint.upper), abs=2e-6)


def test_links_and_fingers_that_the_specification_names_are_there(arm):
    robot, model = arm
    links = {link.get('name') for link in model.findall('link')}
    joints = {joint.get('name') for joint in model.findall('joint')}
    assert {robot.base_link, robot.tip_link,
            *(mount.link for mount in robot.cameras.values())} <= links
    assert {*robot.gripper.joints, *robot.gripper.passive} <= joints
    assert len(robot.gripper.joints) == len(robot.gripper.open) == len(robot.gripper.closed)


def test_every_link_has_mass_and_a_positive_definite_inertia(arm):
    for link in arm[1].findall('link'):
        given = {key: float(value) for key, value in link.find('inertial/inertia').attrib.items()}
        xx = given['ixx']
        yy = given['iyy']
        zz = given['izz']
        yz = given['iyz']
        moments = np.linalg.eigvalsh([[xx, 0, 0], [0, yy, yz], [0, yz, zz]])
        assert float(link.find('inertial/mass').get('value')) > 0
        assert moments[0] > 0, link.get('name')


def test_every_solid_can_be_seen_and_touched(arm):
    for link in arm[1].findall('link'):
        assert len(link.findall('visual')) == len(link.findall('collision'))


def test_the_jacos_have_three_fingers_with_tips():
    joints = {joint.get('name')
              for joint in ET.parse(paths.URDF / 'j2n6s300.urdf').getroot().findall('joint')}
    for number in (1, 2, 3):
        assert {f'j2n6s300_joint_finger_{number}', f'j2n6s300_joint_finger_tip_{number}'} < joints
