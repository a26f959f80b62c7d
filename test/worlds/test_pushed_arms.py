"""No push makes an arm chatter: what a kick brings in dies, judged by kinetic energy."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.specs.robot import load_robot
from visuomotor.worlds.make import make_world

STEP = 0.005   # s of physics
ARMS = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach'}


@pytest.fixture(scope='module')
def arms():
    worlds = {}

    def arm(name):
        if name not in worlds:
            worlds[name] = make_world(ARMS[name], name)
            worlds[name].robot.connect()
        return worlds[name]
    yield arm
    for world in worlds.values():
        world.close()


def kinetic_energy(world):
    """Return 1/2 v' M v of every joint that moves, fingers too, in J."""
    client, body = world.client, world.robot.body
    moving = [joint for joint in range(client.getNumJoints(body))
              if client.getJointInfo(body, joint)[2] != client.JOINT_FIXED]
    position, speed, *_ = zip(*client.getJointStates(body, moving), strict=True)
    return 0.5 * np.array(speed) @ np.array(client.calculateMassMatrix(body, position)) @ speed


def kick(world, joint, speed):
    """Put the arm home, give one joint this speed, and return energies and speeds of 1.2 s, each
    physics step."""
    spec, robot, client = world.spec, world.robot, world.client
    robot.place(np.array(spec.home))
    world.advance(0.1)
    number = next(info[0] for info in (client.getJointInfo(robot.body, each) for each
                                   in range(client.getNumJoints(robot.body)))
                  if info[1].decode() == spec.names[joint])
    client.resetJointState(robot.body, number, client.getJointState(robot.body, number)[0], speed)
    energies, speeds = [], []
    for _ in range(round(1.2 / STEP)):
        world.advance(STEP)
        energies.append(kinetic_energy(world))
        speeds.append(np.abs(robot.read().velocity))
    return np.array(energies), np.array(speeds)


@pytest.mark.parametrize('speed', [2.0, -5.0, 15.0])
@pytest.mark.parametrize(('name', 'joint'), [(name, joint) for name in ARMS
                                             for joint in range(len(load_robot(name).joints))])
def test_what_a_kick_brings_in_dies(arms, name, joint, speed):
    world = arms(name)
    energies, speeds = kick(world, joint, speed)
    assert energies[round(1.0 / STEP):].max() < 1e-5
    # a joint thrown far away comes back, but no faster than its speed limit
    assert (speeds[round(0.2 / STEP):] <= 1.1 * world.spec.velocity).all()
    # which costs the heaviest one 6.4 J
    assert energies[round(0.1 / STEP):].max() <= max(energies[round(0.1 / STEP)], 6.5)
