"""Starts one robot's whole graph: ros2 launch visuomotor bringup.launch.py robot:=iiwa7 task:=grasp."""
from launch.actions import OpaqueFunction
from visuomotor.graph import launching
from visuomotor.graph.description import describe

from launch import LaunchContext, LaunchDescription


def start(context: LaunchContext) -> list:
    graph = describe(launching.choices(context.launch_configurations))
    return launching.in_lockstep(graph) if graph.choices.lockstep else launching.programs(graph)


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([*launching.arguments(), *launching.environment(), OpaqueFunction(function=start)])
