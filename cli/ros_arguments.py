"""Commands that ROS starts too: what follows --ros-args is theirs to hand on to ROS."""
from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class RosCommand(TyperCommand):
    """Takes `--ros-args …`, as launch puts it at the end, out of the words and keeps it in
    `context.obj`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        cut = args.index('--ros-args') if '--ros-args' in args else len(args)
        ctx.obj = args[cut:]
        return super().parse_args(ctx, args[:cut])
