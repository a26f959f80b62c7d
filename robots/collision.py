"""How far a robot's links are from each other and from what stands around it: pinocchio and coal on
the robot's URDF. Pairs that touch whatever the arm does are left out (collision_pairs.py finds
them). `reach` bounds how much each joint can change each distance, so that most postures need no
query at all. One object belongs to one thread (it reuses its memory)."""
from __future__ import annotations

from collections.abc import Sequence

import coal
import numpy as np
import pinocchio as pin
from visuomotor.robots.model import arm_text
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.task import Fixture
from visuomotor.specs.values import FloatArray

SELF_MARGIN = 0.01  # m that links keep from each other
STRAIGHT = 1.05     # a short way of the joints is at most this times the straight way of a shape


class CollisionScene:
    """The clearances of one arm among fixtures: the distances left beyond the margins kept."""

    def __init__(self, spec: RobotSpec, fixtures: Sequence[Fixture] = (),
                 apart: Sequence[tuple[str, str]] = ()) -> None:
        self.spec = spec
        self.model, self.geometry = shapes(spec)
        self._links = self.geometry.ngeoms
        self._hand = self.model.njoints - 1
        # body of the world -> shapes, and where on it they are
        self.moving: dict[str, list[tuple[int, pin.SE3]]] = {}
        for fixture in fixtures:
            number = self.geometry.addGeometryObject(_box(fixture))
            if fixture.body:
                placement = self.geometry.geometryObjects[number].placement
                self.moving.setdefault(fixture.body, []).append((number, placement.copy()))
        self.pairs = self._wanted(fixtures, {frozenset(names) for names in apart})
        for first, second, _ in self.pairs:
            self.geometry.addCollisionPair(pin.CollisionPair(first, second))
        self.margins = np.array([margin for _, _, margin in self.pairs])
        self._outer = [self._outwards(first, second) for first, second, _ in self.pairs]
        reaches = [self._reach(outer, inner) for outer, inner in self._outer]
        self.reach = np.array(reaches).reshape(-1, self.model.nv)
        solids = [self.geometry.geometryObjects[outer].geometry for outer, _ in self._outer]
        for solid in solids:
            solid.computeLocalAABB()
        self._middle = [pin.SE3(np.eye(3), np.array(solid.aabb_center)) for solid in solids]
        self._radius = [float(solid.aabb_radius) for solid in solids]
        self._data, self._placed = self.model.createData(), self.geometry.createData()
        # without guesses from before, so that an answer is one of its posture
        for pair in range(len(self.pairs)):
            self._placed.distanceRequests[pair] = coal.DistanceRequest()
        # filled anew by every look; to ask for each of them again takes as long as the distances
        self._results = list(self._placed.distanceResults)
        self._joints = [int(shape.parentJoint) for shape in self.geometry.geometryObjects]

    def place(self, body: str, pose: FloatArray) -> bool:
        """Put the fixtures of a body where it is: pose in the base frame. Say whether it moved."""
        moved, here = False, pin.XYZQUATToSE3(pose)
        for number, on_body in self.moving.get(body, ()):
            there = here * on_body
            moved |= there != self.geometry.geometryObjects[number].placement
            self.geometry.geometryObjects[number].placement = there
        return moved

    def clearances(self, q: FloatArray) -> FloatArray:
        """Return the clearance of every pair."""
        pin.computeDistances(self.model, self._data, self.geometry, self._placed, q)
        distances = np.array([result.min_distance for result in self._results])
        beyond: FloatArray = distances - self.margins
        return beyond

    def smallest(self, q: FloatArray) -> tuple[float, int]:
        """Return the smallest distance, margin included, and its pair."""
        pair = int(pin.computeDistances(self.model, self._data, self.geometry, self._placed, q))
        return float(self._placed.distanceResults[pair].min_distance), pair

    def some(self, q: FloatArray, pairs: Sequence[int]) -> list[float]:
        """Return the clearances of some pairs."""
        pin.updateGeometryPlacements(self.model, self._data, self.geometry, self._placed, q)
        return [pin.computeDistance(self.geometry, self._placed, pair).min_distance
                - self.pairs[pair][2] for pair in pairs]

    def travel(self, start: FloatArray, end: FloatArray, pairs: Sequence[int]) -> list[float]:
        """Bound how far the shapes of each pair move to each other on a short straight way, m."""
        relative = []
        for q in (start, end):
            pin.updateGeometryPlacements(self.model, self._data, self.geometry, self._placed, q)
            relative.append([self._seen(pair) for pair in pairs])
        return [STRAIGHT * (float(np.linalg.norm(then.translation - now.translation))
                            + float(np.linalg.norm(pin.log3(then.rotation.T @ now.rotation)))
                            * self._radius[pair])
                for pair, then, now in zip(pairs, *relative, strict=True)]

    def _seen(self, pair: int) -> pin.SE3:
        """The middle of the outer shape of a pair, seen from the inner one."""
        outer, inner = self._outer[pair]
        return (self._placed.oMg[inner].inverse() * self._placed.oMg[outer]) * self._middle[pair]

    def slope(self, q: FloatArray, pair: int) -> FloatArray:
        """Return how fast a clearance grows with each joint, m/rad."""
        pin.computeJointJacobians(self.model, self._data, q)
        pin.updateGeometryPlacements(self.model, self._data, self.geometry, self._placed)
        result = pin.computeDistance(self.geometry, self._placed, pair)
        first, second, _ = self.pairs[pair]
        return (self._along(result.normal, result.getNearestPoint2(), second)
                - self._along(result.normal, result.getNearestPoint1(), first))

    def names(self, pair: int) -> tuple[str, str]:
        """Name the two parts of a pair."""
        first, second, _ = self.pairs[pair]
        return self._name(first), self._name(second)

    def check_home(self) -> None:
        """Refuse a standing fixture that the arm is in, or too near to, where it waits."""
        moving = {number for shapes in self.moving.values() for number, _ in shapes}
        for pair, clearance in enumerate(self.clearances(np.array(self.spec.home))):
            number = self.pairs[pair][1]
            if clearance < 0.0 and number >= self._links and number not in moving:
                link, other = self.names(pair)
                raise BadInput(f"Fixture '{other}' is {-clearance:.3f} m too near to {link} of "
                               f"{self.spec.name} at home; move the fixture, or home.")

    def neighbours(self, first: str, second: str) -> bool:
        """Say whether one joint connects two links."""
        joints = {self._name(number): self._joint(number) for number in range(self._links)}
        return abs(joints[first] - joints[second]) == 1

    def _name(self, number: int) -> str:
        """Name a fixture, or the link of a shape: pinocchio numbers the shapes of each link."""
        name = str(self.geometry.geometryObjects[number].name)
        return name.rpartition('_')[0] if number < self._links else name

    def _along(self, normal: FloatArray, point: FloatArray, shape: int) -> FloatArray:
        """How fast a point of a shape moves along a direction, for each joint's speed."""
        joint = self._joints[shape]
        jacobian = pin.getJointJacobian(self.model, self._data, joint, pin.LOCAL_WORLD_ALIGNED)
        (x, y, z), (a, b, c) = (point - self._data.oMi[joint].translation).tolist(), normal.tolist()
        turn = [y * c - z * b, z * a - x * c, x * b - y * a]
        moved: FloatArray = np.array([a, b, c, *turn]) @ jacobian
        return moved

    def _wanted(self, fixtures: Sequence[Fixture],
                apart: set[frozenset[str]]) -> list[tuple[int, int, float]]:
        """List the pairs that can change their distance and may not touch, with their margins."""
        pairs = [(i, j, SELF_MARGIN) for i in range(self._links) for j in range(i + 1, self._links)
                 if self._joint(i) != self._joint(j)
                 and frozenset((self._name(i), self._name(j))) not in apart]
        for number, fixture in enumerate(fixtures, self._links):
            for link in range(self._links):
                if self._joint(link) and frozenset((self._name(link), fixture.name)) not in apart:
                    hand = self._joint(link) == self._hand
                    pairs.append((link, number, fixture.hand_margin if hand else fixture.margin))
        return pairs

    def _joint(self, shape: int) -> int:
        return int(self.geometry.geometryObjects[shape].parentJoint)

    def _outwards(self, first: int, second: int) -> tuple[int, int]:
        """Which shape of a pair is further out on the arm, and which is not."""
        return (first, second) if self._joint(first) > self._joint(second) else (second, first)

    def _reach(self, outer: int, inner: int) -> FloatArray:
        """Bound how far each joint moves the shapes of a pair against each other, m/rad."""
        low, high = self._joint(inner), self._joint(outer)
        lever, levers = _size(self.geometry.geometryObjects[outer]), np.zeros(self.model.nv)
        for joint in range(high, low, -1):
            levers[joint - 1] = lever
            lever += float(np.linalg.norm(self.model.jointPlacements[joint].translation))
        return levers


