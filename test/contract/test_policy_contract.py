"""What every kind of acting keeps, whichever file it is in. One suite over all that are found, and
over what they can be."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load, save
from visuomotor.policies import checkpoint, kinds, make
from visuomotor.policies.act.batched import Batched
from visuomotor.policies.act.network import NetworkSettings
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.policies.load import load_trained
from visuomotor.policies.nets import build
from visuomotor.specs.errors import BadCheckpoint, BadInput
from visuomotor.specs.policy import Gives, Role

SHOWN = {'joint_position': (6,), 'tip_pose': (7,), 'goal': (7,), 'gripper': (1,),
         'image_front': (24, 24, 3)}
NUMBERS = {name: shape for name, shape in SHOWN.items() if len(shape) == 1}
SMALL = {'channels': [4], 'hidden': [8]}

# Trained policies: a name, a kind, its settings, what it sees, what it gives. Kinds that are not
# here come as they are.
TRAINED = {
    'pictures': ('network', {'parts': SMALL}, SHOWN, Gives(4)),
    'history': ('network', {'parts': {'hidden': [8]}, 'history': 3, 'past_actions': 2}, NUMBERS,
                Gives(4)),
    'old pictures': ('network', {'parts': SMALL, 'history': 2}, SHOWN, Gives(4)),
    'chunks of sixteen': ('network', {'parts': {'hidden': [8]}}, NUMBERS, Gives(4, 16)),
    'chunks averaged': ('network', {'parts': {'hidden': [8]}, 'average': True}, NUMBERS,
                        Gives(4, 16, 20.0)),
    'recurrent': ('recurrent', {'parts': {'width': 8}}, NUMBERS, Gives(4, 2)),
    'value search': ('value_search', {'parts': {'code': 8, 'hidden': [8], 'eyes': SMALL}}, SHOWN,
                     Gives(4, 2)),
}
UNTRAINED = sorted({*kinds.names()} - {*kinds.trained()})


class Expert:
    """A scripted expert that counts its moves since reset."""

    finished = False

    def reset(self, rng):
        self.moves = 0

    def act(self, observation):
        self.moves += 1
        return np.full((1, 4), 0.1 * self.moves)


ROLE = Role(Gives(4), SHOWN, gripper=True, rate=20.0, expert=Expert)


def stored(name: str, folder: Path, seed: int = 0) -> Path:
    """Make one trained policy with random weights and write it."""
    kind, numbers, sees, gives = TRAINED[name]
    torch.manual_seed(seed)
    settings = kinds.settings_of(kind, numbers, 'test')
    net = kinds.module(kind).network(settings, sees, gives)
    checkpoint.store(Checkpoint(kind, 'iiwa7', 'grasp', settings, sees, gives, net), folder)
    return folder


def restored(folder: Path, robot: str = 'iiwa7', task: str = 'grasp', role: Role = ROLE):
    return load_trained(folder, 'mine', robot, task, role, threads=1, device='cpu').policy


def made(name: str, folder: Path):
    """Make any policy anew, with the same weights each time."""
    if name in TRAINED:
        return restored(stored(name, folder))
    return kinds.actor(name)(kinds.settings_of(name, {}, 'test'), ROLE)


def observation(number: int) -> dict:
    rng = np.random.default_rng([77, number])
    return {name: rng.integers(0, 256, shape).astype(np.uint8) if len(shape) == 3
            else rng.normal(size=shape)
            for name, shape in SHOWN.items()}


def played(policy, seed: int = 5, count: int = 5) -> list[bytes]:
    policy.reset(np.random.default_rng(seed))
    return [np.asarray(policy.act(observation(number))).tobytes() for number in range(count)]


everyone = pytest.mark.parametrize('name', [*TRAINED, *UNTRAINED])
trained = pytest.mark.parametrize('name', TRAINED)


def test_the_kinds_and_networks_that_are_there():
    assert {'hold', 'hostile', 'network', 'random', 'recurrent', 'scripted',
            'value_search'} <= {*kinds.names()}
    # each trained kind is held here
    assert {kind for kind, *_ in TRAINED.values()} == {*kinds.trained()}
    assert {'recurrent_net', 'value_net', 'visuomotor_net'} <= {*build.names()}
    assert all(make.find(name).kind in UNTRAINED for name in make.names())


@everyone
def test_saved_and_loaded_it_acts_the_same_to_the_byte(name, tmp_path):
    policy = made(name, tmp_path)
    assert played(policy) == played(made(name, tmp_path))
    rows = np.asarray(policy.act(observation(9)))
    assert rows.dtype == np.float64
    assert rows.shape[1] == 4
    if name in TRAINED:
        averaged = TRAINED[name][1].get('average', False)
        assert rows.shape == (1 if averaged else TRAINED[name][3].rows, 4)
        assert np.abs(rows).max() <= 1.0


@everyone
def test_reset_makes_it_forget(name, tmp_path):
    policy = made(name, tmp_path)
    first = played(policy)
    for number in range(20, 27):
        policy.act(observation(number))
    assert played(policy) == first


@pytest.mark.parametrize('name', ['history', 'old pictures', 'chunks averaged', 'recurrent'])
def test_it_remembers(name, tmp_path):
    """What was seen before changes what is done now: these policies have a past."""
    policy = made(name, tmp_path)
    policy.reset(np.random.default_rng(0))
    alone = policy.act(observation(3)).tobytes()
    policy.reset(np.random.default_rng(0))
    policy.act(observation(2))
    assert policy.act(observation(3)).tobytes() != alone


@everyone
def test_many_at_once_act_as_each_alone(name, tmp_path):
    policy = made(name, tmp_path)
    if not isinstance(policy, Batched):
        assert name in ('hostile', 'scripted')      # of these there is one at a time
        return
    policy.begin([np.random.default_rng(seed) for seed in (4, 5, 6)])
    together = [policy.act_batch({key: np.stack([observation(10 * e + step)[key] for e in range(3)])
                                  for key in SHOWN})
                for step in range(4)]
    for episode, seed in enumerate((4, 5, 6)):
        policy.reset(np.random.default_rng(seed))
        for step in range(4):
            alone = policy.act(observation(10 * episode + step))
            assert alone == pytest.approx(together[step][episode], abs=1e-5)


def refused(folder: Path, **changes) -> str:
    with pytest.raises(BadCheckpoint) as refusal:
        restored(folder, **changes)
    assert '\n' not in str(refusal.value)
    return str(refusal.value)


@trained
def test_two_robots_are_never_mixed_up(name, tmp_path):
    stored(name, tmp_path)
    assert ("was trained for robot 'iiwa7', not for 'iiwa14'; choose "
            "another folder" in refused(tmp_path, robot='iiwa14'))
    assert "was trained for task 'grasp', not for 'reach'" in refused(tmp_path, task='reach')


@trained
def test_a_weight_that_is_no_number_is_refused(name, tmp_path):
    stored(name, tmp_path)
    weights = load((tmp_path / 'model.safetensors').read_bytes())
    first = sorted(weights)[0]
    weights[first].view(-1)[0] = float('nan')
    (tmp_path / 'model.safetensors').write_bytes(save(weights))
    sign(tmp_path)
    assert f"weight '{first}' should hold finite numbers" in refused(tmp_path)


def sign(folder: Path, **changes) -> None:
    """Change the description and sign it again, as a careless tool would."""
    content = {**yaml.safe_load((folder / 'policy.yaml').read_text()), **changes}
    content.pop('hash', None)
    content['hash'] = checkpoint.signature(content, (folder / 'model.safetensors').read_bytes())
    (folder / 'policy.yaml').write_text(yaml.safe_dump(content))


@trained
def test_the_hash_is_of_the_description_too(name, tmp_path):
    stored(name, tmp_path)
    content = yaml.safe_load((tmp_path / 'policy.yaml').read_text())
    for change in ({'robot': 'iiwa14'}, {'gives': {**content['gives'], 'decides': 3.0}},
                   {'scores': {'success': 1.0}}):
        (tmp_path / 'policy.yaml').write_text(yaml.safe_dump({**content, **change}))
        assert ('is damaged: policy.yaml and model.safetensors do not '
                'belong together' in refused(tmp_path))


@trained
def test_what_it_sees_is_checked_before_anything_moves(name, tmp_path):
    stored(name, tmp_path)
    blind = Role(ROLE.gives, {key: shape for key, shape in SHOWN.items() if key != 'goal'},
                 gripper=True)
    assert "needs the observation 'goal' of shape (7,), but there are only" in refused(tmp_path,
                                                                                       role=blind)
    other = Role(ROLE.gives, {**SHOWN, 'joint_position': (7,)}, gripper=True)
    assert "'joint_position' of shape (6,), but here it is (7,)" in refused(tmp_path, role=other)
    wide = Role(Gives(5), SHOWN, gripper=True)
    assert "gives 4 numbers for one action, but task 'grasp' takes 5" in refused(tmp_path,
                                                                                 role=wide)


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'kind': 'hold'}, "There is no kind of trained policy 'hold'"),
    ({'kind': '../../evil'}, 'There is no kind of trained policy'),
    ({'gives': {'size': 4, 'rows': 10**9}},
     'rows should be 1 or more and at most 1000, but is 1e+09'),
    ({'gives': {'size': 4, 'rows': -1}}, 'rows should be 1 or more'),
    ({'gives': {'size': 4, 'rows': 7}}, 'does not fit the network that policy.yaml describes'),
    ({'settings': {'history': 0}}, 'history should be 1 or more and at most 100, but is 0'),
    ({'settings': {'net': 'os'}}, "There is no network 'os'"),
    ({'settings': {'parts': {'hidden': [10**12]}}}, 'hidden should be 1 or more and at most 65536'),
    ({'settings': {'parts': {'hidden': [65536, 65536, 65536]}}}, 'does not fit the network'),
    ({'settings': {'parts': {'channels': [-4]}}}, 'channels should be 1 or more'),
    ({'settings': {'parts': {'first_kernel': 60}}},
     "convolutions do not fit 'image_front' of shape (24, 24, 3)"),
    ({'settings': {'parts': {'hiden': [4]}}}, "unknown key 'hiden'; did you mean hidden"),
    ({'settings': {'fade': float('nan')}}, 'fade should be a finite number'),
    ({'colour': 'red'}, "unknown key 'colour'"),
    ({'sees': {}}, 'a network should see at least one observation'),
    ({'sees': 'all'}, 'sees should hold names and values'),
    ({'format': 99}, 'should be a policy of format 2 or 1, but is of format 99'),
])
def test_a_description_that_does_not_fit_is_one_sentence(tmp_path, changes, sentence):
    stored('pictures', tmp_path)
    sign(tmp_path, **changes)
    assert sentence in refused(tmp_path)


def test_a_device_that_is_not_there(tmp_path):
    stored('pictures', tmp_path)
    with pytest.raises(BadInput, match="no device 'abacus' here that torch can use"):
        load_trained(tmp_path, 'mine', 'iiwa7', 'grasp', ROLE, 1, 'abacus')


def test_the_threads_of_torch_are_set(tmp_path):
    before = torch.get_num_threads()
    try:
        load_trained(stored('pictures', tmp_path), 'mine', 'iiwa7', 'grasp', ROLE, 2, 'cpu')
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_averaged_chunks_weigh_the_oldest_word_most():
    """Three chunks of three rows say 0, 1 and 2 of the third row: weights 1, e^-f and e^-2f."""
    class Counts(torch.nn.Module):
        said = -1.0

        def __init__(self):
            super().__init__()
            self.unused = torch.nn.Parameter(torch.zeros(1))

        def forward(self, seen):
            self.said += 1.0
            return torch.full((1, 3, 1), self.said)

    settings = NetworkSettings(average=True, fade=float(np.log(2)))
    policy = kinds.actor('network')(settings, Role(Gives(1, 3), {'a': (1,)}), Counts())
    said = [float(policy.act({'a': np.zeros(1)})[0, 0]) for _ in range(4)]
    assert said == pytest.approx([0.0, 1 / 3, (0.5 + 0.5) / 1.75, (1.0 + 1.0 + 0.75) / 1.75])
