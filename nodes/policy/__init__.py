"""Turns what is seen into proposals, in time."""
