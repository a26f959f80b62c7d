"""`visuomotor evaluate <policy>`: how often it succeeds, in the graph or in the learners' world."""
from __future__ import annotations

import typer
from rich.console import Console
from rich.progress import track
from typer import Argument, Option
from visuomotor.graph.description import Choices, describe
from visuomotor.nodes._ros import environment
from visuomotor.specs.errors import BadInput


def add(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    policy: str = Argument(
        help='a name of `visuomotor list policies`, or a folder with a trained one'),
    robot: str = Option(Choices().robot, help='which robot'),
    task: str = Option('', help='which task; empty: the first that the robot can do'),
    episodes: int = Option(100, help='how many'),
    seed: int = Option(1000, help='of the scenes'),
    randomise: bool = Option(
        False, '--randomise/--nominal', help='draw the world anew for each scene'),
    face: bool = Option(False, '--face', help="in the learners' world, without the graph"),
) -> None:
    """Run a policy on scenes that are named by a seed, and give the share that succeeded with its
    95 % interval.

    Example: [bold]visuomotor evaluate runs/bc/j2n6s300-reach/seed0/policy/last --robot j2n6s300
    --task reach[/bold]
    """
    if episodes < 1:
        raise BadInput(f'--episodes should be 1 or more, but is {episodes}.')
    graph = describe(Choices(robot=robot, task=task, policy=policy, episodes=episodes, seed=seed,
                             randomise=randomise, lockstep=True, record=False))
    if face:
        in_face(graph.spec.name, graph.task.name, graph.choices)
        return
    environment.prepare()
    from visuomotor.cli import session
    raise typer.Exit(session.run(session.make(graph, False, 0.0, []), graph, quiet=True))


def in_face(robot: str, task: str, choices: Choices) -> None:
    """Play the episodes without ROS."""
    from visuomotor.cli.summary import share
    from visuomotor.evaluation.face import outcomes
    policy, episodes, seed = choices.policy, choices.episodes, choices.seed
    played = outcomes(policy, robot, task, episodes, seed, choices.randomise)
    found = list(track(played, 'episodes', total=episodes))
    Console(soft_wrap=True).print(f'{robot} · {task} · {policy} · face · seed {seed}\n'
                                  f'success in truth  {share(found)}', highlight=False)
