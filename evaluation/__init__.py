"""Judges policies and recordings: intervals, replays, limits by code that is not the filter's."""
