"""The driver with a simulated world. Truth at the task's rate, scenes by seed, and a world that
others find."""
from __future__ import annotations

import pytest
from sensor_msgs.msg import JointState
from visuomotor.msg import WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.specs.errors import BadInput
from visuomotor.srv import NewScene
from visuomotor.worlds import running


@pytest.fixture(scope='module')
def driven(lasting_rig):
    rig = lasting_rig
    ear = rig.probe(hears={'states': (JointState, 'joint_states', qos.STATE),
                           'truths': (WorldTruth, 'world/truth', qos.STATE)},
                    asks={'scene': (NewScene, 'world/new_scene')})
    driver = rig.make('driver', robot='j2n6s300', world='sim', task='reach', seed=3)
    rig.up()
    yield rig, ear, rig.conductor
    driver.trigger_shutdown()
    with pytest.raises(BadInput):
        running.find('/left')


def new_scene(rig, ear, seed):
    return rig.ask(ear.scene, NewScene.Request(seed=seed))


def test_states_come_at_every_beat_and_truth_at_the_rate_of_actions(driven):
    _, ear, time = driven
    for _ in range(40):
        time.beat()
    assert len(ear.states) == 40
    assert len(ear.truths) == 8  # 100 Hz against 20 actions a second
    assert [round(convert.seconds(s.header.stamp), 9) for s in ear.states[:3]] == [1.01, 1.02, 1.03]
    assert 'goal' in ear.truths[-1].names


def test_a_seed_lays_out_the_same_scene_again(driven):
    rig, ear, _ = driven
    first, second, again = (new_scene(rig, ear, seed) for seed in (5, 6, 5))
    assert first.ready
    assert first.scene == again.scene != second.scene


def test_time_goes_on_after_a_new_scene(driven):
    rig, ear, time = driven
    new_scene(rig, ear, 7)
    before = convert.seconds(ear.states[-1].header.stamp)
    time.beat()
    assert convert.seconds(ear.states[-1].header.stamp) == pytest.approx(before + 0.01)


def test_others_of_the_process_find_the_world_and_its_clock(driven):
    _, ear, _ = driven
    world = running.find('/left')
    assert running.graph_time('/left',
                              world.time) == pytest.approx(convert.seconds(ear.states[-1].header.stamp))  # noqa: E501
