"""Owns the robot: publishes what it measures, sends what the safety node permits, brakes by itself
in silence."""
