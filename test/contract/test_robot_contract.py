"""One suite for every robot, whatever is behind it: docs/robot-contract.md in tests. Robots, tasks
and drivers are found, not listed: each robot as a fake, each in the simulation of its first task,
and each driver against its emulator, whose plant is a fake robot and a simulated one.
drivers/loopback is there so that the way over a wire is tried even without a driver in robots/."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from visuomotor import robots
from visuomotor.robots import registry
from visuomotor.robots.fake import Fake
from visuomotor.robots.interface import Robot
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.robot import DriverChoice, load_robot, robot_names
from visuomotor.specs.task import load_task, task_names
from visuomotor.specs.values import Target


@dataclass
class Bench:
    """One robot and the handle that makes its time pass."""

    robot: Robot
    advance: Callable[[float], None]
    time: Callable[[], float]
    tolerance: float   # rad, between what was sent and what is measured when at rest
    delay: float       # s, that measurements and commands may be late
    close: Callable[[], None] = lambda: None
    # lets time pass while the machine says nothing; drivers only
    mute: Callable[[float], None] | None = None

    @property
    def stillness(self) -> float:
        """Rad that a robot at rest may creep: a standing leg's position loop is soft."""
        return 0.04 if bool(self.robot.spec.legs) else 0.01

    @property
    def beat(self) -> float:
        return 1.0 / self.robot.spec.control_hz

    def position(self):
        return self.robot.read().position.copy()

    def moving(self, seconds=0.5, speed=0.2):
        """Stream a slow motion of the first joint (legs: all motors), begun gently. Return what was
        sent last."""
        which = np.ones(8) if bool(self.robot.spec.legs) else np.eye(len(self.robot.spec.joints))[0]
        goal, now = self.position(), 0.0
        for _ in range(round(seconds / self.beat)):
            now = min(speed, now + 0.5 * self.beat)
            goal = goal + which * now * self.beat
            sent = self.robot.send(Target(goal, which * now))
            self.advance(self.beat)
        return sent

    def wait(self, seconds):
        for _ in range(round(seconds / self.beat)):
            self.advance(self.beat)


def fake(name):
    clock = [0.0]

    def advance(seconds):
        clock[0] += seconds
    return Bench(Fake(load_robot(name), lambda: clock[0]), advance, lambda: clock[0],
                 tolerance=0.004, delay=0.0)


def bullet(name):
    from visuomotor.worlds.make import make_world
    task = next(task for task in task_names() if name in load_task(task).robots)
    world = make_world(task, name, seed=0, randomise=False)
    # a standing leg's position loop gives way to its load
    loose = 0.35 if bool(world.spec.legs) else 0.03
    return Bench(world.robot, world.advance, lambda: world.time, tolerance=loose, delay=0.05,
                 close=world.close)


def driver(kind, plant):
    """A driver on one end of its wire, its emulator on the other, and a bench whose robot is the
    plant."""
    def make(name):
        behind, named = plant(name), load_robot(name)
        spec = named if named.driver.kind == kind else replace(named, driver=DriverChoice(kind))
        emulator = registry.make_emulator(spec, behind.robot)
        robot = registry.make_robot(spec, 'emulated', behind.time, behind.robot, emulator.address)

        def advance(seconds):
            emulator.step()
            behind.advance(seconds)
            emulator.step()

        def close():
            robot.disconnect()
            emulator.close()
            behind.close()
        return Bench(robot, advance, behind.time, behind.tolerance, behind.delay, close,
                     behind.advance)
    return make


robots.__path__.append(str(Path(__file__).parent / 'drivers'))


def driven():
    """Yield each driver with the robots that name it, or else with an arm and one on legs."""
    for kind in registry.driver_kinds('emulator'):
        names = [name for name in robot_names() if load_robot(name).driver.kind == kind]
        for name in names or ['iiwa7', 'minitaur']:
            yield f'{name}-{kind}-fake', (driver(kind, fake), name)
            yield f'{name}-{kind}-bullet', (driver(kind, bullet), name)


BENCHES = {**{f'{name}-fake': (fake, name) for name in robot_names()},
           **{f'{name}-bullet': (bullet, name) for name in robot_names()}, **dict(driven())}


@pytest.fixture(params=BENCHES)
def bench(request):
    make, name = BENCHES[request.param]
    made = make(name)
    yield made
    made.close()


@pytest.fixture
def live(bench):
    bench.robot.connect()
    bench.wait(0.1)
    return bench


def test_the_specification_is_there_before_any_connection(bench):
    assert not bench.robot.connected
    assert bench.robot.spec.name in robot_names()
    assert len(bench.robot.spec.home) == len(bench.robot.spec.joints)


def test_nothing_is_read_or_sent_before_connecting(bench):
    home = np.array(bench.robot.spec.home)
    with pytest.raises(RobotUnavailable, match='connect'):
        bench.robot.read()
    with pytest.raises(RobotUnavailable, match='connect'):
        bench.robot.send(Target(home + 0.5, np.zeros_like(home)))
    bench.wait(0.3)
    bench.robot.connect()
    bench.wait(0.1)
    np.testing.assert_allclose(bench.position(), home, atol=bench.tolerance)


def test_arrays_follow_the_order_and_number_of_joints(live):
    state, joints = live.robot.read(), len(live.robot.spec.joints)
    assert [len(state.position), len(state.velocity), len(state.effort)] == [joints] * 3
    assert (state.imu is not None) == (bool(live.robot.spec.legs))
    assert state.alarms == ()


def test_what_is_in_reach_is_sent_as_asked_and_done(live):
    goal = live.position() + 1e-4
    sent = live.robot.send(Target(goal, np.full_like(goal, 0.01)))
    np.testing.assert_allclose(sent.position, goal, atol=1e-9)
    last = live.moving(0.5)
    live.wait(live.delay)
    np.testing.assert_allclose(live.position(), last.position, atol=live.tolerance)


