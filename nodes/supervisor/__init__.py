"""Runs episodes: asks for a reset, says when to act, judges, waits until it is stored."""
