"""No way out leads into anything, whoever looks. Judged by PyBullet along the whole run, not by the
code under test."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.evaluation.judges import CollisionJudge
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.clearance import Clearance, stations
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import Limits
from visuomotor.safety.profile import Motion, Planned, ProfilePlanner, Ramp
from visuomotor.specs.codes import Mode, Verdict
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import Fixture
from visuomotor.specs.values import Proposal, State

IIWA = load_robot('iiwa7')
STILL = np.zeros(7)
# left of the hand at home, out of its box nowhere
POST = Fixture('post', (0.06, 0.06, 1.2), (0.55, 0.25, 0.6))


def scene(*fixtures) -> CollisionScene:
    return CollisionScene(IIWA, fixtures, collision_pairs.load(IIWA).touching)


class Bench:
    """A filter beside a post, on a robot that is where it was told to be."""

    def __init__(self, *fixtures, start=IIWA.home):
        self.scene = scene(*fixtures)
        self.filter = SafetyFilter(IIWA, Kinematics(IIWA), Limits(), armed=True, scene=self.scene)
        self.judge = CollisionJudge(IIWA, fixtures, scene(*fixtures))
        self.place = np.array(start)
        self.speed = STILL
        self.now = 50.0
        self.answers = []
        self.beat()

    def beat(self):
        self.now += 0.01
        answer = self.filter.step(State(self.now, self.place, self.speed, STILL), self.now)
        self.place, self.speed = answer.target.position, answer.target.velocity
        self.answers.append(answer)
        return answer

    def run(self, beats, mode, row):
        touched = []
        for _ in range(beats):
            self.filter.sources.hear(Proposal(mode, np.zeros(1), np.atleast_2d(row),
                                              observed=self.now), self.now)
            self.beat()
            touched += self.judge.touching(self.place)
        return touched

    def clearance(self):
        return float(self.scene.clearances(self.place).min())

    def reasons(self):
        return ' | '.join(reason for answer in self.answers for reason in answer.reasons)


@pytest.mark.parametrize(('mode', 'row'), [
    (Mode.CARTESIAN_TWIST, [0.0, 0.4, 0.0, 0.0, 0.0, 0.0]),
    (Mode.JOINT_VELOCITY, [1.7, 0, 0, 0, 0, 0, 0]),
    (Mode.JOINT_POSITION, [1.2, 0.42175, 0.0, -1.41194, 0.0, 1.3079, 0.0]),
    (Mode.CARTESIAN_POSE, [0.55, 0.4, 0.35, 0.0, 1.0, 0.0, 0.0])])
def test_nothing_drives_the_arm_into_a_post(mode, row):
    bench = Bench(POST)
    assert bench.run(250, mode, row) == []
    assert bench.clearance() > -1e-4
    assert 'post' in bench.reasons()
    assert {answer.verdict for answer in bench.answers} & {Verdict.SLOW, Verdict.CLIP}


def test_without_the_post_the_same_wish_goes_through_where_it_stood():
    bench = Bench()
    judge = CollisionJudge(IIWA, (POST,), scene(POST))
    touched = 0
    for _ in range(25):
        bench.run(10, Mode.JOINT_VELOCITY, [1.7, 0, 0, 0, 0, 0, 0])
        touched += bool(judge.touching(bench.place))
    assert touched


def test_it_slows_down_before_it_stops():
    bench = Bench(POST)
    bench.run(200, Mode.CARTESIAN_TWIST, [0.0, 0.25, 0.0, 0.0, 0.0, 0.0])
    heights = np.array([Kinematics(IIWA).pose(answer.target.position)[1]
                        for answer in bench.answers])
    speeds = np.diff(heights) / 0.01   # of the hand, towards the post
    slow = next(number for number, answer in enumerate(bench.answers)
                if 'slowed before' in ' '.join(answer.reasons))
    assert bench.answers[slow].verdict is Verdict.SLOW
    assert speeds[slow - 1] > 0.2
    assert speeds[-1] < 0.1
    assert np.diff(speeds).min() > -1.5 * 0.01 * 3   # it brakes gently: no stop at the last moment


def test_an_arm_that_is_too_near_may_go_away_but_not_nearer():
    bench = Bench(POST)
    bench.run(250, Mode.JOINT_VELOCITY, [0.6, 0, 0, 0, 0, 0, 0])
    wider = Fixture('post', (0.06, 0.06, 1.2), (0.55, 0.25, 0.6), margin=0.05, hand_margin=0.05)
    near = Bench(wider, start=bench.place)
    before = near.clearance()
    assert before < 0.0
    near.run(100, Mode.JOINT_VELOCITY, [0.6, 0, 0, 0, 0, 0, 0])
    assert near.clearance() > before - 1e-4
    near.run(200, Mode.JOINT_VELOCITY, [-0.6, 0, 0, 0, 0, 0, 0])
    assert near.clearance() > 0.01


def test_every_way_out_that_is_let_through_is_free():
    here = scene(POST)
    clearance = Clearance(scene(POST))
    judge = CollisionJudge(IIWA, (POST,), scene(POST))
    runs, rng = ProfilePlanner(IIWA.velocity, IIWA.acceleration,
                               IIWA.jerk), np.random.default_rng(5)
    free = hit = 0
    for _ in range(150):
        place = np.array(IIWA.home) + np.array([0.25, 0, 0, 0, 0, 0, 0]) + rng.normal(0, 0.08, 7)
        if here.clearances(place).min() < 0.0:
            continue
        run = runs.to(Motion(place, rng.uniform(-1, 1, 7) * IIWA.velocity, STILL), STILL)
        if clearance.hits(run, place):
            hit += 1
            continue
        free += 1
        moments = np.linspace(0.0, run.duration, 60)
        assert not any(judge.touching(posture) for posture in run.places(moments.tolist()))
        assert min(here.clearances(posture).min()
                   for posture in run.places(moments.tolist())) > -0.005 - 1e-6
    assert free > 20
    assert hit > 20


def test_stations_count_the_way_there_and_back():
    start = Motion(STILL, np.array([0.1, 0, 0, 0, 0, 0, 0]), np.array([-5.0, 0, 0, 0, 0, 0, 0]))
    run = ProfilePlanner(IIWA.velocity, IIWA.acceleration, IIWA.jerk).to(start, STILL)
    _, gone = stations(run, STILL)
    moments = np.linspace(0.0, run.duration, 20001).tolist()
    travelled = np.abs(np.diff(run.places(moments)[:, 0])).sum()
    assert [joint for joint, _, _ in run.turns] == [0]
    assert travelled <= gone[-1, 0] <= 3 * travelled


def test_runs_planned_and_in_closed_form_are_the_same():
    rng = np.random.default_rng(6)
    runs = ProfilePlanner(IIWA.velocity, IIWA.acceleration, IIWA.jerk)
    for _ in range(200):
        start = Motion(rng.uniform(-1, 1, 7), rng.uniform(-1, 1, 7) * IIWA.velocity,
                       rng.uniform(-1, 1, 7) * IIWA.acceleration)
        wanted = rng.choice([0.0, 0.5, -0.5], 7)
        planned, closed = runs.to(start, wanted), Ramp(start, wanted, IIWA.acceleration, IIWA.jerk)
        assert isinstance(planned, Planned)
        for part in (0.1, 0.5, 0.9, 1.0):
            moment = part * closed.duration
            assert planned.at(moment).position == pytest.approx(closed.at(moment).position,
                                                                abs=1e-12)
            assert planned.at(moment).velocity == pytest.approx(closed.at(moment).velocity,
                                                                abs=1e-12)
        if not wanted.any():
            assert planned.extent[0] == pytest.approx(closed.extent[0], abs=1e-12)
            assert planned.extent[1] == pytest.approx(closed.extent[1], abs=1e-12)


class TwoLooks:
    """A scene of one pair whose clearance and travel are given: margin 10 mm."""

    spec = IIWA
    margins = np.array([0.01])
    reach = np.ones((1, 7))

    def __init__(self, clearance, travel):
        self.clearance, self.moved = clearance, travel

    def clearances(self, posture):
        return np.array([self.clearance])

    def some(self, posture, pairs):
        return [self.clearance for _ in pairs]

    def travel(self, start, end, pairs):
        return [self.moved for _ in pairs]


@pytest.mark.parametrize(('travel', 'hits'), [(0.017, ()), (0.019, (0,)), (0.05, (0,))])
def test_between_two_looks_half_the_margin_may_be_lost_and_no_more(travel, hits):
    clearance = Clearance(TwoLooks(0.004, travel))
    assert clearance._between(np.zeros((3, 7)), (0, 1, 2), np.array([0])) == hits


DRAWER = Fixture('drawer front', (0.06, 0.06, 1.2), (0.0, 0.0, 0.6), body='drawer')
AWAY, BESIDE = np.array([3.0, 3.0, 0, 0, 0, 0, 1.0]), np.array([0.55, 0.25, 0, 0, 0, 0, 1.0])


def follow(pose, beats, told):
    """Go left for so many beats while the drawer is told of in the first `told` of them."""
    bench = Bench(DRAWER)
    for beat in range(beats):
        if beat < told:
            bench.filter.place('drawer', pose, bench.now)
        bench.run(1, Mode.CARTESIAN_TWIST, [0.0, 0.2, 0.0, 0.0, 0.0, 0.0])
    return bench


def test_a_fixture_that_moves_stands_in_the_way_where_it_is_now():
    reached = [Kinematics(IIWA).pose(follow(pose, 200, 200).place)[1] for pose in (AWAY, BESIDE)]
    assert reached[0] > 0.3
    assert 0.05 < reached[1] < 0.2


def test_one_that_comes_nearer_stops_the_arm_before_it():
    bench, beside = follow(AWAY, 20, 20), BESIDE.copy()
    for beat in range(150):
        beside[1] = max(0.25, 0.6 - 0.01 * beat)
        bench.filter.place('drawer', beside, bench.now)
        bench.run(1, Mode.CARTESIAN_TWIST, [0.0, 0.2, 0.0, 0.0, 0.0, 0.0])
        assert bench.scene.smallest(bench.place)[0] > 0.0


def test_a_moving_fixture_that_nobody_tells_of_stops_the_arm():
    assert follow(AWAY, 30, 15).answers[-1].verdict is Verdict.PASS
    silent = follow(AWAY, 60, 15).answers[-1]
    assert silent.verdict is Verdict.STOP
    assert silent.reasons == ('no pose of drawer for 0.2 s: where it is nobody knows',)
