"""A policy that means harm in the whole graph, recorded. Nothing is broken, and each refusal has
its reason."""
from __future__ import annotations

import pytest
from visuomotor.cli import session
from visuomotor.evaluation import recordings
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes._ros import environment


@pytest.mark.parametrize(('robot', 'task'), [('iiwa7', 'reach'), ('j2n6s300', 'reach')])
def test_a_hostile_policy_breaks_nothing_and_the_recording_says_why(tmp_path, robot, task):
    environment.prepare()
    choices = Choices(robot=robot, task=task, policy='hostile', lockstep=True, episodes=2,
                      horizon=4.0, seed=3,
                      data=str(tmp_path), run='hostile', namespace=f'hostile_{robot}')
    running = session.make(describe(choices), processes=False, limit=0.0)
    running.start()
    while not running.statistics.over:
        running.step()
    running.stop()
    running.close()
    found = recordings.judge(sorted(tmp_path.rglob('*.mcap')))
    assert found.episodes == 2
    assert found.cycles > 700
    assert (found.broken, found.collisions, found.pushed, found.silent) == ({}, {}, {}, 0)
    assert found.verdicts['SLOW'] + found.verdicts['CLIP'] > 50
    assert any('slowed' in reason or 'limit' in reason for reason in found.reasons)
