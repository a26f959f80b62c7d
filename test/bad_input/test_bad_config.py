"""Config files that nobody could mean."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from visuomotor.policies import make
from visuomotor.specs import paths
from visuomotor.specs.task import load_task

CONFIG = paths.CONFIG
DOES = {'iiwa7': 'grasp', 'iiwa14': 'grasp', 'j2n6s300': 'reach', 'j2s7s300': 'reach',
        'minitaur': 'walk'}
FREE = ('title', 'name', 'sources')     # words for people: any text will do


@pytest.fixture
def damaged(rng, one_value, whole_files) -> tuple[Path, bytes, str]:
    """Return a config file, what it holds instead, and what that is called."""
    files = sorted(CONFIG.glob('*/*.yaml'))
    folders = sorted({file.parent for file in files})
    folder = folders[rng.integers(len(folders))]
    path = Path(rng.choice([str(file) for file in files if file.parent == folder]))
    raw = path.read_bytes()
    content = yaml.safe_load(raw) or {}
    if rng.random() < 0.2 or not {*content} - {*FREE}:
        whole = whole_files(raw, rng)
        # nothing set is no fault
        kind = str(rng.choice([kind for kind in whole if content or kind != 'empty']))
        return path, whole[kind], kind
    new, what = one_value(content, rng, FREE)
    return path, yaml.safe_dump(new).encode(), what


def reader(file: Path) -> list[str]:
    """Return a command that reads this file."""
    room, name = file.parent.name, file.stem
    if room in ('robots', 'collision'):
        return ['up', '--robot', name, '--task', DOES[name], '--lockstep', '--randomise']
    if room == 'tasks':
        robot = load_task(name).robots[0]
        return ['up', '--robot', robot, '--task', name, '--lockstep', '--randomise']
    if room == 'policies':
        return ['up', '--robot', 'minitaur', '--task', 'walk', '--lockstep', '--policy', name]
    return ['up', '--robot', 'j2n6s300', '--task', 'reach', '--lockstep']


def other_config(folder: Path, file: Path, content: bytes) -> Path:
    """Lay out the config folder again, with one file changed."""
    new = folder / 'config'
    for path in sorted(CONFIG.rglob('*')):
        target = new / path.relative_to(CONFIG)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif path != file:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    (new / file.relative_to(CONFIG)).write_bytes(content)
    return new


def test_a_config_file_that_nobody_could_mean_is_refused(monkeypatch, tmp_path, damaged, faults):
    file, content, what = damaged
    words = reader(file)
    monkeypatch.setattr(paths, 'CONFIG', other_config(tmp_path, file, content))
    monkeypatch.setattr(make, 'FOLDER', tmp_path / 'config' / 'policies')
    assert faults(words) == '', f'{file.parent.name}/{file.name}: {what}'
