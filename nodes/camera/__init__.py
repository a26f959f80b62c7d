"""Gives pictures of one camera, whatever it is, in one shape and with the time when the light
fell."""
