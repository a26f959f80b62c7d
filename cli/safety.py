"""`visuomotor safety …`: limits and their origins, recordings judged, and pairs that touch."""
from __future__ import annotations

import dataclasses
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from typer import Argument, Option
from visuomotor.robots import collision_pairs
from visuomotor.safety.limits import Limits, with_origins
from visuomotor.specs.robot import RobotSpec, load_robot
from visuomotor.specs.settings import assignments, words

EXAMPLE = 'speed_share=0.5'
GIVEN = Option([], '--set', help='name=value, as often as you like')


def add(app: typer.Typer) -> None:
    commands = typer.Typer(no_args_is_help=True,
                           help='Limits, recordings judged anew, and pairs of links that touch. '
                                'Example: [bold]visuomotor safety show iiwa7[/bold]')
    for command in (show, replay, judge, pairs):
        commands.command()(command)
    app.add_typer(commands, name='safety')


def show(robot: str = Argument(help='which robot; visuomotor list robots'),
         given: list[str] = GIVEN) -> None:
    """Print the limits that the safety node keeps for a robot, and where each number comes from.

    Example: [bold]visuomotor safety show iiwa7[/bold]
    """
    spec, console = load_robot(robot), Console(soft_wrap=True)
    chosen, origins = with_origins(spec, assignments(given, EXAMPLE))
    console.print(joints(spec, chosen))
    console.print(sources(spec))
    console.print(margins(chosen, origins))
    if spec.tip_link:
        apart = collision_pairs.load(spec)
        console.print(f'{len(apart.touching)} pairs of links are not looked at: they touch '
                      f'whatever the arm does ({apart.postures} postures; '
                      f'config/collision/{robot}.yaml)')


def joints(spec: RobotSpec, chosen: Limits) -> Table:
    """What each joint may do, after the shares and margins chosen."""
    table = Table('joint', 'position [rad]', 'speed [rad/s]', 'acceleration [rad/s²]',
                  'jerk [rad/s³]', 'torque [N m]',
                  title=f'{spec.title or spec.name}: what is commanded at most')
    for joint in spec.joints:
        lowest, highest = joint.lower + chosen.position_margin, joint.upper - chosen.position_margin
        table.add_row(joint.name, f'{lowest:.3f} .. {highest:.3f}',
                      f'{joint.velocity * chosen.speed_share:.3f}',
                      f'{joint.acceleration * chosen.acceleration_share:.3f}',
                      f'{joint.jerk * chosen.jerk_share:.1f}', f'{joint.effort:g}')
    return table


def sources(spec: RobotSpec) -> Table:
    """Where the robot's own numbers come from."""
    table = Table('limit', 'source', title='where these come from')
    for what_and_where in spec.sources.items():
        table.add_row(*what_and_where)
    return table


def margins(chosen: Limits, origins: dict[str, str]) -> Table:
    """Every number that is chosen and not the robot's."""
    table = Table('margin', 'value', 'unit', 'meaning', 'range', 'source',
                  title='margins of the safety node')
    for field in dataclasses.fields(Limits):
        about = field.metadata
        value = getattr(chosen, field.name)
        numbers = value if isinstance(value, tuple) else (value,)
        table.add_row(field.name, ', '.join(f'{number:g}' for number in numbers), about['unit'],
                      about['sentence'], words(about), origins.get(field.name, 'default'))
    return table


def replay(episode: Path = Argument(help='an episode file'), given: list[str] = GIVEN,
           robot: str = Option('', help='empty: as the recording says')) -> None:
    """Judge a recording under other limits, and report what would change.

    Example: [bold]visuomotor safety replay data/iiwa7-grasp/latest/episode_00001.mcap --set
    speed_share=0.5[/bold]
    """
    from visuomotor.evaluation import rejudge
    report = rejudge.rejudge(episode, assignments(given, EXAMPLE), robot)
    Console(soft_wrap=True).print(report.table())


def judge(episodes: list[Path] = Argument(help='episode files of one robot and task')) -> None:
    """Look for broken limits and collisions in recordings, by code that is not the filter's, and
    count its reasons.

    Example: [bold]visuomotor safety judge data/iiwa7-grasp/latest/*.mcap[/bold]
    """
    from visuomotor.evaluation import recordings
    found = recordings.judge(episodes)
    Console(soft_wrap=True).print(found.table())
    raise typer.Exit(0 if found.clean else 1)


def pairs(robot: str = Argument(help='which arm')) -> None:
    """Find the pairs of links that touch whatever the arm does, and store them.

    Example: [bold]visuomotor safety pairs iiwa7[/bold]
    """
    path = collision_pairs.store(collision_pairs.find(load_robot(robot)))
    Console(soft_wrap=True).print(f'wrote {path}', highlight=False)
