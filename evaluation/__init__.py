"""Judges policies and recordings. Intervals, replays, limits looked at by code that is not the
filter's."""
