"""`visuomotor evaluate <policy>`. How often it succeeds and how sure that is, in the graph or in
the learners' world."""
from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes._ros import environment
from visuomotor.specs.errors import BadInput


def add(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    policy: Annotated[str,
                      typer.Argument(help='a name of `visuomotor list policies`, or a folder with '
                                          'a trained one')],
    robot: Annotated[str, typer.Option(help='which robot')] = Choices().robot,
    task: Annotated[str,
                    typer.Option(help='which task; empty: the first that the robot can do')] = '',
    episodes: Annotated[int, typer.Option(help='how many')] = 100,
    seed: Annotated[int, typer.Option(help='of the scenes')] = 1000,
    randomise: Annotated[bool,
                         typer.Option('--randomise/--nominal',
                                      help='draw the world anew for each scene')] = False,
    face: Annotated[bool,
                    typer.Option('--face',
                                 help="in the learners' world, without the graph")] = False,
) -> None:
    """Run a policy on scenes that are named by a seed, and give the share that succeeded with its
    95 % interval.

    Example: [bold]visuomotor evaluate runs/bc/j2n6s300-reach/seed0/policy/last --robot j2n6s300
    --task reach[/bold]
    """
    if episodes < 1:
        raise BadInput(f'--episodes should be 1 or more, but is {episodes}.')
    choices = Choices(robot=robot, task=task, policy=policy, episodes=episodes, seed=seed,
                      randomise=randomise,
                      lockstep=True, record=False)
    graph = describe(choices)
    if face:
        in_face(graph.spec.name, graph.task.name, choices)
        return
    environment.prepare()
    from visuomotor.cli import session
    raise typer.Exit(session.run(session.make(graph, False, 0.0, []), graph, quiet=True))


def in_face(robot: str, task: str, choices: Choices) -> None:
    """Play the episodes without ROS."""
    from visuomotor.cli.summary import share
    from visuomotor.evaluation.face import outcomes
    played = outcomes(choices.policy, robot, task, choices.episodes, choices.seed,
                      choices.randomise)
    found = list(track(played, 'episodes', total=choices.episodes))
    Console(soft_wrap=True).print(f'{robot} · {task} · {choices.policy} · face · seed '
                                  f'{choices.seed}\n'
                                  f'success in truth  {share(found)}', highlight=False)
