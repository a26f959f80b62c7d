"""An arm that moves into a post which the filter knows nothing of: how hard and for how long it
presses, by PyBullet's contact points."""
from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from visuomotor.benchmarks.figures import markdown
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import limits_for
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import FloatArray, Proposal, State
from visuomotor.worlds.make import make_world
from visuomotor.worlds.world import BulletWorld

ROBOTS = ('iiwa7', 'j2n6s300')
PARTS = (1.0, 0.25)                       # of the speed limits
POSTS = {'stiff': (2e5, 2e3), 'soft': (5e3, 100.0)}   # N/m, N s/m: steel, padding
WAYS = {'sideways': (0.0, 1.0, 0.0), 'outwards': (1.0, 0.0, 0.0), 'down': (0.0, 0.0, -1.0)}
APART = 0.12         # m that the tip travels before it meets the post
THICK, WIDE = 0.04, 0.15   # m, half the edges of the post, along the way and across it
SECONDS = 6.0        # that it is pushed for
TOUCH = 1.0          # N that counts as touching
HARD = 65.0          # N m in a joint: more than a person should have to bear
END = 0.5            # s, the last of it, over which the force that is left is averaged
HEADINGS = ('robot', 'speed', 'post', 'way', 'peak force, N', 'touching, s', 'pushes',
            f'above {HARD:g} N m net of gravity, s', 'most, N m', 'force at the end, N',
            'filter said')


@dataclass
class Push:
    """One arm against one post."""

    robot: str
    part: float
    post: str
    way: str
    peak: float = 0.0      # N
    touching: float = 0.0  # s
    pushes: int = 0        # that were begun: force from below 1 N to a fifth of the peak
    hard: float = 0.0      # s with a joint above HARD beyond what gravity asks, from first touch
    net: float = 0.0       # N m, most of that
    left: float = 0.0      # N, at the end
    said: str = ''

    def row(self) -> tuple[str, ...]:
        return (self.robot, f'{self.part:g}', self.post, self.way, f'{self.peak:.0f}',
                f'{self.touching:.2f}', str(self.pushes), f'{self.hard:.2f}', f'{self.net:.0f}',
                f'{self.left:.0f}', self.said)


class Ring:
    """A world with a post in it, a filter that knows nothing of the post, and a stubborn policy."""

    def __init__(self, push: Push) -> None:
        self.world: BulletWorld = make_world('reach', push.robot)
        self.spec, self.client = self.world.spec, self.world.client
        self.way = np.array(WAYS[push.way])
        self.part, self.robot = push.part, self.world.robot
        scene = CollisionScene(self.spec, load_task('reach').fixtures,
                               collision_pairs.load(self.spec).touching)
        self.kinematics = Kinematics(self.spec)
        limits = replace(limits_for(self.spec), speed_share=0.95 * push.part, tip_speed=100.0)
        self.filter = SafetyFilter(self.spec, self.kinematics, limits, armed=True, scene=scene)
        self.post = self._stand_post(*POSTS[push.post])
        self.beat = 1.0 / self.spec.control_hz
        self.now = 100.0
        self.robot.connect()

    def _stand_post(self, stiffness: float, damping: float) -> int:
        """Put a box across the way of the tip, beyond the hand's own reach at the start."""
        tip = self.kinematics.pose(np.array(self.spec.home))[:3]
        client: Any = self.client
        edges = np.where(self.way == 0.0, WIDE, THICK).tolist()
        shape = client.createCollisionShape(client.GEOM_BOX, halfExtents=edges)
        post = client.createMultiBody(0.0, shape, -1, (tip + self.way * 0.5).tolist())
        here = self._nearest(post)
        place = tip + self.way * (0.5 - here + APART)
        client.resetBasePositionAndOrientation(post, place.tolist(), [0.0, 0.0, 0.0, 1.0])
        client.changeDynamics(post, -1, contactStiffness=stiffness, contactDamping=damping)
        return int(post)

    def _nearest(self, post: int) -> float:
        points = self.client.getClosestPoints(self.robot.body, post, 2.0)
        return float(min(point[8] for point in points))

    def beat_once(self) -> State:
        """Let the policy ask, the filter answer and the robot obey."""
        state = replace(self.robot.read(), stamp=self.now)
        jacobian = self.kinematics.jacobian(state.position)[:3]
        speeds = np.linalg.pinv(jacobian, rcond=0.05) @ self.way
        speeds *= self.part / np.abs(speeds / self.spec.velocity).max()
        wish = Proposal(Mode.JOINT_VELOCITY, np.zeros(1), speeds[None], observed=self.now)
        self.filter.sources.hear(wish, self.now)
        answer = self.filter.step(state, self.now)
        if answer.target is not None:
            self.robot.send(answer.target)
        self.reasons = answer.reasons
        self.now += self.beat
        return state

    def force(self) -> float:
        """Return N between the arm and the post."""
        return float(sum(point[9] for point in
                         self.client.getContactPoints(self.robot.body, self.post)))

    def gravity(self, position: FloatArray) -> FloatArray:
        """Return what holding still takes, N m."""
        moving = [info for info in (self.client.getJointInfo(self.robot.body, joint)
                                    for joint in range(self.client.getNumJoints(self.robot.body)))
                  if info[3] >= 0]
        states = [self.client.getJointState(self.robot.body, info[0])[0] for info in moving]
        zeros = [0.0] * len(states)
        torques = self.client.calculateInverseDynamics(self.robot.body, states, zeros, zeros)
        names = [info[1].decode() for info in moving]
        return np.array([torques[names.index(name)] for name in self.spec.names])


