"""`visuomotor train <recipe>`: from recorded episodes to a policy that the graph runs."""
from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from typer import Argument, Option
from visuomotor.specs import paths, settings
from visuomotor.specs.errors import BadInput
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task

RECIPES = paths.ROOT / 'training'
INTERRUPTED = 130   # exit code


def add(app: typer.Typer) -> None:
    app.command()(train)


def recipes() -> list[str]:
    """Return the recipes that there are: files of training/ whose settings carry their name."""
    return paths.with_settings(RECIPES)


def train(
    recipe: str = Argument(help='which recipe, such as bc'),
    robot: str = Option(help='which robot; `visuomotor list robots`'),
    task: str = Option(help='which task; `visuomotor list tasks`'),
    data: list[str] = Option([], help='folder or file of recorded episodes; may be given again'),
    observe: str = Option('', help='observations to act by, with commas between; empty: as the '
                                   'recipe says'),
    given: list[str] = Option([], '--set', help='a number of the recipe, such as steps=2000'),
    name: str = Option('', help='of this training; empty: robot-task'),
    seed: int = Option(0, help='every random choice comes from it', min=0, max=2**63 - 1),
    out: str = Option('runs', help='folder of all trainings'),
    fresh: bool = Option(False, '--fresh', help='begin anew instead of going on'),
) -> None:
    """Learn a policy. Ctrl-C keeps everything; the same command again goes on where it stood.

    Example: [bold]visuomotor train bc --robot j2n6s300 --task reach --data
    data/j2n6s300-reach/demos[/bold]
    """
    from visuomotor.training._lab.run import Run
    settings.choose('recipe', recipe, recipes())
    load_robot(robot), load_task(task)      # before anything is written
    name = name or f'{robot}-{task}'
    if not re.fullmatch(r'\w[\w.-]*', name):
        raise BadInput('The name of a training is letters, digits, . _ and -, such as monday-1, '
                       f"but '{name}' came; --out says where trainings lie.")
    said: dict[str, Any] = {'robot': robot, 'task': task, 'data': data}
    if observe:
        said['observe'] = [word.strip() for word in observe.split(',')]
    module, chosen = resolved(recipe, said, given)
    run = Run(Path(out) / recipe / name / f'seed{seed}', chosen, seed, fresh)
    learn(module, run, chosen)


def resolved(recipe: str, said: dict[str, Any], given: list[str]) -> tuple[Any, Any]:
    """Return a recipe and its settings: the command line over its own, --set over both."""
    module = importlib.import_module(f'visuomotor.training.{recipe}')
    numbers = getattr(module, f'{paths.class_name(recipe)}Settings')
    layers = [('the command line', said),
              ('--set', nested(settings.assignments(given, 'steps=2000'), numbers))]
    return module, settings.layered(numbers, layers, f'recipe {recipe}')[0]


def learn(module: Any, run: Any, chosen: Any) -> None:
    """Run a recipe to its end and say what to do with what came of it."""
    from visuomotor.training._lab.run import Interrupted
    console = Console(soft_wrap=True)
    try:
        folder = module.train(run, chosen)
    except Interrupted as stopped:
        console.print(str(stopped), highlight=False)
        raise typer.Exit(INTERRUPTED) from None
    console.print(f'policy  {folder}\ncurve   {run.folder / "plots"}\nrun it  visuomotor up '
                  f'--robot {chosen.robot} --task {chosen.task} --policy {folder}', highlight=False)


def nested(given: dict[str, Any], cls: type[Any]) -> dict[str, Any]:
    """Turn names with dots into settings inside settings; the rest stays as the recipe has it."""
    from visuomotor.policies.checkpoint import plain
    usual = {field.name: plain(settings.default_of(field)) for field in dataclasses.fields(cls)
             if settings.has_default(field)}
    found: dict[str, Any] = {}
    for name, value in given.items():
        *parents, last = name.split('.')
        place = found
        for parent in parents:
            begun = dict(usual.get(parent) or {}) if place is found else {}
            place = place.setdefault(parent, begun)
        place[last] = value
    return found
