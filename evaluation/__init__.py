"""Judges policies and recordings: intervals, replays, limits looked at by code that is not the filter's."""
