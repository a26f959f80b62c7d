"""Trained policies that were damaged: by a bad disk, and by somebody who makes the hash anew."""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load, save
from visuomotor.policies import checkpoint, kinds
from visuomotor.policies.checkpoint import Checkpoint
from visuomotor.specs.observation import observation_spec
from visuomotor.specs.policy import Gives
from visuomotor.specs.robot import load_robot, robot_names
from visuomotor.specs.task import load_task, task_names

ROBOT, TASK = 'minitaur', 'walk'
NOTES = ('made', 'scores')    # free text for people
POLICIES = {    # a kind, its settings, rows of a chunk
    'plain': ('network', {'parts': {'hidden': [8]}}, 1),
    'history': ('network', {'parts': {'hidden': [8]}, 'history': 3, 'past_actions': 2}, 4),
    'recurrent': ('recurrent', {'parts': {'width': 8}}, 2),
    'search': ('value_search', {'parts': {'code': 8, 'hidden': [8], 'eyes': {'hidden': [8]}}}, 2),
}


def store(name: str, folder: Path) -> Path:
    """Write a policy with random weights that this robot and task can run."""
    kind, numbers, rows = POLICIES[name]
    task = load_task(TASK)
    shown = observation_spec(load_robot(ROBOT), task).shapes
    sees = {key: shape.shape for key, shape in shown.items() if len(shape.shape) == 1}
    gives = Gives(task.action.size, rows)
    torch.manual_seed(1)
    settings = kinds.settings_of(kind, numbers, 'test')
    net = kinds.module(kind).network(settings, sees, gives)
    checkpoint.store(Checkpoint(kind, ROBOT, TASK, settings, sees, gives, net), folder)
    return folder


def sign(content: dict[str, Any], weights: bytes) -> dict[str, Any]:
    """Make the hash anew, as an editor that knows how would."""
    bare = {key: value for key, value in content.items() if key != 'hash'}
    return {**bare, 'hash': checkpoint.signature(bare, weights)}


# What policy.yaml says. Each of these is wrong under a right hash as well.
def other_kind(content: dict[str, Any], rng: np.random.Generator) -> str:
    """Let another kind act by the same network, or the same kind by another network."""
    if rng.random() < 0.5:
        others = [kind for kind in kinds.names() if kind != content['kind']]
        content['kind'] = str(rng.choice(others))
        shared = ('net', 'parts')
        content['settings'] = {key: content['settings'][key] for key in shared}
        return f'kind={content["kind"]}'
    nets = {'visuomotor_net', 'recurrent_net', 'value_net'} - {content['settings']['net']}
    content['settings'] = {'net': str(rng.choice(sorted(nets))), 'parts': {}}
    return f'net={content["settings"]["net"]}'


def other_owner(content: dict[str, Any], rng: np.random.Generator) -> str:
    what, names = [('robot', robot_names()), ('task', task_names())][rng.integers(2)]
    content[what] = str(rng.choice([name for name in names if name != content[what]]))
    return f'{what}={content[what]}'


def other_shape(content: dict[str, Any], rng: np.random.Generator) -> str:
    """Ask for one more than the weights were made for, or than there is."""
    sees = [(content['sees'][name], 0) for name in content['sees']]
    parts = content['settings']['parts']
    places = [*sees, (content['gives'], 'size'), (content['gives'], 'rows'),
              *[(parts, key) for key in parts if isinstance(parts[key], int)]]
    place, key = places[rng.integers(len(places))]
    place[key] += int(rng.choice([1, 1000, 10**12, -10**6]))
    return f'{key}={place[key]}'


def key_gone(content: dict[str, Any], rng: np.random.Generator) -> str:
    groups = [content, content, content['sees']]
    place = groups[rng.integers(3)]
    # settings that are not there have defaults, and the notes may be left out
    key = str(rng.choice([key for key in place if key not in (*NOTES, 'hash')]))
    del place[key]
    return f'no {key}'


