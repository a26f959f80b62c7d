"""Writes what happened in each episode to one file."""
