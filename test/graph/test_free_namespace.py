"""A second graph on one namespace is refused before any program starts."""
from __future__ import annotations

import pytest
from visuomotor.graph import compose
from visuomotor.nodes._ros import environment
from visuomotor.nodes._ros.claim import Claim
from visuomotor.specs.errors import BadInput


@pytest.fixture(autouse=True)
def _own_locks(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))
    monkeypatch.setenv('ROS_DOMAIN_ID', '42')


@pytest.mark.parametrize('what', ['driver', 'safety'])
def test_a_driven_namespace_is_refused_and_a_free_one_is_not(what):
    held = Claim(what, 42, '/left')
    with pytest.raises(BadInput, match=f"Namespace '/left' on ROS domain 42 has a {what} already"):
        compose.refuse_second('left')
    compose.refuse_second('right')
    held.release()
    compose.refuse_second('left')


def test_asking_does_not_take_the_namespace():
    compose.refuse_second('left')
    Claim('driver', 42, '/left').release()


@pytest.mark.parametrize('text', ['lab', '999', '-1', '1.5', '٣'])
def test_a_domain_that_ros_would_not_understand_is_refused(monkeypatch, text):
    monkeypatch.setenv('ROS_DOMAIN_ID', text)
    with pytest.raises(BadInput,
                       match="ROS_DOMAIN_ID should be a whole number from 0 to 232, but is "
                             f"'{text}'"):
        environment.prepare()


def test_no_domain_is_domain_0(monkeypatch):
    monkeypatch.delenv('ROS_DOMAIN_ID')
    assert environment.domain() == 0
