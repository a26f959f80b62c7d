"""The `visuomotor` command. Each command is one file beside this one."""
from __future__ import annotations

import importlib
import sys
from importlib.metadata import distributions

import typer
from rich.console import Console
from typer import Option
from visuomotor.cli.version import tell_version
from visuomotor.specs.errors import BadInput, RobotUnavailable

# In the order of `visuomotor --help`; each module has `add(app)`.
COMMANDS = ('up', 'train', 'evaluate', 'list', 'node', 'look', 'safety', 'version')
JOINING = 'visuomotor.commands'   # entry points: commands of other rooms and packages
BAD_INPUT = 2  # exit code


def make_app() -> typer.Typer:
    """Gather the commands."""
    app = typer.Typer(name='visuomotor', no_args_is_help=True, rich_markup_mode='rich',
                      pretty_exceptions_enable=False,
                      help='Robots that learn by doing, over one ROS 2 graph.')
    app.callback()(shared)
    for name in COMMANDS:
        importlib.import_module(f'visuomotor.cli.{name}').add(app)
    # Not `entry_points`: it asks one record of each package, and ament leaves a second one of ours,
    # without commands.
    joining = {entry.name: entry for found in distributions() for entry in found.entry_points
               if entry.group == JOINING}
    for entry in joining.values():
        entry.load().add(app)
    return app


def shared(version: bool = Option(False, '--version', is_eager=True, callback=tell_version,
                                  help='print it and stop')) -> None:
    """Robots that learn by doing, over one ROS 2 graph."""


def main() -> None:
    """Run one command; input that does not fit is one red sentence and exit code 2."""
    try:
        make_app()()
    except (BadInput, RobotUnavailable, OSError) as error:
        Console(stderr=True, soft_wrap=True).print(sentence(error), style='bold red', markup=False,
                                                   highlight=False)
        sys.exit(BAD_INPUT)


def sentence(error: Exception) -> str:
    """Say what went wrong; what the operating system refuses names the file first."""
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or 'the system refused it').lower()
        return f'{error.filename} cannot be used: {reason}.'
    return str(error)


if __name__ == '__main__':
    main()