def push(robot: str, part: float, post: str, way: str, seconds: float = SECONDS) -> Push:
    """Drive an arm into a post, and look at every step of the physics."""
    seen = Push(robot, part, post, way)
    ring = Ring(seen)
    world, free = ring.world, True
    said: list[str] = []
    for beat in range(round(seconds * ring.spec.control_hz)):
        state = ring.beat_once()
        ends = (beat + 1) * ring.beat > seconds - END
        for _ in range(round(ring.beat / world.dt)):
            world.advance(world.dt)
            force = ring.force()
            seen.peak = max(seen.peak, force)
            seen.touching += world.dt * (force > TOUCH)
            seen.left += force * ends * world.dt / END
            seen.pushes += free and force > TOUCH
            free = force <= TOUCH if free else force <= 0.0
        net = float(np.abs(state.effort - ring.gravity(state.position)).max())
        seen.net = max(seen.net, net * (seen.pushes > 0))
        seen.hard += ring.beat * (net > HARD and seen.pushes > 0)
        said += [why for why in ring.reasons if 'contact' in why and why not in said]
    seen.said = next(iter(said), 'nothing').split(',')[0]
    world.close()
    return seen


def run(robots: tuple[str, ...] = ROBOTS, seconds: float = SECONDS) -> list[Push]:
    """Push in every way, at both speeds, against both posts."""
    return [push(robot, part, post, way, seconds)
            for robot, part, post, way in product(robots, PARTS, POSTS, WAYS)]


def run_elsewhere(commit: str) -> list[Push]:
    """Do the same with the filter and the arms of another commit."""
    from visuomotor.benchmarks.safety_turns import elsewhere
    words = ('import json, runpy, sys; '
             'print(json.dumps([vars(one) for one in runpy.run_path(sys.argv[1])["run"]()]))')
    with elsewhere(commit) as environment:
        told = subprocess.run([sys.executable, '-c', words, __file__], env=environment, text=True,
                              stdout=subprocess.PIPE, check=True).stdout
    return [Push(**one) for one in json.loads(told)]


def limits(robot: str) -> str:
    """Say by which limits contact is judged here: a real robot's, under which it latches a stop."""
    law, spec = limits_for(load_robot(robot)), load_robot(robot)
    most = ' '.join(f'{share * effort:.0f}' for share, effort in
                    zip(np.broadcast_to(law.contact_excess, len(spec.joints)), spec.effort,
                        strict=True))
    return (f'{robot}: contact above {most} N m for {law.contact_time:g} s, gives way for '
            f'{law.contact_pause:g} s, a second within {law.contact_memory:g} s is a latched stop')


def table(seen: list[Push]) -> str:
    """Return the table for docs/safety.md."""
    return markdown([one.row() for one in seen], HEADINGS)


def compared(before: list[Push], seen: list[Push]) -> str:
    """Return the table with what another commit did before every figure."""
    rows = []
    for then, now in zip(before, seen, strict=True):
        old, new = then.row(), now.row()
        figures = (f'{a} → {b}' for a, b in zip(old[4:-1], new[4:-1], strict=True))
        rows.append((*new[:4], *figures, now.said))
    return markdown(rows, HEADINGS)
