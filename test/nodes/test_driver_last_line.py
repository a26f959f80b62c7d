"""The driver's last line on the simulated arm, in virtual time: when commands stop at full speed,
the measured arm slows down, once, and stands where it came to rest."""
from __future__ import annotations

import numpy as np
import pytest
from sensor_msgs.msg import JointState
from visuomotor.msg import Command
from visuomotor.nodes._ros import qos
from visuomotor.specs.robot import load_robot

BEAT = 0.01
# which way each joint has room at full speed
ARMS = {'iiwa7': ('grasp', [1, -1, 1, -1, 1, -1, 1]), 'j2n6s300': ('reach', [1, 1, 1, 1, 1, 1])}


class Arm:
    """The driver of a simulated arm, and a probe that commands it."""

    def __init__(self, rig, name, task):
        self.rig, self.spec = rig, load_robot(name)
        self.ear = rig.probe(hears={'states': (JointState, 'joint_states', qos.STATE)},
                             says={'voice': (Command, 'command', qos.COMMAND)})
        self.driver = rig.make('driver', robot=name, world='sim', task=task)
        rig.up(BEAT)
        rig.beats(2)
        self.goal = np.array(self.ear.states[-1].position[:len(self.spec.joints)])
        self.speed = np.zeros(len(self.spec.joints))
        self.writer, self.sent = 5, 0

    def command(self, position, velocity):
        self.sent += 1
        self.ear.voice.publish(Command(
            header=self.ear.states[-1].header, position=position.tolist(),
            velocity=velocity.tolist(), writer=self.writer, sequence=self.sent))

    def race(self, joint, way):
        """Bring one joint to its speed limit, as fast as its acceleration lets it."""
        most, beats = self.spec.velocity[joint], 0
        while beats < 3:
            self.speed[joint] += way * min(self.spec.acceleration[joint] * BEAT,
                                           most - abs(self.speed[joint]))
            self.goal = self.goal + self.speed * BEAT
            self.command(self.goal, self.speed)
            self.rig.beats(1)
            beats += abs(self.speed[joint]) >= most

    def measured(self, beats):
        """Return the measured positions and speeds of the next beats, (beats, joints)."""
        self.rig.beats(beats)
        states, size = self.ear.states[-beats - 1:], len(self.spec.joints)
        return (np.array([state.position[:size] for state in states]),
                np.array([state.velocity[:size] for state in states]))


@pytest.mark.parametrize(('name', 'joint'), [('iiwa7', 0), ('iiwa7', 1), ('iiwa7', 3),
                                             ('iiwa7', 5), ('j2n6s300', 0), ('j2n6s300', 3)])
def test_silence_at_full_speed_slows_the_measured_arm_once(rig, name, joint):
    task, ways = ARMS[name]
    arm = Arm(rig, name, task)
    arm.race(joint, ways[joint])
    position, velocity = arm.measured(120)
    calm(arm.spec, joint, ways[joint], position, velocity)


@pytest.mark.parametrize('stall', [0.15, 0.4, 2.0])
def test_a_driver_that_was_stopped_itself_does_the_same_when_it_wakes(rig, stall):
    arm = Arm(rig, 'iiwa7', 'grasp')
    arm.race(1, -1)
    rig.conductor.beats += round(stall / BEAT)   # its next beat comes so late
    position, velocity = arm.measured(80)
    lived = min(stall, 0.25) / BEAT              # beats that the world lived through in one
    limit, speed = arm.spec.velocity[1], -velocity[:, 1]
    assert speed[0] > 0.95 * limit
    assert (np.diff(speed) <= 0.02 * limit).all()
    assert (speed >= -0.02 * limit).all()
    assert np.abs(velocity[round(61 - lived):]).max() < 0.02 * limit
    assert np.abs(position[-1] - position[60]).max() < 0.005
    assert arm.driver.watchdog.braking


@pytest.mark.parametrize(('name', 'joint'), [('iiwa7', 0), ('iiwa7', 1), ('j2n6s300', 0)])
@pytest.mark.parametrize('silence', [8, 14, 25])
def test_commands_that_go_on_while_it_brakes_throw_it_nowhere(rig, name, joint, silence):
    task, ways = ARMS[name]
    arm = Arm(rig, name, task)
    arm.race(joint, ways[joint])
    before = len(arm.ear.states)
    arm.measured(silence)
    newest, size = arm.ear.states[-1], len(arm.spec.joints)
    arm.goal, arm.speed = np.array(newest.position[:size]), np.zeros(size)
    arm.speed[joint] = newest.velocity[joint]
    arm.race(joint, ways[joint])   # from where and how it was measured, as safety does
    path = np.array([state.position[joint] for state in arm.ear.states[before - 1:]])
    shares = ways[joint] * np.diff(path) / BEAT / arm.spec.velocity[joint]
    assert shares.min() > -0.02                # it is not thrown back,
    assert shares.max() < 1.02
    assert np.abs(np.diff(shares)).max() < 0.15   # nor does its speed leap


def calm(spec, joint, way, position, velocity):
    """Judge what was measured from the last command on."""
    limit, speed = spec.velocity[joint], way * velocity[:, joint]
    assert speed[0] > 0.95 * limit                            # it was fast
    assert (np.diff(speed[3:]) <= 0.02 * limit).all()         # after latency, it never rises,
    assert (speed <= 1.02 * limit).all()
    assert (np.abs(velocity) > -0.02 * limit).all()
    assert (speed >= -0.02 * limit).all()                     # never turns round,
    assert (np.diff(way * position[:, joint]) >= -0.02 * limit * BEAT).all()
    assert np.abs(velocity[60:]).max() < 0.02 * limit         # stands after 0.6 s,
    assert np.abs(position[-1] - position[60]).max() < 0.005  # and holds where it came to rest
