"""The fake robot in numbers."""
import numpy as np
import pytest
from visuomotor.robots.fake import Fake
from visuomotor.specs.robot import load_robot
from visuomotor.specs.values import Target

DT = 0.01


class Stopwatch:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Stopwatch()


@pytest.fixture
def fake(clock):
    robot = Fake(load_robot('iiwa7'), clock)
    robot.connect()
    return robot


def stream(fake, clock, beats, speed):
    """Move joint 1 at a constant speed; the robot is given a running start it can follow."""
    taken = fake.read().velocity[0]
    for _ in range(beats):
        state = fake.read()
        taken = min(speed, taken + 0.008)
        speeds = np.array([taken, 0, 0, 0, 0, 0, 0])
        sent = fake.send(Target(state.position + speeds * DT, speeds))
        clock.now += DT
        assert fake.read().position == pytest.approx(sent.position, abs=1e-9)


def test_it_starts_at_home_at_rest(fake):
    assert fake.read().position.tolist() == [0.0, 0.42175, 0.0, -1.41194, 0.0, 1.3079, 0.0]
    assert fake.read().velocity.tolist() == [0.0] * 7


def test_what_it_can_follow_it_follows_exactly(fake, clock):
    stream(fake, clock, 80, 0.5)
    assert fake.read().velocity[0] == pytest.approx(0.5)


def test_it_speeds_up_no_faster_than_its_acceleration(fake, clock):
    far = fake.read().position + np.array([1.0, 0, 0, 0, 0, 0, 0])
    for beat in range(1, 6):
        fake.send(Target(far, np.zeros(7)))
        clock.now += DT
        assert fake.read().velocity[0] == pytest.approx(0.0865 * beat)


def test_silence_brakes_it_with_its_acceleration_and_it_says_so(fake, clock):
    stream(fake, clock, 80, 0.5)
    clock.now += 0.0899  # 0.0999 s since the last command
    assert fake.read().alarms == ()
    clock.now += 1.0
    state = fake.read()
    assert state.alarms == ('No command for more than 0.1 s: braked and holding.',)
    assert state.velocity.tolist() == [0.0] * 7


def test_silence_ends_a_motion_under_way(fake, clock):
    home = fake.read().position
    fake.send(Target(home, np.zeros(7)))
    clock.now += 0.09
    sent = fake.send(Target(home + 1.0, np.zeros(7)))
    # as far as 1.7104 rad/s goes in 0.09 s
    assert sent.position[0] == pytest.approx(0.15394, abs=1e-5)
    clock.now += 1.0
    assert fake.read().position[0] < 0.13  # it had time to speed up, no time to arrive


def test_the_gripper_needs_its_time(fake, clock):
    for _ in range(30):
        fake.send(Target(fake.read().position, np.zeros(7), 1.0))
        clock.now += DT
    assert fake.read().gripper == pytest.approx(0.6)  # 2 strokes a second


def test_a_leg_robot_has_attitude(clock):
    robot = Fake(load_robot('minitaur'), clock)
    robot.connect()
    assert robot.read().imu.orientation.tolist() == [0.0, 0.0, 0.0, 1.0]


def test_works_at_the_dates_of_our_time(clock):
    clock.now = 1_795_000_000.0
    robot = Fake(load_robot('iiwa7'), clock)
    robot.connect()
    for _ in range(20):
        robot.send(Target(robot.read().position + 0.001, np.full(7, 0.1)))
        clock.now += DT
    assert robot.read().position[0] == pytest.approx(0.02, rel=0.2)
