"""Kinds of acting: one file a kind, found by its name."""
