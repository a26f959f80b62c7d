"""Owns the robot: says what it measures, sends what is permitted, brakes by itself in silence."""