def shapes(spec: RobotSpec) -> tuple[pin.Model, pin.GeometryModel]:
    """Return the arm with its gripper open, and its collision shapes."""
    text = arm_text(spec)
    full = pin.buildModelFromXML(text)
    solids = pin.buildGeomFromUrdfString(full, text, pin.GeometryType.COLLISION)
    locked = [number for number, name in enumerate(full.names) if number and name not in spec.names]
    posture = pin.neutral(full)
    if spec.gripper:
        for name, opened in zip(spec.gripper.joints, spec.gripper.open, strict=True):
            posture[full.joints[full.getJointId(name)].idx_q] = opened
    model, geometry = pin.buildReducedModel(full, solids, locked, posture)
    return model, geometry


def _box(fixture: Fixture) -> pin.GeometryObject:
    placement = pin.SE3(pin.rpy.rpyToMatrix(*fixture.rpy), np.array(fixture.position))
    return pin.GeometryObject(fixture.name, 0, 0, placement, coal.Box(*fixture.size))


def _size(shape: pin.GeometryObject) -> float:
    """Return how far the furthest point of a shape is from its joint."""
    shape.geometry.computeLocalAABB()
    centre = shape.placement.act(np.array(shape.geometry.aabb_center))
    return float(np.linalg.norm(centre) + shape.geometry.aabb_radius)
