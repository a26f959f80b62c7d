"""The driver with a simulated world: truth at the task's rate, scenes by seed, and a world that others find."""
from __future__ import annotations

import os

import pytest
from rclpy.node import Node
from sensor_msgs.msg import JointState
from visuomotor.graph import compose
from visuomotor.graph.lockstep import Lockstep
from visuomotor.msg import WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.specs.errors import BadInput
from visuomotor.srv import NewScene
from visuomotor.worlds import running


@pytest.fixture(scope='module')
def stage():
    context = compose.new_context(100 + os.getpid() % 100)
    parameters = {'robot': 'j2n6s300', 'world': 'sim', 'task': 'reach', 'seed': 3}
    driver = compose.make('visuomotor.nodes.driver.node:DriverNode', context, namespace='left', parameters=parameters,
                          simulated_time=True)
    ear = Node('ear', namespace='left', context=context, use_global_arguments=False, start_parameter_services=False)
    ear.states, ear.truths = [], []
    ear.create_subscription(JointState, 'joint_states', ear.states.append, qos.STATE)
    ear.create_subscription(WorldTruth, 'world/truth', ear.truths.append, qos.STATE)
    ear.scene = ear.create_client(NewScene, 'world/new_scene')
    time = Lockstep(context, [driver, ear], 0.01)
    compose.bring_up([driver])
    yield driver, ear, time
    compose.take_down([driver])
    time.close()
    for node in (driver, ear):
        node.destroy_node()
    context.try_shutdown()
    with pytest.raises(BadInput):
        running.find('/left')


def new_scene(ear, time, seed):
    answer = ear.scene.call_async(NewScene.Request(seed=seed))
    for _ in range(100):
        time.settle()
        if answer.done():
            return answer.result()
    raise AssertionError('nobody answered')


def test_states_come_at_every_beat_and_truth_at_the_rate_of_actions(stage):
    _, ear, time = stage
    for _ in range(40):
        time.beat()
    assert len(ear.states) == 40
    assert len(ear.truths) == 8  # 100 Hz against 20 actions a second
    assert [round(convert.seconds(s.header.stamp), 9) for s in ear.states[:3]] == [1.01, 1.02, 1.03]
    assert 'goal' in ear.truths[-1].names


def test_a_seed_lays_out_the_same_scene_again(stage):
    _, ear, time = stage
    first, second, again = (new_scene(ear, time, seed) for seed in (5, 6, 5))
    assert first.ready
    assert first.scene == again.scene != second.scene


def test_time_goes_on_after_a_new_scene(stage):
    _, ear, time = stage
    new_scene(ear, time, 7)
    before = convert.seconds(ear.states[-1].header.stamp)
    time.beat()
    assert convert.seconds(ear.states[-1].header.stamp) == pytest.approx(before + 0.01)


def test_others_of_the_process_find_the_world_and_its_clock(stage):
    _, ear, _ = stage
    world = running.find('/left')
    assert running.graph_time('/left', world.time) == pytest.approx(convert.seconds(ear.states[-1].header.stamp))
