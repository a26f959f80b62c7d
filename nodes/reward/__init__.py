"""Judges episodes from what can be sensed, as they run. A value for every step and a probability of
success."""
