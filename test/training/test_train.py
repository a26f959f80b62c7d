"""From arrays to a policy that the graph can load. Interrupted, it ends with the same bytes as
without a stop."""
from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
import yaml
from visuomotor.cli import train as command
from visuomotor.episodes.dataset import Dataset
from visuomotor.policies.make import make_policy
from visuomotor.specs import settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.training import bc
from visuomotor.training._lab import run as lab
from visuomotor.training._lab.run import Interrupted, Run

CHOSEN = bc.BcSettings('j2n6s300', 'reach', ('nowhere',), steps=60, batch=16)


@pytest.fixture(autouse=True)
def recordings(monkeypatch):
    """Forty episodes of ten rows in which the action is the way that is left."""
    rng = np.random.default_rng(0)
    poses = {name: np.tile([0.0, 0, 0, 0, 0, 0, 1], (400, 1)).astype(np.float32)
             for name in ('goal', 'tip_pose')}
    for pose in poses.values():
        pose[:, :3] = rng.uniform(-0.5, 0.5, (400, 3))
    actions = np.clip(poses['goal'] - poses['tip_pose'], -1, 1)[:, :3]
    data = Dataset(poses, actions, np.arange(0, 401, 10), tuple(map(Path, 'a' * 40)), {})
    monkeypatch.setattr(bc, 'read', lambda *_: data)


def train(folder, seed=0, fresh=False, chosen=CHOSEN) -> Path:
    return bc.train(Run(folder, chosen, seed, fresh), chosen)


def weights(policy: Path) -> bytes:
    return (policy / 'model.safetensors').read_bytes()


def test_what_comes_out_is_a_policy_of_this_robot_and_task(tmp_path):
    folder = train(tmp_path / 'run')
    loaded = make_policy(str(folder), load_robot('j2n6s300'), load_task('reach'))
    assert loaded.sees == {'goal': (7,), 'tip_pose': (7,)}
    goal = np.array([0.3, 0.3, -0.3, 0, 0, 0, 1])
    action = loaded.policy.act({'goal': goal, 'tip_pose': np.array([-0.3, -0.3, 0.3, 0, 0, 0, 1])})
    assert action.shape == (1, 3)
    assert (np.sign(action) == [[1, 1, -1]]).all()
    said = yaml.safe_load((folder / 'policy.yaml').read_text())
    assert (said['made']['recipe'], said['made']['step'], said['kind']) == ('bc', 60, 'network')
    assert (tmp_path / 'run' / 'plots' / 'cloning.png').read_bytes()[1:4] == b'PNG'
    assert yaml.safe_load((tmp_path / 'run' / 'recipe.yaml').read_text())['steps'] == 60


def stop_at(monkeypatch, step) -> None:
    """Press Ctrl-C in the middle of one step."""
    log = Run.log

    def pressed(self, **numbers):
        log(self, **numbers)
        if self.step == step:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Run, 'log', pressed)


def test_interrupted_and_gone_on_it_ends_with_the_same_bytes(tmp_path, monkeypatch):
    whole = train(tmp_path / 'whole')
    with monkeypatch.context() as patched:
        stop_at(patched, 23)
        with pytest.raises(Interrupted, match='Stopped at step 24 of 60; everything is kept'):
            train(tmp_path / 'stopped')
    assert sorted(path.name for path in (tmp_path / 'stopped' / 'state').iterdir()) == ['000000024']
    assert weights(train(tmp_path / 'stopped')) == weights(whole)
    steps = [[line['step'] for line in Run(tmp_path / run, CHOSEN, 0)._lines()]
             for run in ('whole', 'stopped')]
    assert steps[0] == steps[1] == [0, 50]


def test_a_state_that_is_torn_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(lab, 'EVERY', -1.0)       # keep a state at every step
    whole = train(tmp_path / 'run')
    states = sorted((tmp_path / 'run' / 'state').iterdir())
    assert [path.name for path in states] == ['000000059', '000000060']
    (states[1] / lab.STATE).write_bytes((states[1] / lab.STATE).read_bytes()[:500])
    first = weights(whole)
    run = Run(tmp_path / 'run', CHOSEN, 0)
    assert weights(bc.train(run, CHOSEN)) == first
    assert run.step == 60


def test_other_numbers_are_refused_and_fresh_begins_anew(tmp_path):
    train(tmp_path / 'run')
    more = bc.BcSettings('j2n6s300', 'reach', ('nowhere',), steps=70, batch=16)
    with pytest.raises(BadInput,
                       match=r'begun with other numbers \(steps was 60 and is 70\); give those, another --name'):  # noqa: E501
        train(tmp_path / 'run', chosen=more)
    assert train(tmp_path / 'run', chosen=more, fresh=True).is_dir()
    assert weights(train(tmp_path / 'other', seed=1)) != weights(train(tmp_path / 'zero'))


@pytest.mark.parametrize(('chosen', 'sentence'), [
    ({'observe': ('gaol',)},
     "There is no observation 'gaol' of j2n6s300 at reach; there are joint_position"),
    ({'steps': 0}, 'steps should be 1 or more'),
    ({'results': ('ABORTED',)}, "should be one of SUCCESS, FAILURE, UNKNOWN, but is 'ABORTED'"),
])
def test_numbers_that_do_not_fit(tmp_path, chosen, sentence):
    with pytest.raises(BadInput, match=sentence):
        train(tmp_path, chosen=bc.BcSettings('j2n6s300', 'reach', ('nowhere',), **chosen))
    assert not (tmp_path / 'policy').exists()


def test_recipes_are_found_by_file_name():
    assert command.recipes() == ['bc']


def test_names_with_dots_change_one_number_and_leave_the_others():
    given = settings.assignments(['steps=5', 'page.rate=0.01'], '')
    said = command.nested(given, bc.BcSettings)
    chosen = settings.build(bc.BcSettings, {'robot': 'a', 'task': 'b', 'data': ['c'], **said},
                            'here')
    assert (chosen.steps, chosen.page.rate) == (5, 0.01)
    assert chosen.page.act.parts == {'hidden': [256, 256]}
