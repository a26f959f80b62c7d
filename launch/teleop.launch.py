"""Drives a robot by hand, without policy. Ros2 launch visuomotor teleop.launch.py robot:=iiwa7
teleop:=joy."""
from visuomotor.graph import launching

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    return launching.description(rooms=launching.BY_HAND, teleop='joy')
