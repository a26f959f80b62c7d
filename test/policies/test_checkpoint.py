"""Checkpoints on disk: plain YAML, one hash for all of it, and the format before this one. The
rest: the contract."""
from __future__ import annotations

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import save_file
from visuomotor.policies import checkpoint, make
from visuomotor.policies.act.network import Network, NetworkSettings, network
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.specs import settings
from visuomotor.specs.errors import BadCheckpoint, BadInput
from visuomotor.specs.policy import Gives, Role
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task

SHAPES = {'joint_position': (7,), 'image_shoulder': (32, 32, 3)}
SMALL = NetworkSettings(parts={'channels': [4, 4], 'first_kernel': 5, 'hidden': [8]})
GIVES = Gives(5, 2)


def made(seed: int = 0) -> Checkpoint:
    torch.manual_seed(seed)
    net = network(SMALL, SHAPES, GIVES)
    net.normaliser.fit(torch.arange(21.0).reshape(3, 7))
    return Checkpoint('network', 'iiwa7', 'grasp', SMALL, SHAPES, GIVES, net,
                      {'recipe': 'bc', 'seed': 3})


def restored(folder) -> Checkpoint:
    return checkpoint.restore(folder, 'iiwa7', 'grasp', {**SHAPES, 'time': (1,)}, 5)


def seen() -> dict:
    rng = np.random.default_rng(3)
    return {'joint_position': rng.normal(size=7), 'time': np.zeros(1),
            'image_shoulder': rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)}


def test_everything_comes_back(tmp_path):
    digest = checkpoint.store(made(), tmp_path)
    back = restored(tmp_path)
    assert (back.hash, len(digest)) == (digest, 64)
    assert (back.kind, back.settings, back.sees, back.gives) == ('network', SMALL, SHAPES, GIVES)
    assert (back.made, back.scores) == ({'recipe': 'bc', 'seed': 3}, {})
    assert back.net.normaliser.mean.tolist() == [7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0]


def test_other_weights_have_another_hash_and_the_same_weights_the_same(tmp_path):
    hashes = [checkpoint.store(made(seed), tmp_path / str(index)) for index,
              seed in enumerate((0, 0, 1))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_yaml_is_plain_and_holds_no_code(tmp_path):
    checkpoint.store(made(), tmp_path)
    content = yaml.safe_load((tmp_path / 'policy.yaml').read_text())
    assert list(content) == ['format', 'kind', 'robot', 'task', 'settings', 'sees', 'gives', 'made',
                             'scores', 'hash']
    assert content['sees'] == {'joint_position': [7], 'image_shoulder': [32, 32, 3]}
    assert content['gives'] == {'size': 5, 'rows': 2, 'decides': 0.0}


@pytest.mark.parametrize(('file', 'sentence'), [
    ('policy.yaml', 'There is no file'),
    ('model.safetensors', 'cannot be read: No such file or directory'),
])
def test_a_missing_file(tmp_path, file, sentence):
    checkpoint.store(made(), tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(BadCheckpoint, match=sentence):
        restored(tmp_path)


def test_one_flipped_bit_and_weights_of_another_policy(tmp_path):
    checkpoint.store(made(0), tmp_path / 'a')
    weights = bytearray((tmp_path / 'a' / 'model.safetensors').read_bytes())
    weights[-1] ^= 1
    (tmp_path / 'a' / 'model.safetensors').write_bytes(bytes(weights))
    checkpoint.store(made(0), tmp_path / 'b')
    checkpoint.store(made(1), tmp_path / 'c')
    (tmp_path / 'b'
     / 'model.safetensors').write_bytes((tmp_path / 'c' / 'model.safetensors').read_bytes())
    for folder in ('a', 'b'):
        with pytest.raises(BadCheckpoint, match='is damaged'):
            restored(tmp_path / folder)


def test_yaml_that_is_broken(tmp_path):
    checkpoint.store(made(), tmp_path)
    (tmp_path / 'policy.yaml').write_text('a: [')
    with pytest.raises(BadCheckpoint, match='is not valid YAML'):
        restored(tmp_path)


def test_format_1_is_still_read(tmp_path):
    """As the version before wrote it. Names of pictures had a dot, the network was called the
    algorithm."""
    net = made().net
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, tmp_path
              / 'model.safetensors')
    old = {'format': 1, 'algorithm': 'visuomotor_net', 'robot': 'iiwa7', 'task': 'grasp',
           'knobs': {'observations': {'joint_position': [7], 'image.shoulder': [32, 32, 3]},
                     'action_size': 5, 'rows': 2,
                     'channels': [4, 4], 'first_kernel': 5, 'hidden': [8]}}
    old['hash'] = checkpoint.signature(old, (tmp_path / 'model.safetensors').read_bytes())
    (tmp_path / 'policy.yaml').write_text(yaml.safe_dump(old))
    back = restored(tmp_path)
    role = Role(back.gives, back.sees)
    assert back.hash == old['hash']
    assert Network(back.settings, role,
                   back.net).act(seen()).tobytes() == Network(SMALL, role,
                                                              net).act(seen()).tobytes()


def test_a_policy_by_name_or_folder(tmp_path):
    robot, task = load_robot('iiwa7'), load_task('grasp')
    for name in ('hold', 'random', 'hostile'):
        loaded = make.make_policy(name, robot, task)
        assert (loaded.name, len(loaded.hash), loaded.privileged) == (name, 64, False)
    assert make.make_policy('random', robot, task).sees == {'image_shoulder': (128, 128, 3)}
    checkpoint.store(made(), tmp_path)
    with pytest.raises(BadCheckpoint,
                       match=r"needs the observation 'image_shoulder' of shape \(32, 32, 3\), but here it is"):  # noqa: E501
        make.make_policy(str(tmp_path), robot, task)
    with pytest.raises(BadInput, match=r"no policy 'scriptd'; did you mean scripted\?"):
        make.find('scriptd')
    with pytest.raises(BadInput, match=r"no policy folder '/none/such'"):
        make.find('/none/such')
    with pytest.raises(BadInput, match='there is no world here that has one'):
        make.make_policy('scripted', robot, task)


def test_the_hash_names_the_very_code():
    policies = [make.make_policy(name, load_robot('iiwa7'), load_task('grasp')).policy
                for name in ('hold', 'random')]
    assert len({make.named_hash(name, policy) for name in ('hold', 'random')
                for policy in policies}) == 4


@pytest.mark.parametrize(('content', 'sentence'), [
    ({'kind': 'dream'}, "There is no kind of policy without weights 'dream'"),
    ({'kind': 'network'}, "There is no kind of policy without weights 'network'"),
    ({}, 'a policy has either a kind or the folder of a trained one'),
    ({'kind': 'hold', 'setings': {}}, "unknown key 'setings'; did you mean settings"),
])
def test_entries_that_do_not_fit(content, sentence):
    with pytest.raises(BadInput, match=sentence):
        settings.build(make.PolicyEntry, content, 'x.yaml')