def key_more(content: dict[str, Any], rng: np.random.Generator) -> str:
    groups = [content, content['settings'], content['settings']['parts'], content['gives'],
              content['sees']]
    place = groups[rng.integers(len(groups))]
    place['nonsense'] = [3]
    return f'nonsense beside {", ".join(place)}'


# What model.safetensors holds. Each of these is wrong under a right hash as well.
Tensors = dict[str, torch.Tensor]


def not_finite(weights: Tensors, rng: np.random.Generator) -> str:
    name = str(rng.choice(sorted(weights)))
    flat = weights[name].view(-1)
    flat[int(rng.integers(len(flat)))] = float(rng.choice([np.nan, np.inf, -np.inf]))
    return f'{name} is not finite'


def no_deviation(weights: Tensors, rng: np.random.Generator) -> str:
    """Let the normaliser divide by what no data has."""
    name = next(name for name in weights if name.endswith('deviation'))
    weights[name][:] = float(rng.choice([0.0, -1.0, -1e30]))
    return f'{name} is {weights[name][0]}'


def renamed(weights: Tensors, rng: np.random.Generator) -> str:
    name = str(rng.choice(sorted(weights)))
    weights[str(rng.choice([f'{name}2', '../x', '💥', '']))] = weights.pop(name)
    return f'{name} is called otherwise'


def gone(weights: Tensors, rng: np.random.Generator) -> str:
    name = str(rng.choice(sorted(weights)))
    del weights[name]
    return f'no {name}'


def more(weights: Tensors, rng: np.random.Generator) -> str:
    weights['nonsense'] = torch.zeros(3)
    return 'a tensor too many'


def other_dtype(weights: Tensors, rng: np.random.Generator) -> str:
    name = str(rng.choice(sorted(weights)))
    dtypes = [torch.float16, torch.bfloat16, torch.float64, torch.int32, torch.uint8, torch.bool]
    weights[name] = weights[name].to(dtypes[rng.integers(len(dtypes))])
    return f'{name} of {weights[name].dtype}'


def other_tensor_shape(weights: Tensors, rng: np.random.Generator) -> str:
    name = str(rng.choice(sorted(weights)))
    value = weights[name]
    ways = [value[:-1], value[None], torch.cat((value, value)), value[:0], torch.tensor(1.0)]
    weights[name] = ways[rng.integers(len(ways))].clone()
    return f'{name} of {tuple(weights[name].shape)}'


def raw_weights(raw: bytes, rng: np.random.Generator) -> dict[str, bytes]:
    """Return files that are no right weights, whatever the hash."""
    size = int.from_bytes(raw[:8], 'little')
    place = int(rng.integers(8 + size))
    flipped = raw[:place] + bytes([raw[place] ^ (1 << int(rng.integers(8)))]) + raw[place + 1:]
    lies = json.dumps({'x': {'dtype': 'F32', 'shape': [2**40], 'data_offsets': [0, 2**42]}})
    return {'empty': b'', 'random': rng.bytes(500), 'endless header': b'\xff' * 8 + raw[8:],
            'cut': raw[:int(rng.integers(len(raw)))], 'longer': raw + b'\0',
            'header flipped': flipped, 'pickle': b'\x80\x04\x95cos\nsystem\n.',
            'claims more than is there': len(lies).to_bytes(8, 'little') + lies.encode()}


SAID = (other_kind, other_kind, other_owner, other_shape, key_gone, key_more)
HELD = (not_finite, no_deviation, renamed, gone, more, other_dtype, other_tensor_shape)


@pytest.fixture
def damaged(rng, tmp_path, one_value, whole_files) -> tuple[Path, str]:
    """Return the folder of a policy that nobody can run, and what was done to it."""
    name = str(rng.choice(sorted(POLICIES)))
    folder = store(name, tmp_path / 'policy')
    ways: list[Callable[..., str]] = [said, said, held, held, weights_file, no_hash, no_folder]
    what = ways[rng.integers(len(ways))](folder, rng, one_value, whole_files)
    return folder, f'{name}: {what}'


