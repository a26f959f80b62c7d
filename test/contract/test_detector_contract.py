"""What every detector keeps to, whichever are found in rewards/. And a learned one that is added as
a file and a folder."""
from __future__ import annotations

import math

import numpy as np
import pytest
from safetensors.numpy import save_file
from visuomotor import rewards
from visuomotor.rewards.detector import Signals, detector_names, make_detector
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import DetectorSpec, load_task, task_names
from visuomotor.specs.values import Imu, State

ROBOTS = ('iiwa7', 'minitaur')
BODIES = ('goal', 'base', 'object_0', 'object_1')


def make(name):
    """The detector for the first robot and with the numbers of the first task that it fits."""
    for robot in map(load_robot, ROBOTS):
        for task in map(load_task, task_names()):
            try:
                return make_detector(DetectorSpec(name), robot, task.world), robot
            except BadInput:
                continue
    raise AssertionError(f'no robot and task have a use for {name}')


def signals(robot, now, rng):
    """Something at every place, and now and then nonsense, as broken trackers send it."""
    def array(size):
        values = rng.normal(scale=0.4, size=size)
        return np.full(size, rng.choice([np.nan, np.inf])) if rng.random() < 0.05 else values

    def pose():
        turn = rng.normal(size=4)
        return np.array([*array(3), *(turn / np.linalg.norm(turn))])
    joints = len(robot.joints)
    imu = Imu(pose()[3:], array(3)) if robot.legs and rng.random() < 0.9 else None
    state = State(now, array(joints), array(joints), array(joints), float(rng.random()), imu=imu)
    picture, first = ({'front': rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)} for _ in range(2))
    return Signals(state, pose() if robot.tip_link else None, rng.choice([None, 0.0, 1.0]),
                   {name: pose() for name in BODIES if rng.random() < 0.9},
                   {'work': now} if rng.random() < 0.5 else {}, picture, first)


def run(detector, robot, seed):
    detector.begin(100.0)
    rng = np.random.default_rng(seed)
    return [detector.judge(signals(robot, 100.0 + 0.05 * n, rng)) for n in range(200)]


@pytest.fixture(params=detector_names())
def found(request):
    return make(request.param)


def test_there_are_detectors():
    assert {'tip_distance', 'gripper_encoder', 'object_height',
            'forward_progress'} <= set(detector_names())


def test_values_are_numbers_and_probabilities_are_probabilities(found):
    for judgement in run(*found, seed=1):
        assert math.isfinite(judgement.value)
        assert judgement.success_probability is None or 0 <= judgement.success_probability <= 1
        assert (judgement.published_probability is None or 0 <= judgement.published_probability
                <= 0.99)
        assert judgement.evidence
        assert '\n' not in judgement.evidence


def test_an_episode_leaves_nothing_behind(found):
    first = run(*found, seed=1)
    other = run(*found, seed=2)
    again = run(*found, seed=1)
    assert first == again != other


def test_before_the_episode_nothing_is_earned(found):
    detector, robot = found
    detector.begin(100.0)
    early = detector.judge(signals(robot, 99.0, np.random.default_rng(3)))
    assert early.value == 0.0


def test_one_that_sees_nothing_claims_no_success(found):
    detector, robot = found
    detector.begin(0.0)
    zeros = np.zeros(len(robot.joints))
    for now in (0.0, 1.0, 2.0):
        judgement = detector.judge(Signals(State(now, zeros, zeros, zeros)))
        assert judgement.value == 0.0
        assert judgement.success_probability is None or judgement.success_probability < 0.5
        assert judgement.evidence


