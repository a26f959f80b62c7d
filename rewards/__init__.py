"""Detectors: they judge episodes from what can be sensed. Free of ROS."""