def said(folder: Path, rng: np.random.Generator, one_value: Any, whole_files: Any) -> str:
    """Change policy.yaml under a right hash; or make it a file that has none."""
    file, weights = folder / 'policy.yaml', (folder / 'model.safetensors').read_bytes()
    content = yaml.safe_load(file.read_text())
    chance = rng.random()
    if chance < 0.2:
        whole = whole_files(file.read_bytes(), rng)
        what = str(rng.choice(sorted(whole)))
        file.write_bytes(whole[what])
        return what
    if chance < 0.6:
        content, what = one_value(content, rng, (*NOTES, 'hash'))
    else:
        what = SAID[rng.integers(len(SAID))](content, rng)
    file.write_text(yaml.safe_dump(sign(content, weights)))
    return what


def held(folder: Path, rng: np.random.Generator, *_: Any) -> str:
    """Change the weights under a right hash."""
    file = folder / 'model.safetensors'
    weights = load(file.read_bytes())
    what = HELD[rng.integers(len(HELD))](weights, rng)
    put(folder, save(weights))
    return what


def weights_file(folder: Path, rng: np.random.Generator, *_: Any) -> str:
    """Put another file in the place of the weights, under a right hash."""
    files = raw_weights((folder / 'model.safetensors').read_bytes(), rng)
    what = str(rng.choice(sorted(files)))
    put(folder, files[what])
    return f'weights: {what}'


def put(folder: Path, weights: bytes) -> None:
    (folder / 'model.safetensors').write_bytes(weights)
    content = yaml.safe_load((folder / 'policy.yaml').read_text())
    (folder / 'policy.yaml').write_text(yaml.safe_dump(sign(content, weights)))


def no_hash(folder: Path, rng: np.random.Generator, one_value: Any, _: Any) -> str:
    """Change anything and leave the hash as it was. One bit of a weight will do."""
    if rng.random() < 0.5:
        file = folder / 'model.safetensors'
        raw = bytearray(file.read_bytes())
        place = int(rng.integers(len(raw)))
        raw[place] ^= 1 << int(rng.integers(8))
        file.write_bytes(raw)
        return f'weights flipped at {place}, old hash'
    file = folder / 'policy.yaml'
    content, what = one_value(yaml.safe_load(file.read_text()), rng, ())
    file.write_text(yaml.safe_dump(content))
    return f'{what}, old hash'


def no_folder(folder: Path, rng: np.random.Generator, *_: Any) -> str:
    """Leave something that is no folder with two files."""
    file = folder / str(rng.choice(['policy.yaml', 'model.safetensors']))
    kind = str(rng.choice(['a file is missing', 'a file is a folder', 'a link to nowhere',
                           'a device', 'nothing', 'a file', 'an empty folder']))
    for path in (folder.iterdir() if kind in ('nothing', 'a file', 'an empty folder') else [file]):
        path.unlink()
    if kind == 'a file is a folder':
        file.mkdir()
    elif kind in ('a link to nowhere', 'a device'):
        file.symlink_to('/dev/zero' if kind == 'a device' else folder / 'nowhere')
    elif kind in ('nothing', 'a file'):
        folder.rmdir()
        if kind == 'a file':
            folder.write_text('format: 2\n')
    return f'{kind} ({file.name})'


def commands(folder: Path) -> list[list[str]]:
    """Return what runs a policy: the graph, an evaluation in it, and one without ROS."""
    who = ['--robot', ROBOT, '--task', TASK]
    return [['up', *who, '--lockstep', '--policy', str(folder)],
            ['evaluate', str(folder), *who, '--episodes', '1'],
            ['evaluate', str(folder), *who, '--episodes', '1', '--face']]


@pytest.mark.parametrize(('name', 'command'), [('plain', 0), ('history', 1), ('recurrent', 2),
                                               ('search', 2)])
def test_as_it_was_stored_it_would_run(tmp_path, outcome, name, command):
    code, _, sentence = outcome(commands(store(name, tmp_path / 'policy'))[command])
    assert code == -1, sentence


def test_a_policy_that_nobody_can_run_is_refused(rng, damaged, faults):
    folder, what = damaged
    words = commands(folder)[rng.integers(3)]
    assert faults(words) == '', f'{" ".join(words)}: {what}'
