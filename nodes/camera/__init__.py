"""Gives pictures of one camera, in one shape and with the time when the light fell."""
