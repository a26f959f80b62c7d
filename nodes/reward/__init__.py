"""Judges episodes as they run: a value for every step and a probability of success."""