# A learned one, for pictures: one file in rewards/, one folder with weights.
PAGE = '''"""Tells a change of brightness since the episode began, by one weight."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from visuomotor.rewards.detector import Detector, Judgement
from visuomotor.specs.errors import BadCheckpoint
from visuomotor.specs.settings import Settings, required, setting


@dataclass(frozen=True)
class BrighterRoomSettings(Settings):
    folder: str = required('folder with model.safetensors')
    camera: str = setting('front', 'camera that it looks through')


class BrighterRoom(Detector):
    def __init__(self, spec, settings, subject=''):
        file = Path(settings.folder) / 'model.safetensors'
        if not file.is_file():
            raise BadCheckpoint(f'There is no {file}; give a folder that has it.')
        self._weight, self._camera = float(load_file(file)['weight'][0]), settings.camera

    def begin(self, started):
        self._before = 0.0

    def judge(self, signals):
        if self._camera not in signals.pictures:
            return Judgement(0.0, None, f'no picture of {self._camera} has come')
        change = signals.pictures[self._camera].mean() - signals.first[self._camera].mean()
        likely = float(1 / (1 + np.exp(-self._weight * change)))
        value, self._before = likely - self._before, likely
        return Judgement(value, likely, f'brighter by {change:.1f}')
'''


@pytest.fixture
def added(tmp_path, monkeypatch):
    """A folder for weights, and the page as if it lay in rewards/."""
    (tmp_path / 'brighter_room.py').write_text(PAGE)
    monkeypatch.setattr(rewards, '__path__', [*rewards.__path__, str(tmp_path)])
    save_file({'weight': np.array([0.5])}, tmp_path / 'model.safetensors')
    return tmp_path


def test_a_learned_picture_detector_is_found_by_its_file_and_loads_its_folder(added):
    assert 'brighter_room' in detector_names()
    chosen = DetectorSpec('brighter_room', {'folder': str(added)}, cameras=('front',))
    detector, zeros = make_detector(chosen, load_robot('iiwa7')), np.zeros(7)
    detector.begin(0.0)
    dark, light = (np.full((8, 8, 3), level, np.uint8) for level in (20, 40))
    judged = [detector.judge(Signals(State(now, zeros, zeros, zeros), pictures={'front': picture},
                                     first={'front': dark})) for now,
              picture in ((0.0, dark), (0.1, light))]
    assert [judgement.success_probability for judgement in judged] == pytest.approx([0.5, 0.99995],
                                                                                    abs=1e-5)
    assert judged[1].evidence == 'brighter by 20.0'
    assert detector.judge(Signals(State(0.2, zeros, zeros, zeros))).published_probability is None


@pytest.mark.parametrize(('parameters', 'why'), [
    ({}, 'detector brighter_room: missing folder'),
    ({'folder': '/nowhere'}, 'There is no /nowhere/model.safetensors'),
    ({'folder': 3}, 'folder should be text')])
def test_a_learned_detector_without_its_weights_is_refused(added, parameters, why):
    with pytest.raises(BadInput, match=why):
        make_detector(DetectorSpec('brighter_room', parameters), load_robot('iiwa7'))


# The task's own numbers.
@pytest.mark.parametrize('task', task_names())
def test_the_detector_of_a_task_shares_its_numbers_with_the_world(task):
    spec = load_task(task)
    make_detector(spec.detector, load_robot(spec.robots[0]), spec.world)


def test_what_the_task_says_holds_and_what_its_detector_says_goes_before():
    zeros = np.zeros(7)
    there = Signals(State(1.0, zeros, zeros, zeros), np.array([0.5, 0, 0.4, 0, 0, 0, 1]),
                    poses={'goal': np.array([0.5, 0.03, 0.4, 0, 0, 0, 1])})
    for world, own, success in (({'within': 0.02, 'hold': 0.1}, {}, False),
                                ({'within': 0.04, 'hold': 0.1}, {}, True),
                                ({'within': 0.04, 'hold': 0.1}, {'within': 0.02}, False)):
        detector = make_detector(DetectorSpec('tip_distance', own), load_robot('iiwa7'),
                                          world)
        detector.begin(0.0)
        later = Signals(State(2.0, zeros, zeros, zeros), there.tip, poses=there.poses)
        assert [detector.judge(one).success_probability
                for one in (there, later)][1] == (0.95 if success else 0.05)
    with pytest.raises(BadInput, match='detector tip_distance: missing within'):
        make_detector(DetectorSpec('tip_distance'), load_robot('iiwa7'), {'hold': 0.1})
