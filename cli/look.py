"""`visuomotor look`: a picture of a robot at its task, a few seconds into a scripted episode."""
from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import typer
from rich.console import Console
from typer import Argument, Option
from visuomotor.graph import description
from visuomotor.specs.errors import BadInput

WIDTH, HEIGHT = 480, 360  # px


def add(app: typer.Typer) -> None:
    app.command()(look)


def look(
    out: str = Argument(help='PNG file to write'),
    robot: list[str] = Option(
        ['iiwa7'], help='robot; may be given again; each does its first task'),
    seconds: float = Option(2.5, help='into the episode', min=0.0, max=3600.0),
    seed: int = Option(1, help='of the scene', min=0),
) -> None:
    """Write a picture of robots at work, side by side.

    Example: [bold]visuomotor look robots.png --robot iiwa7 --robot j2n6s300 --robot minitaur[/bold]
    """
    if Path(out).suffix.lower() != '.png' or not Path(out).parent.is_dir() or Path(out).is_dir():
        raise BadInput(f"A picture is a .png file in a folder that exists, but '{out}' came.")
    pictures = [at_work(name, seconds, seed) for name in robot]
    if not cv2.imwrite(out, cv2.cvtColor(np.hstack(pictures), cv2.COLOR_RGB2BGR)):
        raise BadInput(f"'{out}' could not be written; is there space left, and may you write "
                       "there?")
    Console().print(f'{out}: {", ".join(robot)}')


def at_work(robot: str, seconds: float, seed: int) -> np.ndarray:
    """Run the scripted expert for a while and take a big picture with the scene's first camera."""
    from visuomotor.worlds.action_runner import ActionRunner
    from visuomotor.worlds.make import make_expert, make_world
    choices = description.describe(description.Choices(robot=robot, seed=seed))
    world = make_world(choices.task.name, robot, seed=seed)
    expert, runner = make_expert(world.spec, world.task), ActionRunner(world, pictures=False)
    expert.reset(np.random.default_rng(seed))
    runner.begin()
    while runner.elapsed < seconds and not expert.finished:
        runner.step(expert.act(runner.observe(privileged=True)))
    name, mount = next(iter(world.task.cameras.items()))
    world.cameras[name] = dataclasses.replace(mount, width=WIDTH, height=HEIGHT)
    picture = world.picture(name).rgb
    world.close()
    return picture
