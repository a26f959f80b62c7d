"""The world's clock, its arms, and their obedience."""
import numpy as np
import pytest
from visuomotor.specs.errors import BadInput, RobotUnavailable
from visuomotor.specs.values import Target
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.setpoint import Setpoint

BEAT = 0.01


@pytest.fixture
def world():
    made = make_world('grasp', 'iiwa7')
    yield made
    made.close()


def stream(world, joint, speed, beats):
    """Move one joint at a speed, one command a beat."""
    goal = world.robot.read().position.copy()
    for _ in range(beats):
        goal[joint] += speed * BEAT
        world.robot.send(Target(goal.copy(), np.zeros(7)))
        world.advance(BEAT)
    return goal


def test_time_moves_in_whole_steps_and_loses_nothing(world):
    for _ in range(1000):
        world.advance(0.0037)
    assert world.steps == 740  # 3.7 s at 200 Hz
    assert world.time == pytest.approx(3.7)


def test_less_than_a_step_is_kept_for_later(world):
    world.advance(0.004)
    assert world.steps == 0
    world.advance(0.001)
    assert world.steps == 1


def test_the_clock_starts_where_it_is_told():
    world = make_world('grasp', 'iiwa7', clock_start=1.7e9)
    world.robot.connect()
    stream(world, 0, 0.5, 20)
    assert world.robot.read().stamp == pytest.approx(1.7e9 + 0.2, abs=1e-6)
    assert world.robot.read().position[0] > 0.05
    world.close()


def test_the_arm_stands_at_home_and_stays_there(world):
    world.robot.connect()
    world.advance(1.0)
    state = world.robot.read()
    assert np.allclose(state.position, [0.0, 0.42175, 0.0, -1.41194, 0.0, 1.3079, 0.0], atol=1e-3)
    assert state.gripper == pytest.approx(0.0, abs=0.01)
    assert state.alarms == ()


def test_a_stream_is_followed_closely(world):
    world.robot.connect()
    goal = stream(world, 0, 0.8, 50)
    assert goal[0] == pytest.approx(0.4, abs=1e-4)
    # 10 ms of actuation at 0.8 rad/s, and a little.
    assert world.robot.read().position[0] == pytest.approx(0.4, abs=0.012)


def test_a_far_target_is_cut_to_the_speed_limit_and_what_was_sent_is_told(world):
    world.robot.connect()
    sent = world.robot.send(Target(np.full(7, 3.0), np.full(7, 9.0), 5.0))
    assert sent.position[0] == pytest.approx(0.01710422)  # 1.710422 rad/s for one beat of 10 ms
    assert sent.velocity[0] == pytest.approx(1.710422)
    assert sent.gripper == 1.0


def test_position_limits_hold(world):
    world.robot.connect()
    goal = world.robot.read().position.copy()
    for _ in range(200):
        goal[1] += 0.015
        sent = world.robot.send(Target(goal.copy(), np.zeros(7)))
        world.advance(BEAT)
    assert goal[1] > 3.0
    assert sent.position[1] == pytest.approx(2.094395)


def test_silence_brakes_and_is_said(world):
    world.robot.connect()
    stream(world, 0, 1.0, 30)
    world.advance(0.09)
    assert world.robot.read().alarms == ()
    world.advance(0.03)
    assert 'No command for more than 0.1 s' in world.robot.read().alarms[0]
    held = world.robot.read().position[0]
    world.advance(0.5)
    assert world.robot.read().position[0] == pytest.approx(held, abs=0.02)
    assert abs(world.robot.read().velocity[0]) < 0.01
    stream(world, 0, 0.1, 2)
    assert world.robot.read().alarms == ()


def test_braking_takes_the_jerk_and_acceleration_that_the_arm_has(world):
    point = Setpoint(world.spec, np.zeros(7))
    for beat in range(1, 4):
        point.aim(np.full(7, 0.01 * beat), 0.01)   # 1 rad/s
        point.step(0.01)
    speeds = []
    for _ in range(22):
        point.step(0.01)
        speeds.append(point.velocity[0])
    assert speeds[0] == pytest.approx(1.0 - 0.004325)  # 86.5 rad/s^3 for 10 ms
    assert min(np.diff(speeds)) == pytest.approx(-0.0865, abs=1e-4)   # 8.65 rad/s^2
    assert speeds[20] > 1e-3                                      # 1 / 8.65 + 0.1 s
    assert speeds[21] == pytest.approx(0.0, abs=1e-12)


