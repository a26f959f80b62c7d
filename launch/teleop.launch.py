"""Drives a robot by hand, without policy: ros2 launch visuomotor teleop.launch.py robot:=iiwa7 teleop:=joy."""
from launch.actions import OpaqueFunction
from visuomotor.graph import launching
from visuomotor.graph.description import describe

from launch import LaunchContext, LaunchDescription


def start(context: LaunchContext) -> list:
    return launching.programs(describe(launching.choices(context.launch_configurations)), rooms=launching.BY_HAND)


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([*launching.arguments(teleop='joy'), *launching.environment(),
                              OpaqueFunction(function=start)])
