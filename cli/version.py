"""`visuomotor version`: this package, its Python and its ROS."""
from __future__ import annotations

import os
import platform
from xml.etree import ElementTree

import typer
from visuomotor.specs import paths


def add(app: typer.Typer) -> None:
    app.command()(version)


def own_version() -> str:
    """Read the version where it is written: in package.xml."""
    found = ElementTree.parse(paths.ROOT / 'package.xml').findtext('version')
    assert found, 'package.xml has no version'
    return found


def version() -> None:
    """Print the versions of the package, of Python and of ROS.

    Example: [bold]visuomotor version[/bold]
    """
    ros = os.environ.get('ROS_DISTRO', 'jazzy (wheels)')
    print(f'visuomotor {own_version()}, Python {platform.python_version()}, ROS 2 {ros}')


def tell_version(wanted: bool) -> None:
    """Print them where --version asks, and stop."""
    if wanted:
        version()
        raise typer.Exit
