"""Judges episodes from what can be sensed, as they run: a value for every step and a probability of success."""
