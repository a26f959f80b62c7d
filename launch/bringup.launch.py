"""Starts one robot's whole graph. Ros2 launch visuomotor bringup.launch.py robot:=iiwa7
task:=grasp."""
from visuomotor.graph import launching

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    return launching.description()