def test_braking_begins_where_the_arm_is_and_who_stands_stays(world):
    point = Setpoint(world.spec, np.zeros(7))
    point.aim(np.full(7, 0.01), 0.01)
    point.brake([0.3] * 7, [0.0] * 7)
    point.step(0.01)
    assert [point.position, point.velocity] == [[0.3] * 7, [0.0] * 7]
    point.brake([0.305] * 7, [0.001] * 7)   # it sags
    assert point.position == [0.3] * 7


def test_stop_forgets_what_was_sent(world):
    world.robot.connect()
    stream(world, 0, 1.0, 30)
    world.robot.stop()
    world.advance(0.5)
    held = world.robot.read()
    assert abs(held.velocity[0]) < 1e-3
    assert held.position[0] < 0.42   # 0.295 at the stop, and 1 / 2 (1 / 8.65 + 0.1) at most
    assert held.alarms == ()


def test_a_command_waits_for_the_actuation_latency():
    world = make_world('grasp', 'iiwa7')
    world.robot.connect()
    world.robot._latency = 0.05
    world.advance(0.2)
    before = world.robot.read().position[0]
    world.robot.send(Target(world.robot.read().position + 0.01, np.zeros(7)))
    world.advance(0.05)
    assert world.robot.read().position[0] == pytest.approx(before, abs=1e-4)
    world.advance(0.03)
    assert world.robot.read().position[0] > before + 0.005
    world.close()


def test_fingers_move_together_at_their_speed(world):
    world.robot.connect()
    home = world.robot.read().position
    for beat in range(60):
        world.robot.send(Target(home, np.zeros(7), 1.0))
        world.advance(BEAT)
        if beat == 25:
            assert 0.4 < world.robot.read().gripper < 0.55  # 2 1/s for 0.25 s
    assert world.robot.read().gripper == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize('target', [
    Target(np.zeros(6), np.zeros(7)), Target(np.zeros(7), np.zeros(8)),
    Target(np.full(7, np.nan), np.zeros(7)),
    Target(np.zeros(7), np.full(7, np.inf)), Target(np.zeros(7), np.zeros(7), float('nan'))])
def test_nonsense_is_refused(world, target):
    world.robot.connect()
    with pytest.raises(BadInput, match='iiwa7 expects'):
        world.robot.send(target)


def test_nothing_is_told_before_connecting(world):
    with pytest.raises(RobotUnavailable, match='call connect first'):
        world.robot.read()


@pytest.mark.parametrize(('task', 'robot', 'sentence'), [
    ('gras', 'iiwa7', 'did you mean grasp'), ('grasp', 'iiwa77', 'did you mean iiwa7'),
    ('grasp', 'minitaur', 'it can be done by iiwa7, iiwa14')])
def test_unknown_names_are_refused_in_one_sentence(task, robot, sentence):
    with pytest.raises(BadInput, match=sentence):
        make_world(task, robot)


def test_a_misspelt_number_of_a_scene_is_refused():
    with pytest.raises(BadInput, match="unknown key 'object'; did you mean objects"):
        make_world('grasp', 'iiwa7', overrides={'object': 3})


def test_an_unknown_expert_is_refused(world):
    with pytest.raises(BadInput, match="no scripted expert 'clever'"):
        make_expert(world.spec, world.task, 'clever')


def test_equal_seeds_give_equal_bytes():
    def run(seed):
        world = make_world('grasp', 'iiwa7', seed=seed, randomise=True)
        world.robot.connect()
        seen = []
        for beat in range(100):
            goal = world.robot.read().position + 0.002 * np.sin(0.1 * beat)
            world.robot.send(Target(goal, np.zeros(7), 0.5))
            world.advance(BEAT)
            state = world.robot.read()
            seen += [state.position, state.velocity, state.effort, *world.truth().poses.values()]
        world.close()
        return world.steps, np.concatenate(seen).tobytes()

    steps, first = run(5)
    assert steps == 200
    assert run(5)[1] == first
    assert run(6)[1] != first