def test_what_is_out_of_reach_is_clipped_and_the_clipped_target_is_returned(live):
    robot, before = live.robot, live.position()
    first = robot.send(Target(before, np.zeros_like(before)))
    live.advance(live.beat)
    sent = robot.send(Target(before + 1.0, np.full_like(before, 1e3)))
    assert (sent.position - first.position <= robot.spec.velocity * live.beat * 1.01 + 1e-6).all()
    assert (sent.position > first.position).all()
    assert (sent.velocity <= robot.spec.velocity + 1e-9).all()


def test_however_often_one_asks_no_target_beyond_a_joint_limit_is_sent(live):
    robot, far = live.robot, live.position()
    far[1] = 1e6
    for _ in range(700):
        sent = robot.send(Target(far, np.zeros_like(far)))
    assert robot.spec.upper[1] - 0.01 <= sent.position[1] <= robot.spec.upper[1]


def test_the_gripper_stays_between_open_and_closed(live):
    asked = Target(live.position(), np.zeros(len(live.robot.spec.joints)), 7.0)
    assert live.robot.send(asked).gripper == (1.0 if live.robot.spec.gripper else None)


def test_a_malformed_target_is_refused_and_moves_nothing(live):
    here, rest = live.position(), np.zeros(len(live.robot.spec.joints))
    holed = here.copy()
    holed[1] = np.nan
    malformed = {'positions': Target(here[:-1] + 1.0, rest),
                 'velocities': Target(here, np.append(rest, 0.0)),
                 'finite positions': Target(holed, rest),
                 'finite velocities': Target(here, rest + np.inf)}
    for sentence, target in malformed.items():
        with pytest.raises(BadInput, match=sentence):
            live.robot.send(target)
    live.wait(0.1)
    np.testing.assert_allclose(live.position(), here, atol=live.stillness)


def test_a_gripper_target_that_is_no_number_reaches_no_gripper(live):
    wish = Target(live.position(), np.zeros(len(live.robot.spec.joints)), float('nan'))
    if live.robot.spec.gripper is None:
        assert live.robot.send(wish).gripper is None
        return
    with pytest.raises(BadInput, match='finite gripper'):
        live.robot.send(wish)


def test_silence_brakes_the_robot_and_it_says_so(live):
    live.moving()
    live.wait(live.robot.spec.command_age + 0.5)
    state = live.robot.read()
    assert any('No command' in alarm for alarm in state.alarms)
    np.testing.assert_allclose(state.velocity, 0.0, atol=3 * live.stillness)
    live.wait(0.5)
    np.testing.assert_allclose(live.position(), state.position, atol=live.stillness)


def test_a_new_command_ends_the_silence(live):
    live.moving()
    live.wait(live.robot.spec.command_age + 0.5)
    live.moving(0.05)
    assert live.robot.read().alarms == ()


def test_commands_in_time_are_no_silence(live):
    live.moving()
    live.wait(live.robot.spec.command_age - 2 * live.beat)
    assert live.robot.read().alarms == ()


def test_stop_brakes_and_holds_until_the_next_command(live):
    live.moving()
    live.robot.stop()
    live.wait(0.5)
    held = live.robot.read()
    np.testing.assert_allclose(held.velocity, 0.0, atol=3 * live.stillness)
    live.wait(0.5)
    np.testing.assert_allclose(live.position(), held.position, atol=live.stillness)
    live.moving(0.5)
    assert np.abs(live.position() - held.position).max() > 0.02


def test_reconnecting_does_not_jump(live):
    live.moving()
    live.robot.disconnect()
    assert not live.robot.connected
    with pytest.raises(RobotUnavailable):
        live.robot.read()
    live.wait(0.5)
    live.robot.connect()
    assert live.robot.read().alarms == ()
    before = live.position()
    live.wait(0.3)
    np.testing.assert_allclose(live.position(), before, atol=2 * live.stillness)
    here = live.position()
    first = live.robot.send(Target(here, np.zeros_like(here)))
    np.testing.assert_allclose(first.position, here, atol=1e-9)


def test_connecting_twice_gives_one_answer(live):
    before = live.position()
    live.robot.connect()
    assert live.robot.connected
    np.testing.assert_array_equal(live.position(), before)
    last = live.moving()
    live.robot.connect()
    live.advance(live.beat)
    assert live.robot.read().alarms == ()
    np.testing.assert_allclose(live.position(), last.position, atol=live.tolerance)


def test_disconnecting_what_is_not_connected_is_harmless(bench):
    bench.robot.disconnect()
    bench.robot.disconnect()
    assert not bench.robot.connected


def test_stamps_rise_with_the_clock(live):
    stamps = []
    for _ in range(10):
        live.advance(live.beat)
        stamps.append(live.robot.read().stamp)
        assert live.time() - live.delay - 1e-9 <= stamps[-1] <= live.time() + 1e-9
    np.testing.assert_allclose(np.diff(stamps), live.beat, atol=0.0051)


def test_a_machine_that_says_nothing_shows_its_age_and_is_lost_in_the_end(live):
    if live.mute is None:
        return   # nothing lies between this robot and its motors
    heard = live.robot.read().stamp
    live.mute(0.2)
    assert live.robot.read().stamp == heard
    live.mute(3.0)
    with pytest.raises(RobotUnavailable):
        live.robot.read()


def test_what_is_read_is_not_changed_by_later_motion(live):
    state = live.robot.read()
    kept = state.position.copy()
    live.moving(0.2)
    np.testing.assert_array_equal(state.position, kept)
