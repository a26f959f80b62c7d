"""A checkpoint comes back to the byte, and one that is damaged or meant for something else is refused by name."""
from __future__ import annotations

import numpy as np
import pytest
import torch
import yaml
from visuomotor.policies import checkpoint
from visuomotor.policies.act import network
from visuomotor.policies.act.network import Learned
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.policies.make import make_policy
from visuomotor.policies.nets.visuomotor_net import Knobs, VisuomotorNet
from visuomotor.specs.errors import BadCheckpoint

SHAPES = {'joint_position': (7,), 'image_shoulder': (32, 32, 3)}


def made(seed: int = 0, **changes) -> Checkpoint:
    torch.manual_seed(seed)
    net = VisuomotorNet(Knobs(SHAPES, action_size=5, rows=2, channels=(4, 4), first_kernel=5, hidden=(8,)))
    net.normaliser.fit(torch.arange(21.0).reshape(3, 7))
    return Checkpoint(**{'algorithm': 'visuomotor_net', 'robot': 'iiwa7', 'task': 'grasp', 'net': net, **changes})


def seen() -> dict:
    rng = np.random.default_rng(3)
    return {'joint_position': rng.normal(size=7), 'time': np.zeros(1),
            'image_shoulder': rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)}


def test_the_same_action_to_the_byte(tmp_path):
    original = made()
    digest = checkpoint.store(original, tmp_path)
    restored, found = network.load(tmp_path, 'iiwa7', 'grasp', 5)
    assert found == digest
    assert len(digest) == 64
    action = restored.act(seen())
    assert action.shape == (2, 5)
    assert action.tobytes() == Learned(original.net).act(seen()).tobytes()
    assert restored.net.normaliser.mean.tolist() == [7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0]


def test_other_weights_have_another_hash_and_the_same_weights_the_same(tmp_path):
    hashes = [checkpoint.store(made(seed), tmp_path / str(index)) for index, seed in enumerate((0, 0, 1))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_yaml_is_plain_and_holds_no_code(tmp_path):
    checkpoint.store(made(), tmp_path)
    content = yaml.safe_load((tmp_path / 'policy.yaml').read_text())
    assert list(content) == ['format', 'algorithm', 'robot', 'task', 'knobs', 'hash']
    assert content['knobs']['observations'] == {'joint_position': [7], 'image_shoulder': [32, 32, 3]}


def broken(folder, robot: str = 'iiwa7', task: str = 'grasp', size: int = 5) -> str:
    with pytest.raises(BadCheckpoint) as refusal:
        network.load(folder, robot, task, size)
    assert '\n' not in str(refusal.value)
    return str(refusal.value)


def test_for_another_robot_task_or_size(tmp_path):
    checkpoint.store(made(), tmp_path)
    assert "was trained for robot 'iiwa7', not for 'iiwa14'; choose another folder" in broken(tmp_path, robot='iiwa14')
    assert "was trained for task 'grasp', not for 'reach'" in broken(tmp_path, task='reach')
    assert "gives 5 numbers for one action, but task 'grasp' takes 4" in broken(tmp_path, size=4)


@pytest.mark.parametrize('file', ['policy.yaml', 'model.safetensors'])
def test_a_missing_file(tmp_path, file):
    checkpoint.store(made(), tmp_path)
    (tmp_path / file).unlink()
    assert f'{file} cannot be read: No such file or directory.' in broken(tmp_path)


def test_one_flipped_bit_in_the_weights(tmp_path):
    checkpoint.store(made(), tmp_path)
    weights = bytearray((tmp_path / 'model.safetensors').read_bytes())
    weights[-1] ^= 1
    (tmp_path / 'model.safetensors').write_bytes(bytes(weights))
    assert 'is damaged: policy.yaml and model.safetensors do not belong together' in broken(tmp_path)


def test_weights_of_another_policy(tmp_path):
    checkpoint.store(made(0), tmp_path / 'a')
    checkpoint.store(made(1), tmp_path / 'b')
    (tmp_path / 'a' / 'model.safetensors').write_bytes((tmp_path / 'b' / 'model.safetensors').read_bytes())
    assert 'is damaged' in broken(tmp_path / 'a')


def rewrite(folder, **changes) -> None:
    """Change the description and sign it again, as a careless tool would."""
    content = {**yaml.safe_load((folder / 'policy.yaml').read_text()), **changes}
    content.pop('hash')
    content['hash'] = checkpoint._hash(content, (folder / 'model.safetensors').read_bytes())
    (folder / 'policy.yaml').write_text(yaml.safe_dump(content))


def test_a_description_that_does_not_fit(tmp_path):
    checkpoint.store(made(), tmp_path)
    rewrite(tmp_path, algorithm='os.system')
    assert "was made by 'os.system', but known are visuomotor_net" in broken(tmp_path)
    rewrite(tmp_path, algorithm='visuomotor_net', knobs={'observations': {'joint_position': [7]}, 'action_size': 5})
    assert 'does not fit the network that policy.yaml describes' in broken(tmp_path)
    rewrite(tmp_path, knobs={'colour': 'red'})
    assert 'the knobs do not fit visuomotor_net' in broken(tmp_path)
    rewrite(tmp_path, format=99)
    assert 'should be a policy of format 1' in broken(tmp_path)
    (tmp_path / 'policy.yaml').write_text('a: [')
    assert 'policy.yaml is damaged' in broken(tmp_path)


def test_an_observation_that_is_missing_or_of_another_shape_is_refused():
    policy = Learned(made().net)
    with pytest.raises(ValueError, match=r"needs the observation 'image_shoulder', but there are only joint_position"):
        policy.act({'joint_position': np.zeros(7)})
    with pytest.raises(ValueError, match=r"needs 'joint_position' of shape \(7,\), but \(6,\) came"):
        policy.act({**seen(), 'joint_position': np.zeros(6)})


def test_a_policy_by_kind(tmp_path):
    digest = checkpoint.store(made(), tmp_path)
    common = {'folder': str(tmp_path), 'robot': 'iiwa7', 'task': 'grasp', 'size': 5, 'gripper': True, 'numbers': {}}
    assert make_policy('checkpoint', **common)[1] == digest
    assert make_policy('random', **common)[1] == ''
    assert make_policy('hold', **common)[0].act({'gripper': np.array([1.0])}).tolist() == [[0.0, 0.0, 0.0, 0.0, 1.0]]
