"""What every page of policies/learn keeps: it learns its toy, goes on as if it had never stopped,
and does nothing else. A page is a file that names its class `Learner`; its toy is the file of the
same name in test/contract/toys."""
from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import pytest
import torch
from visuomotor.policies import kinds
from visuomotor.policies.learn import protocol

HERE = Path(__file__).parent
PAGES = sorted(path.stem for path in Path(protocol.__file__).parent.glob('*.py')
               if '\nLearner = ' in path.read_text())


def toy(page: str):
    """Load what a page has to learn."""
    spec = importlib.util.spec_from_file_location(f'toy_{page}', HERE / 'toys' / f'{page}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def losses(learner, problem, steps) -> list[dict[str, float]]:
    return [learner.update(problem.batch(step), step) for step in steps]


def test_the_pages_that_are_there():
    assert 'behaviour_cloning' in PAGES
    assert {'exploration', 'smoothing', 'protocol'}.isdisjoint(PAGES)
    assert {path.stem for path in (HERE / 'toys').glob('*.py')} == {*PAGES}


@pytest.mark.parametrize('page', PAGES)
def test_it_learns_its_toy_and_only_by_learning(page):
    problem = toy(page)
    learner = problem.learner()
    assert problem.solved(learner) <= 5
    losses(learner, problem, range(problem.STEPS))
    assert problem.solved(learner) == 20


@pytest.mark.parametrize('page', PAGES)
def test_it_goes_on_to_the_same_numbers(page):
    problem = toy(page)
    whole = problem.learner()
    expected = losses(whole, problem, range(30))
    first = problem.learner()
    losses(first, problem, range(10))
    kept = first.state()
    losses(first, problem, range(10, 13))       # what was given out does not change any more
    second = problem.learner()
    second.load(kept)
    assert losses(second, problem, range(10, 30)) == expected[10:]
    assert all(torch.equal(value, second.state()[name]) for name, value in whole.state().items())


@pytest.mark.parametrize('page', PAGES)
def test_it_writes_no_files_prints_nothing_and_leaves_the_worlds_dice_alone(page, tmp_path,
                                                                            monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    problem, before = toy(page), torch.random.get_rng_state()
    losses(problem.learner(), problem, range(3))
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ('', '')
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize('page', PAGES)
def test_its_policy_is_of_a_kind_that_there_is(page):
    kind, settings, net = toy(page).learner().actor()
    assert kind in kinds.trained()
    assert isinstance(settings, type(kinds.settings_of(kind, {}, 'test')))
    assert all(value.isfinite().all() for value in net.state_dict().values())
