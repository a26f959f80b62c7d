"""One law: a learner's world and the lock-step graph move, brake and press alike under the same
actions."""
from __future__ import annotations

import os

import numpy as np
import pytest
from rclpy.node import Node
from sensor_msgs.msg import JointState
from visuomotor.evaluation.judges import LimitJudge
from visuomotor.graph import compose
from visuomotor.graph.lockstep import Lockstep
from visuomotor.msg import Proposal as ProposalMessage
from visuomotor.nodes._ros import convert, qos
from visuomotor.robots.kinematics import Kinematics
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.worlds.action_runner import ActionRunner
from visuomotor.worlds.make import make_world
from visuomotor.worlds.rollout import rollout

ARMS = ('iiwa7', 'iiwa14', 'j2n6s300', 'j2s7s300')
TASK = load_task('reach')
ROW = 5          # beats between two actions
ACTIONS = 80     # 4 s


def into_itself(robot):
    """Towards the arm's own shoulder."""
    tip = Kinematics(robot).pose(np.array(robot.home))[:3]
    way = np.array([0.0, 0.0, 0.3]) - tip
    return way / np.abs(way).max()


WAYS = {'sideways': lambda robot: np.array([0.0, 1.0, 0.0]),
        'down': lambda robot: np.array([0.0, 0.0, -1.0]),
        'into itself': into_itself}


class Ear(Node):
    """Hears where the robot is, and speaks as a policy."""

    def __init__(self, context):
        super().__init__('ear', context=context, use_global_arguments=False,
                         start_parameter_services=False)
        self.states = []
        self.create_subscription(JointState, 'joint_states', self.states.append, qos.STATE)
        self.voice = self.create_publisher(ProposalMessage, 'action/policy', qos.COMMAND)


def on_the_graph(robot, action):
    """Positions and torques at every beat, driver and safety node in lock-step."""
    context = compose.new_context(100 + os.getpid() % 100)
    ear, chosen = Ear(context), {'robot': robot.name, 'task': TASK.name}
    nodes = [compose.make('visuomotor.nodes.driver.node:DriverNode', context, simulated_time=True,
                          parameters={**chosen, 'world': 'sim'}),
             compose.make('visuomotor.nodes.safety.node:SafetyNode', context, simulated_time=True,
                          parameters={**chosen, 'armed_at_start': True})]
    time = Lockstep(context, [*nodes, ear], 0.01)
    compose.bring_up(nodes)
    for beat in range(ACTIONS * ROW):
        late = beat - 3   # beats since the observation: what thinking takes
        if late >= 0 and late % ROW == 0:
            observed = convert.seconds(ear.states[late].header.stamp)
            ear.voice.publish(convert.proposal_message(TASK.action.decode(action, observed, 0.03),
                                                       observed))
        time.beat()
    compose.take_down(nodes)
    time.close()
    for node in (*nodes, ear):
        node.destroy_node()
    context.try_shutdown()
    states = [convert.state(message, robot, None) for message in ear.states]
    return np.array([s.position for s in states]), np.array([s.effort for s in states])


def in_the_face(robot, action, **how):
    """The same from the world that learners use."""
    world = make_world(TASK.name, robot.name)
    world.advance(0.01)   # as the driver does before its first joint_states
    runner = ActionRunner(world, pictures=False, **how)
    states = []
    read = world.robot.read
    runner.begin()
    world.robot.read = lambda: states.append(read()) or states[-1]
    for _ in range(ACTIONS):
        runner.step(action)
    world.close()
    return np.array([s.position for s in states]), np.array([s.effort for s in states])


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('name', ARMS)
def test_a_constant_action_gives_one_path_in_face_and_graph(name, way):
    robot = load_robot(name)
    action, tip = WAYS[way](robot), Kinematics(robot)
    there, pulled = on_the_graph(robot, action)
    here, pulls = in_the_face(robot, action)
    assert len(here) == len(there) == 400
    paths = [np.array([tip.pose(q)[:3] for q in postures]) for postures in (here, there)]
    assert np.linalg.norm(paths[0] - paths[1], axis=1).max() < 0.001
    most, usual = np.abs(pulls).max(axis=0), np.abs(pulled).max(axis=0)
    assert (np.abs(most - usual) <= 0.1 * usual).all()
    assert np.linalg.norm(paths[0][-1] - paths[0][0]) > 0.05, 'it moved'
    box = robot.workspace
    assert (paths[0] > np.array(box.lower) - 1e-3).all()
    assert (paths[0] < np.array(box.upper) + 1e-3).all()


@pytest.mark.parametrize(('task', 'name'),
                         [('grasp', 'iiwa7'), ('reach', 'j2n6s300'), ('walk', 'minitaur')])
def test_chance_in_the_face_breaks_no_limit(task, name, chance):
    world = make_world(task, name, seed=1)
    runner, robot = ActionRunner(world, pictures=False), world.spec
    judge = LimitJudge(robot, Kinematics(robot) if robot.tip_link else None)
    policy = chance(world.task, keep=0.7)
    policy.reset(np.random.default_rng(2))
    runner.begin()
    for _ in range(120):
        runner.step(policy.act({}))
        for target in runner.sent:
            judge.see(target.position, target.velocity)
    world.close()
    assert +judge.broken == {}
    assert judge.worst['speed'] > 0.1


def test_without_the_shield_the_workspace_is_left_and_the_result_says_so(chance):
    robot = load_robot('iiwa7')
    postures, _ = in_the_face(robot, np.array([0.0, 1.0, 0.0]), shield=False)
    assert Kinematics(robot).pose(postures[-1])[1] > 0.6
    world = make_world(TASK.name, 'iiwa7')
    object.__setattr__(world.task, 'horizon', 0.2)
    policy = chance(world.task)
    results = [rollout(world, policy, 0, runner=ActionRunner(world, pictures=False, shield=shield))
               for shield in (True, False)]
    world.close()
    assert [result.shield for result in results] == [True, False]


def test_a_policys_choices_do_not_hang_on_the_scenes(chance):
    drawn = []
    for target in ('fixed', 'random'):
        world = make_world(TASK.name, 'iiwa7', overrides={'target': target})
        object.__setattr__(world.task, 'horizon', 0.1)
        policy = chance(world.task, keep=0.7)
        rollout(world, policy, 5, pictures=False)
        drawn.append(policy.last.tolist())
        world.close()
    assert drawn[0] == drawn[1]


def test_what_was_sent_is_kept_for_every_beat():
    world = make_world(TASK.name, 'iiwa7')
    runner = ActionRunner(world, pictures=False)
    runner.begin()
    runner.step(np.array([0.0, 0.0, 1.0]))
    assert len(runner.sent) == 5
    assert runner.sent[-1].position.tolist() != runner.sent[0].position.tolist()
    world.close()
