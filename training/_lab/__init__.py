"""Plumbing of every recipe, written once: the run folder, draws, curves."""
