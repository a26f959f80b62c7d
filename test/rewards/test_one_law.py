"""The reward on the topic and the reward in gymnasium are of one law. Summed over one episode they
are the same."""
from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from visuomotor.episodes import read
from visuomotor.rewards.detector import Signals, make_detector
from visuomotor.specs.codes import Phase
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_expert, make_world
from visuomotor.worlds.rollout import go_home

NEAR = 1e-4   # share of the return by which the two may differ


def returns(robot, task, seconds):
    """What the world pays and what the detector pays for the same episode of the scripted
    expert."""
    world = make_world(task, robot, randomise=False)
    detector = make_detector(world.task.detector, world.spec, world.task.world)
    runner, expert = ActionRunner(world, pictures=False), make_expert(world.spec, world.task)
    go_home(world)
    world.new_scene(np.random.default_rng(5))
    expert.reset(np.random.default_rng(5))
    runner.begin()
    world.truth()
    detector.begin(world.time)
    paid, judged = 0.0, detector.judge(seen(world, runner)).value
    while runner.elapsed < seconds:
        paid += runner.step(expert.act(runner.observe(privileged=True))).reward
        judged += detector.judge(seen(world, runner)).value
    world.close()
    return paid, judged


def seen(world, runner):
    state, truth = world.robot.read(), world.truth()
    tip = runner.kinematics.pose(state.position) if runner.kinematics else None
    return Signals(state, tip, None, truth.poses, truth.values)


@pytest.mark.parametrize(('robot', 'task', 'seconds', 'least'), [('j2n6s300', 'reach', 3.0, 0.05),
                                                                ('minitaur', 'walk', 3.0, 1.0)])
def test_the_returns_are_the_same(robot, task, seconds, least):
    paid, judged = returns(robot, task, seconds)
    assert abs(paid) > least
    assert judged == pytest.approx(paid, rel=NEAR)


def test_in_the_graph_the_topic_and_the_world_pay_the_same(tmp_path):
    words = ('up --robot j2n6s300 --task reach --lockstep --episodes 1 --horizon 2 --seed 3 '
             '--quiet '
             '--run one --data')
    subprocess.run([sys.executable, '-m', 'visuomotor.cli.main', *words.split(), str(tmp_path)],
                   check=True,
                   env={**os.environ, 'ROS_DOMAIN_ID': str(os.getpid() % 100 + 1)},
                   capture_output=True)
    (file,) = tmp_path.rglob('*.mcap')
    heard = list(read.messages(file))
    running = [one for one in heard if one.topic.endswith('episode') and one.message.state
               == Phase.RUNNING]
    began = running[0].message.started.sec + running[0].message.started.nanosec * 1e-9
    paid = sum(one.message.reward for one in heard if one.topic.endswith('world/truth')
               and began < one.published * 1e-9 <= began + 2.0)
    judged = sum(one.message.value for one in heard if one.topic.endswith('reward'))
    assert paid < -0.05
    assert judged == pytest.approx(paid, abs=0.03)   # one look of 0.05 s, at 0.6 m, at the ends
