"""Recordings that were cut, flipped or are none."""
from __future__ import annotations

import numpy as np


def damage(raw: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    kind = str(rng.choice(['cut', 'cut', 'flipped', 'flipped', 'flipped', 'empty', 'random',
                           'zeros']))
    if kind == 'cut':
        end = int(rng.integers(1, len(raw)))
        return raw[:end], f'cut at {end} of {len(raw)}'
    if kind == 'flipped':
        place = int(rng.integers(len(raw)))
        flipped = raw[place] ^ (1 << int(rng.integers(8)))
        return raw[:place] + bytes([flipped]) + raw[place + 1:], f'flipped at {place}'
    return {'empty': b'', 'random': rng.bytes(5000), 'zeros': bytes(5000)}[kind], kind


def test_a_damaged_recording_is_refused_or_says_what_it_said(rng, tmp_path, recording, outcome):
    content, what = damage(recording.read_bytes(), rng)
    words = ['safety', str(rng.choice(['judge', 'replay']))]
    whole = outcome([*words, str(recording)])
    damaged = tmp_path / recording.name
    damaged.write_bytes(content)
    code, out, said = outcome([*words, str(damaged)])
    assert 'Traceback' not in said, f'{words}: {what}'
    assert (code, out) == whole[:2] or (code == 2 and said.strip()), f'{words}: {what}: {said}'
